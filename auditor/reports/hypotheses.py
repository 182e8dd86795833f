"""What classes without masks may rely on: a ranked list to be reviewed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

import pandas as pd

from auditor.domain.hypotheses import (
    HYPOTHESIS_STATUS_LABEL,
    HYPOTHESIS_STATUS_MEANING,
    PATCH,
    REGION,
    HypothesisStatus,
)
from auditor.domain.messages import N_
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.rows import Row, rows_of
from auditor.reports.words import CUES
from auditor.wording.catalogue import Translator
from auditor.wording.place_words import place_words
from auditor.wording.reasons import action_of_hypothesis, reason_of_hypothesis

CLASSES_SHOWN, OF_A_CLASS = 20, 3
PICTURES_SHOWN = 24
A_PATCH = N_("a patch of the picture")
A_REGION = N_("a part of the picture that lies where it lies in every picture")
WHAT = {PATCH: A_PATCH, REGION: A_REGION}


@dataclass(frozen=True)
class HypothesisLine:
    """One hypothesis: its row, in words, its effects as drawings, its patches as a picture."""

    row: Row
    what: str
    status: str
    meaning: str
    place: str | None
    reason: str
    action: str | None
    cost: Whisker | None
    win: Whisker | None
    picture: str | None


@dataclass(frozen=True)
class ClassHypotheses:
    """A class without masks.

    Attributes:
        name: of the class.
        lines: the best shown first.
        left: how many more there are.
    """

    name: str
    lines: list[HypothesisLine]
    left: int


def hypothesis_lines(
    hypotheses: pd.DataFrame | None, classes: list[Row], *, pictures: bool, _: Translator
) -> tuple[list[ClassHypotheses], int]:
    """The classes of which there are hypotheses, those with the best shown one first, and how many
    more classes there are.

    Args:
        hypotheses: of the run; None where they are not at hand.
        classes: rows of `classes`, in the order of urgency.
        pictures: whether any picture may be shown.
        _: of the reader's language.
    """
    if hypotheses is None or hypotheses.empty:
        return [], 0
    by_class = {str(name): rows_of(rows) for name, rows in hypotheses.groupby("class", sort=False)}
    standings = list(map(str, HypothesisStatus))
    urgent = [str(row["class"]) for row in classes if row["class"] in by_class]
    urgent.sort(key=lambda name: _urgency(by_class[name][0], standings))
    left = PICTURES_SHOWN if pictures else 0
    shown = []
    for name in urgent[:CLASSES_SHOWN]:
        rows = by_class[name]
        lines = [_line(row, _, pictures=left > i) for i, row in enumerate(rows[:OF_A_CLASS])]
        left = max(0, left - len(lines))
        shown.append(ClassHypotheses(name, lines, max(0, len(rows) - OF_A_CLASS)))
    return shown, max(0, len(urgent) - CLASSES_SHOWN)


def _urgency(row: Row, standings: list[str]) -> tuple[int, float]:
    return standings.index(row["standing"]), -(row["strength"] or 0.0)


def _line(row: Row, _: Translator, *, pictures: bool) -> HypothesisLine:
    cost, win = (
        whisker(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("cost", "win")
    )
    where = row.get("place_code")
    return HypothesisLine(
        row=row,
        what=_(WHAT.get(str(row["kind"])) or CUES.get(str(row["kind"]), str(row["kind"]))),
        status=_(HYPOTHESIS_STATUS_LABEL[HypothesisStatus(row["standing"])]),
        meaning=_(HYPOTHESIS_STATUS_MEANING[HypothesisStatus(row["standing"])]),
        place=None if row["place"] is None else place_words(where or row["place"], _),
        reason=reason_of_hypothesis(row, _),
        action=action_of_hypothesis(row, _),
        cost=cost,
        win=win,
        picture=_address(row["picture"]) if pictures and row["picture"] is not None else None,
    )


def _address(content: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(bytes(content)).decode()}"
