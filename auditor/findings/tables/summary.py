"""The few numbers of a run that gates, comparisons and headlines read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from auditor.domain.schema import SLICE_PREFIX
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.findings.tables.slices import MIN_GROUP
from auditor.findings.verdicts.rates import swap_tested


def summarise(cases: pd.DataFrame, verdicts: Mapping[str, str]) -> dict[str, Any]:
    """Plain JSON values; undefined is None.

    The worst group is the one with the lowest accuracy among the groups of class and slice value
    with at least ten images; among classes where no slice makes such groups.

    Args:
        cases: judged cases with `has_trials`.
        verdicts: of every class, in sorted order.
    """
    sample = swap_tested(cases)
    shortcuts = sample["verdict"] == CaseVerdict.SHORTCUT.value
    worst = worst_group(cases)
    return {
        "verdicts": dict(verdicts),
        "confirmed": sum(v == ClassVerdict.CONFIRMED.value for v in verdicts.values()),
        "shortcut_rate": float(shortcuts.mean()) if len(sample) else None,
        "accuracy": float(cases["correct"].mean()) if len(cases) else None,
        "worst_group_accuracy": worst[1] if worst else None,
        "worst_group": worst[0] if worst else None,
        "images": len(cases),
        "tested": int((cases["sampled"] & cases["has_trials"]).sum()),
    }


def worst_group(cases: pd.DataFrame) -> tuple[str, float] | None:
    """Name and accuracy of the worst group; ties go to the first name. None if all are small."""
    needed = [n for n in cases.columns if n in ("label", "correct") or n.startswith(SLICE_PREFIX)]
    groups = {name: float(rows["correct"].mean()) for name, rows in groups_of(cases[needed])}
    if not groups:
        return None
    name = min(groups, key=lambda group: (groups[group], group))
    return name, groups[name]


def groups_of(cases: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and cases of every group that is large enough: class and slice value, or class where
    there is none of those. One group's cases are copied at a time."""
    crossed = False
    for column in (name for name in cases.columns if name.startswith(SLICE_PREFIX)):
        for (label, value), rows in cases.groupby(["label", column], observed=True):
            if len(rows) >= MIN_GROUP:
                crossed = True
                yield f"{label}, {column.removeprefix(SLICE_PREFIX)} {value}", rows
    if not crossed:
        for label, rows in cases.groupby("label", observed=True):
            if len(rows) >= MIN_GROUP:
                yield str(label), rows
