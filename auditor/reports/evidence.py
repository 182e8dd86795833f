"""Flagged classes with their cues and example cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from auditor.domain.verdicts import FLAGGED_CASES, ClassVerdict
from auditor.imagery.colormap import inferno
from auditor.imagery.overlay import cam_grid, heat
from auditor.reports.contents import RunContents
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.pictures import SIDE, Thumbnail, data_address, thumbnails
from auditor.reports.rows import Row, rows_of
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH
from auditor.wording.place_words import place_words
from auditor.wording.reasons import reason_of_case, reason_of_class

CUES_SHOWN, EXAMPLES = 12, 2
OTHERS_SHOWN, OTHERS_OF_A_CLASS = 8, 2
MAPS_AVERAGED = 2_000


@dataclass(frozen=True)
class CaseCard:
    """A case: its row, why it got its verdict, and pictures."""

    row: Row
    reason: str
    pictures: list[Thumbnail]


@dataclass(frozen=True)
class CueCard:
    """A flagged class: its row, how strong its cue is, its mean map, examples.

    Attributes:
        row: of `classes`.
        reason: why it got its verdict.
        where: the cue lies; "" where that is not known.
        strength: of the cue, or of the background where the cue has no number of its own.
        mean_map: the mean of its maps as a picture, None without pictures or maps.
        maps: how many maps the mean is of.
        cases: worst first.
    """

    row: Row
    reason: str
    where: str
    strength: Whisker | None
    mean_map: str | None
    maps: int
    cases: list[CaseCard]


def cue_cards(
    contents: RunContents, classes: list[Row], *, pictures: bool, _: Translator = ENGLISH
) -> list[CueCard]:
    """Flagged classes, most urgent first, up to `CUES_SHOWN`.

    Args:
        contents: of the run; `cases` as stored.
        classes: rows of `classes` in the order of urgency.
        pictures: whether any picture may be shown.
    """
    shown = [row for row in classes if is_flagged(row)][:CUES_SHOWN]
    return [_cue_card(contents, row, pictures=pictures, _=_) for row in shown]


def is_flagged(row: Row) -> bool:
    """Confirmed, or suspected with a cue that can be shown."""
    confirmed = row["verdict"] == ClassVerdict.CONFIRMED.value
    suspected = row["verdict"] == ClassVerdict.SUSPECTED.value
    return confirmed or (suspected and row["cue"] is not None)


def other_cards(
    contents: RunContents, shown: list[CueCard], *, pictures: bool, _: Translator = ENGLISH
) -> list[CaseCard]:
    """Flagged cases of the other classes, worst first, few of each class."""
    names = [card.row["class"] for card in shown]
    cases = contents.cases
    others = cases[cases["verdict"].isin(FLAGGED_CASES) & ~cases["label"].isin(names)]
    varied = others.groupby("label", sort=False).head(OTHERS_OF_A_CLASS).head(OTHERS_SHOWN)
    return [_card(contents, row, _, pictures=pictures) for row in rows_of(varied)]


def _cue_card(contents: RunContents, row: Row, *, pictures: bool, _: Translator) -> CueCard:
    cases = contents.cases
    own = cases[cases["label"] == row["class"]]
    mean, maps = _mean_map(own) if pictures else (None, 0)
    where = row.get("cue_where_code") or row.get("cue_where")
    return CueCard(
        row=row,
        reason=reason_of_class(row, _),
        where=place_words(where, _) if where else "",
        strength=_strength(row),
        mean_map=mean,
        maps=maps,
        cases=[
            _card(contents, case, _, pictures=pictures, cue=row["cue"])
            for case in rows_of(_examples(own, row, contents.evidence))
        ],
    )


def _strength(row: Row) -> Whisker | None:
    name = "cue_strength" if row.get("cue_strength") is not None else "background_effect"
    return whisker(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _examples(own: pd.DataFrame, row: Row, evidence: pd.DataFrame) -> pd.DataFrame:
    """The cases that the finding names, else its worst ones; those with pictures first."""
    named = str(row.get("cue_examples") or "").split()
    chosen = own[own["case_id"].isin(named)] if named else own[own["verdict"].isin(FLAGGED_CASES)]
    bare = ~chosen["case_id"].isin(evidence["case_id"])
    order = pd.Series(np.arange(len(chosen)), index=chosen.index)
    return chosen.loc[order[~bare].index.append(order[bare].index)].head(EXAMPLES)


def _card(
    contents: RunContents, row: Row, _: Translator, *, pictures: bool, cue: str | None = None
) -> CaseCard:
    shown = thumbnails(row, contents, cue, _) if pictures else []
    return CaseCard(row, reason_of_case(row, _), shown)


def _mean_map(own: pd.DataFrame) -> tuple[str | None, int]:
    """Mean of the maps of a class, each scaled to its own maximum, and of how many."""
    shapes = list(zip(own["cam_height"], own["cam_width"], strict=True))
    if not shapes:
        return None, 0
    height, width = max(set(shapes), key=shapes.count)
    cams = [
        cam_grid(cam, int(height), int(width)).astype(np.float64)
        for cam, shape in zip(own["cam"], shapes, strict=True)
        if shape == (height, width)
    ]
    grids = [grid / grid.max() for grid in cams[:MAPS_AVERAGED] if grid.max() > 0]
    if not grids:
        return None, 0
    levels = (255 * np.mean(grids, axis=0)).round().astype(np.uint8)
    return data_address(Image.fromarray(inferno(heat(levels, (SIDE, SIDE))))), len(grids)
