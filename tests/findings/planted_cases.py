"""Single pictures of a simulated audit, each changed so that one reason has to be told of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.domain.answers import TOP_PROBABILITIES
from tests.findings.planted import ON_OTHERS, Tables

SWAPPED_P, BEFORE = 0.3, 0.9
REST = 0.05
UNTRIED: Mapping[str, Any] = {"sampled": False, "tested": False}
UNSCORED: Mapping[str, Any] = UNTRIED | {"nominated": None, "relevance_skill": None}


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        code: what has to be told of it.
        cued: whether it is of the class with the cue, or of one without.
        case: columns of its case.
        kept: interventions that it was tried with; None for all.
        swapped: probability of its label on others' backgrounds, by fill; None for what the
            simulation says.
        empty: probability of its label without its object, on its own background.
        alone: probability of its label on its own, whose answer the label then is.
        at_home: the same on backgrounds of its class.
        numbers: of the reason.
    """

    code: str
    cued: bool = False
    case: Mapping[str, Any] | None = None
    kept: tuple[str, ...] | None = None
    swapped: tuple[float, float] | None = None
    empty: float | None = None
    alone: float | None = None
    at_home: float | None = None
    numbers: Mapping[str, Any] | None = None


RIGHT: Mapping[str, Any] = {"label_probability": BEFORE, "correct": True, "sampled": True}
WRONG: Mapping[str, Any] = {**RIGHT, "correct": False, "predicted": "z"}
COSTLY: Mapping[str, Any] = {"before": BEFORE, "after": SWAPPED_P, "loss": BEFORE - SWAPPED_P}
HOLES = ("object_removed",)

PICTURES = {
    "cued, seen": Picture(
        "shortcut",
        cued=True,
        case={**RIGHT, "nominated": True},
        swapped=(SWAPPED_P, SWAPPED_P),
        numbers={**COSTLY, "notes": ["note.shown"]},
    ),
    "cued, not seen": Picture(
        "shortcut",
        cued=True,
        case={**RIGHT, "nominated": False},
        swapped=(SWAPPED_P, SWAPPED_P),
        numbers={**COSTLY, "notes": ["note.not_shown"]},
    ),
    "by itself": Picture(
        "shortcut.alone",
        case={**RIGHT, "nominated": False},
        swapped=(SWAPPED_P, SWAPPED_P),
        empty=0.9,
        numbers=COSTLY,
    ),
    "wrong because of it": Picture(
        "misled",
        case={"label_probability": 0.1, "correct": False, "predicted": "z", "sampled": True},
        kept=("background_removed",),
        alone=0.8,
        numbers={"predicted": "z", "gain": 0.7},
    ),
    "one fill": Picture(
        "suspected.fills",
        cued=True,
        case=RIGHT,
        swapped=(SWAPPED_P, BEFORE),
        numbers={"most": BEFORE - SWAPPED_P, "loss": 0.0},
    ),
    "costly, seen": Picture(
        "suspected.class",
        case={**RIGHT, "nominated": True},
        swapped=(SWAPPED_P, SWAPPED_P),
        empty=0.0,
        numbers=COSTLY,
    ),
    "costly, not seen": Picture(
        "object.costs",
        case={**RIGHT, "nominated": False},
        swapped=(SWAPPED_P, SWAPPED_P),
        empty=0.0,
        numbers=COSTLY,
    ),
    "wrong, costly, seen": Picture(
        "context.wrong",
        case={**WRONG, "nominated": True},
        swapped=(SWAPPED_P, SWAPPED_P),
        empty=0.0,
        numbers=COSTLY,
    ),
    "wrong, costly, not seen": Picture(
        "object.wrong",
        cued=True,
        case={**WRONG, "nominated": False},
        swapped=(SWAPPED_P, SWAPPED_P),
        numbers=COSTLY,
    ),
    "seen, not needed": Picture(
        "context",
        case={**RIGHT, "nominated": True},
        swapped=(BEFORE, BEFORE),
        numbers={"before": BEFORE, "after": BEFORE},
    ),
    "not needed": Picture(
        "object.tested",
        case={**RIGHT, "nominated": False},
        swapped=(BEFORE, BEFORE),
        numbers={"before": BEFORE, "after": BEFORE},
    ),
    "seen, not tried": Picture("suspected.untested", case={**UNTRIED, "nominated": True}, kept=()),
    "seen, never swapped": Picture("suspected.not_swapped", case={"nominated": True}, kept=HOLES),
    "not seen, not tried": Picture("object", case={**UNTRIED, "nominated": False}, kept=()),
    "not seen, never swapped": Picture("object.map", case={"nominated": False}, kept=HOLES),
    "a mask of nothing": Picture(
        "undetermined.mask",
        case={**UNSCORED, "mask_doubt": "empty"},
        kept=(),
        numbers={"doubt": "empty"},
    ),
    "no mask": Picture("undetermined.no_mask", case={**UNSCORED, "mask_source": "none"}, kept=()),
    "a zero map": Picture("undetermined.zero_map", case={**UNSCORED, "cam_scale": 0.0}, kept=()),
    "out of view": Picture(
        "undetermined.nothing_left", case={**UNSCORED, "object_area": 0.0}, kept=()
    ),
    "all of the view": Picture(
        "undetermined.grid",
        case={**UNSCORED, "object_area": 0.97},
        kept=(),
        numbers={"area": 0.97},
    ),
    "wrong without its cue": Picture(
        "misled.own",
        cued=True,
        case={"label_probability": 0.1, "correct": False, "predicted": "z", "sampled": True},
        kept=(ON_OTHERS, "background_same"),
        swapped=(0.1, 0.1),
        at_home=0.8,
        numbers={"predicted": "z", "gain": 0.7},
    ),
    "wrong anywhere, seen": Picture(
        "context.still_wrong",
        case={**WRONG, "nominated": True},
        swapped=(BEFORE, BEFORE),
        numbers={"before": BEFORE, "after": BEFORE},
    ),
    "wrong anywhere, not seen": Picture(
        "object.still_wrong",
        case={**WRONG, "nominated": False},
        swapped=(BEFORE, BEFORE),
        numbers={"before": BEFORE, "after": BEFORE},
    ),
}
"""By what is planted."""


