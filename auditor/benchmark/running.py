"""This program's own results on a benchmark folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from auditor import wiring
from auditor.config import AuditConfig
from auditor.domain.messages import N_
from auditor.ports import Progress, Silent
from auditor.storage.run import Run

COLUMNS = ("set", "class", "verdict", "pair_with", "cue", "background_effect", "reason_code")


def audit_sets(truth: Path, names: Sequence[str], runs: Path, progress: Progress) -> Iterator[Run]:
    """Audit every set with the defaults; each run is a folder of its name in `runs`."""
    progress.stage(N_("auditing planted sets"), len(names))
    for name in names:
        config = AuditConfig.load(
            truth / name / "run.toml",
            {"run.out": runs / name, "run.device": "cpu", "report.images": False},
        )
        yield wiring.audit(config, progress=Silent(), overwrite=True)
        progress.advance()


def write_results(runs: Sequence[Run], out: Path) -> int:
    """The classes of all runs as results to score; the number of rows."""
    rows = [
        {**{name: _text(row.get(name)) for name in COLUMNS}, "set": run.name}
        for run in runs
        for row in run.classes().to_dict("records")
    ]
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return len(rows)


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
