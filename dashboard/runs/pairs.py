"""The cases that two runs see differently, as places in both tables. Pure: no cache."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.messages import N_
from auditor.domain.verdicts import FLAGGED_CASES
from dashboard.runs.filters import RANK, run_query
from dashboard.runs.ranks import Ranks

ARROW = ">"
"""Between the verdicts of `Pairs.turns`."""


class PairChange(StrEnum):
    """What changed most about a picture; each pair has one, the first that holds."""

    BROKEN = "broken"
    FIXED = "fixed"
    ANSWER = "answer"
    FLAGGED = "flagged"
    FREED = "freed"
    VERDICT = "verdict"


CHANGE_WORDS = {
    PairChange.BROKEN: N_("Right before, wrong now"),
    PairChange.FIXED: N_("Wrong before, right now"),
    PairChange.ANSWER: N_("Another wrong answer"),
    PairChange.FLAGGED: N_("Flagged now"),
    PairChange.FREED: N_("No longer flagged"),
    PairChange.VERDICT: N_("Another verdict"),
}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Cases of both runs whose answer or verdict changed, the most telling changes first.

    Attributes:
        base, new: (n,) places in the tables of the two runs.
        changes: (n,) places in `PairChange`.
        labels: (n,) the classes, as categories.
        turns: (n,) "verdict before>verdict now", as categories.
    """

    base: Ranks
    new: Ranks
    changes: NDArray[np.uint8]
    labels: pd.Categorical
    turns: pd.Categorical

    def among(
        self,
        classes: Collection[str] = (),
        changes: Sequence[PairChange] = (),
        turn: str | None = None,
    ) -> NDArray[np.intp]:
        """Places in these arrays of the pairs that are wanted; an empty choice asks for nothing."""
        kept = np.ones(len(self.new), dtype=bool)
        if classes:
            kept &= np.asarray(self.labels.isin(list(classes)))
        if changes:
            kept &= np.isin(self.changes, [list(PairChange).index(each) for each in changes])
        if turn is not None:
            kept &= np.asarray(self.turns == turn)
        return np.flatnonzero(kept)

    def counts(self) -> dict[PairChange, int]:
        """How many pairs there are of each change that occurs."""
        found = np.bincount(self.changes, minlength=len(PairChange))
        return {each: int(n) for each, n in zip(PairChange, found, strict=True) if n}


def changed_pairs(cursor: duckdb.DuckDBPyConnection, base: Path, new: Path) -> Pairs:
    """What changed from one table of cases to another; cases are matched by `case_id`.

    Raises:
        RunError: a table cannot be read.
    """
    flagged = ", ".join(f"'{verdict}'" for verdict in FLAGGED_CASES)
    change = f"""CASE
        WHEN b.correct AND NOT n.correct THEN {_code(PairChange.BROKEN)}
        WHEN n.correct AND NOT b.correct THEN {_code(PairChange.FIXED)}
        WHEN b.predicted <> n.predicted THEN {_code(PairChange.ANSWER)}
        WHEN n.verdict IN ({flagged}) AND b.verdict NOT IN ({flagged})
            THEN {_code(PairChange.FLAGGED)}
        WHEN b.verdict IN ({flagged}) AND n.verdict NOT IN ({flagged})
            THEN {_code(PairChange.FREED)}
        ELSE {_code(PairChange.VERDICT)} END"""
    query = f"""
        SELECT b.{RANK}::INTEGER AS base, n.{RANK}::INTEGER AS new, n.label AS label,
            b.verdict || '{ARROW}' || n.verdict AS turn, ({change})::UTINYINT AS change
        FROM read_parquet(?, file_row_number = true) AS b
        JOIN read_parquet(?, file_row_number = true) AS n ON b.case_id = n.case_id
        WHERE b.predicted <> n.predicted OR b.verdict <> n.verdict
        ORDER BY change, new"""  # noqa: S608 - own words
    found = run_query(cursor, query, [str(base), str(new)]).df()
    return Pairs(
        found["base"].to_numpy(np.int32),
        found["new"].to_numpy(np.int32),
        found["change"].to_numpy(np.uint8),
        pd.Categorical(found["label"]),
        pd.Categorical(found["turn"]),
    )


def _code(change: PairChange) -> int:
    return list(PairChange).index(change)