def plant(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    cued: str,
    other: str,
    left_out: Collection[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """The audit with every picture changed as it says, and which case each one is.

    Args:
        cases, trials: of a simulated audit.
        cued: the class with the cue.
        other: one without.
        left_out: codes of pictures that are not planted.
    """
    pictures = {name: each for name, each in PICTURES.items() if each.code not in left_out}
    spare = {name: iter(cases.loc[cases["label"] == name, "case_id"]) for name in (cued, other)}
    where = {name: next(spare[cued if p.cued else other]) for name, p in pictures.items()}
    cases = cases.assign(mask_doubt=None).astype({"nominated": object, "relevance_skill": object})
    for name, case_id in where.items():
        cases, trials = _planted(PICTURES[name], case_id, cases, trials)
    return cases, trials, where


def _planted(picture: Picture, case_id: str, cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    cases = cases.copy()
    for column, value in (picture.case or {}).items():
        cases.loc[cases["case_id"] == case_id, column] = value
    own = trials["case_id"] == case_id
    if picture.kept is not None:
        trials = trials[~own | trials["intervention"].isin(picture.kept)]
        own = trials["case_id"] == case_id
    changed = trials.copy()

    def put(intervention: str, column: str, value: Any, fill: str = "") -> None:
        hit = own & (changed["intervention"] == intervention)
        changed.loc[hit & ((changed["fill"] == fill) | (fill == "")), column] = value

    for fill, p in zip(("blur", "patches"), picture.swapped or (), strict=False):
        put(ON_OTHERS, "p_label", p, fill)
        # What is left is spread over the other classes.
        put(ON_OTHERS, "p_donor", REST, fill)
        for column in ("top_classes", *TOP_PROBABILITIES):
            put(ON_OTHERS, column, None, fill)
    if picture.empty is not None:
        put("empty_own", "p_label", picture.empty)
        put("empty_own", "p_label_control", 0.05)
    if picture.alone is not None:
        put("background_removed", "p_label", picture.alone)
        put("background_removed", "answer", cases.set_index("case_id").at[case_id, "label"])
    if picture.at_home is not None:
        put("background_same", "p_label", picture.at_home)
        put("background_same", "answer", cases.set_index("case_id").at[case_id, "label"])
        put(ON_OTHERS, "answer", picture.case["predicted"] if picture.case else "")
    return cases, changed
