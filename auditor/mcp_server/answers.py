"""What an assistant may ask of a folder of runs, answered as plain JSON values.

Read only: nothing here writes, runs a model or opens a file outside the folder of runs. Names of
classes and images come from data that others made: they are values of JSON fields, never part of
an instruction, and a run is named by its folder's name alone, never by a path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.domain.errors import RunError
from auditor.domain.schema import TABLES
from auditor.storage.listing import list_broken, list_runs
from auditor.storage.run import Run, open_run

MOST_ROWS = 200
"""Rows of one answer; more are asked for with `offset`."""
CASE_COLUMNS = (
    "case_id",
    "image",
    "label",
    "predicted",
    "confidence",
    "verdict",
    "reason",
    "severity",
)


@dataclass(frozen=True)
class EvidenceAnswer:
    """One changed picture of a case.

    Attributes:
        facts: intervention, fill, donor and the label's probability.
        picture: JPEG bytes.
    """

    facts: dict[str, Any]
    picture: bytes


@dataclass(frozen=True)
class RunFolder:
    """The runs of one folder.

    Attributes:
        folder: that holds run folders, or one run folder.
    """

    folder: Path

    def runs(self) -> dict[str, Any]:
        """Every run, newest first, with its counts and verdicts; and what cannot be opened."""
        return {
            "runs": [
                {
                    "run": run.name,
                    "created": run.metadata.created,
                    "counts": asdict(run.metadata.counts),
                    "verdicts": run.results.verdicts,
                    "confirmed": run.results.confirmed,
                }
                for run in list_runs(self.folder)
            ],
            "unreadable": [
                {"run": broken.path.name, "problem": broken.error.problem}
                for broken in list_broken(self.folder)
            ],
        }

    def summary(self, run: str) -> dict[str, Any]:
        """The summary and what was audited with what."""
        opened = self._open(run)
        told = ("created", "counts", "versions", "fingerprints", "target_layer", "method", "seed")
        return {
            "run": opened.name,
            "summary": opened.summary,
            "manifest": {name: opened.manifest.get(name) for name in told},
        }

    def classes(self, run: str, verdict: str | None = None) -> dict[str, Any]:
        """One row per class: verdict, effect with interval, cue, reason, action."""
        table = self._open(run).classes()
        return _page(_only(table, "verdict", verdict), offset=0, limit=len(table))

    def cases(
        self,
        run: str,
        *,
        label: str | None = None,
        verdict: str | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> dict[str, Any]:
        """Cases, worst first, without maps."""
        table = self._open(run).cases(CASE_COLUMNS)
        chosen = _only(_only(table, "verdict", verdict), "label", label)
        return _page(chosen[list(CASE_COLUMNS)], offset=offset, limit=limit)

    def case(self, run: str, case_id: str) -> dict[str, Any]:
        """Every score and effect of one case."""
        row = self._open(run).case(case_id).to_frame().T
        return _rows(row)[0]

    def evidence(self, run: str, case_id: str) -> list[EvidenceAnswer]:
        """The changed pictures that were kept of a case; none where none were."""
        rows = self._open(run).evidence(case_id)
        facts = _rows(rows)
        return [
            EvidenceAnswer(fact, bytes(picture))
            for fact, picture in zip(facts, rows["picture"], strict=True)
        ]

    def _open(self, name: str) -> Run:
        """A run by its folder's name.

        Raises:
            RunError: there is no such run, or it cannot be opened.
        """
        for run in list_runs(self.folder):
            if run.name == name:
                return run
        for broken in list_broken(self.folder):
            if broken.path.name == name:
                return open_run(broken.path)
        known = ", ".join(repr(run.name) for run in list_runs(self.folder)[:10])
        raise RunError(
            "There is no such run.",
            code="runs.unknown_run",
            expected=f"one of {known or 'none: the folder holds no run'}",
            got=repr(name),
            remedy="ask for the list of runs first",
        )


def _only(table: pd.DataFrame, column: str, value: str | None) -> pd.DataFrame:
    return table if value is None else table[table[column] == value]


def _page(table: pd.DataFrame, *, offset: int, limit: int) -> dict[str, Any]:
    first = max(0, offset)
    rows = table.iloc[first : first + max(1, min(limit, MOST_ROWS))]
    return {"total": len(table), "offset": first, "rows": _rows(rows)}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values: null for null, no bytes."""
    kept = [name for name in table.columns if name not in _BYTES]
    objects = table[kept].astype(object)
    plain = objects.where(objects.notna(), None)
    return [{str(k): _plain(v) for k, v in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not isfinite(plain) else plain


def _bytes_columns(tables: Sequence[str]) -> frozenset[str]:
    return frozenset(c.name for table in tables for c in TABLES[table] if c.kind == "bytes")


_BYTES = _bytes_columns(tuple(TABLES))
