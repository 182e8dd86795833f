"""The leak in the tables: columns of the classes, and the two-by-two of leak and use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditor.domain.leaks import LeakUse, leak_use
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.leak.probe import ClassLeak, Leak

OPEN = "open"


def leak_columns(found: ClassLeak | None, verdict: ClassVerdict) -> dict[str, Any]:
    """The `leak*` columns of a class; null where nothing was measured."""
    if found is None:
        own = ("network", "plain", "hole", "rival", "use")
        return dict.fromkeys(("leak", "leak_low", "leak_high", *(f"leak_{key}" for key in own)))
    use = leak_use(found.low, found.hole, found.rival, verdict.value)
    return {
        "leak": found.auroc,
        "leak_low": found.low,
        "leak_high": found.high,
        "leak_network": found.network,
        "leak_plain": found.plain,
        "leak_hole": found.hole,
        "leak_rival": found.rival,
        "leak_use": None if use is None else use.value,
    }


def leak_summary(leak: Leak, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`summary.json`'s `leak`: the probe against always answering the largest class, and the
    classes of every answer, those without one under `open`."""
    classes: dict[str, list[str]] = {answer: [] for answer in (*map(str, LeakUse), OPEN)}
    for row in rows:
        classes[row["leak_use"] or OPEN].append(row["class"])
    return {
        "accuracy": leak.accuracy,
        "majority": leak.majority,
        "images": leak.images,
        "classes": classes,
    }
