"""What to do about a run: one step per row, with how many and which images it is about.

The first step of a class is the one that its finding asks for. The others follow from single
cases: labels that look wrong, masks that are missing, objects that preprocessing cuts off.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pandas as pd

from auditor.domain.cues import spec_of
from auditor.domain.exports import ACTIONS
from auditor.domain.mask_references import MaskSource
from auditor.domain.reasons import Reason, Value
from auditor.domain.verdicts import CLASS_RANK, FLAGGED_CASES, CaseVerdict, ClassVerdict
from auditor.wording.chores import SURE, chore
from auditor.wording.class_actions import TEMPLATES

UNCOUNTED = frozenset(
    {"action.at_the_bar", "action.only_cued", "action.of_three", "action.beside_owner"}
)
"""Actions that no number of images carries out: more of them would not settle the class."""
CASE_COLUMNS = (
    "case_id",
    "image",
    "label",
    "correct",
    "confidence",
    "mask_source",
    "verdict",
    "tested",
    "object_cropped",
    "duplicate_group",
)
CROPPED = 0.5
"""Share of the object that is cut off."""
FILES_LISTED = 200
"""Images that a step lists; a cell of a spreadsheet holds no more of them."""


class ActionKind(StrEnum):
    """What kind of step it is."""

    COLLECT = "collect"
    """images without the cue"""
    REMOVE = "remove"
    """the mark from the pictures"""
    CROP = "crop"
    """the frame off the pictures"""
    BALANCE = "balance"
    """tint or sharpness over the classes"""
    TEST = "test"
    """more images, with interventions"""
    COMPLETE = "complete"
    """what was missing for a verdict"""
    WATCH = "watch"
    """nothing now"""
    RELABEL = "relabel"
    """look at the label, and change it if it is wrong"""
    MASK = "mask"
    """give an object mask"""
    REFRAME = "reframe"
    """resize instead of cropping the object"""


OF_VERDICT = {
    ClassVerdict.SUSPECTED: ActionKind.TEST,
    ClassVerdict.UNDETERMINED: ActionKind.COMPLETE,
    ClassVerdict.CONTEXT: ActionKind.WATCH,
    ClassVerdict.CLEAN: ActionKind.WATCH,
}


def actions_of(classes: pd.DataFrame, cases: pd.DataFrame, *, min_images: int) -> pd.DataFrame:
    """The steps, most urgent class first.

    Args:
        classes: of the run.
        cases: of the run, with `CASE_COLUMNS`.
        min_images: tested images that a verdict needs (`findings.min_images`).

    Returns:
        `auditor.domain.exports.ACTIONS`; `count` is null where a step is not about a number of
        images, `files` where it is about none that are there.
    """
    own = {str(name): rows for name, rows in _with_conflicts(cases).groupby("label")}
    none = _with_conflicts(cases.head(0))
    ordered = sorted(classes.to_dict("records"), key=_urgency)
    steps = [
        step
        for row in ordered
        for step in _steps(row, own.get(str(row["class"]), none), min_images)
    ]
    frame = pd.DataFrame(steps, columns=[column.name for column in ACTIONS])
    return frame.astype({"count": "Int64", "images": "int64"})


def _urgency(row: dict[Any, Any]) -> tuple[int, float, str]:
    effect = row["background_effect"]
    strength = 0.0 if effect is None or pd.isna(effect) else float(effect)
    return CLASS_RANK[row["verdict"]], -strength, str(row["class"])


def _steps(row: dict[Any, Any], own: pd.DataFrame, min_images: int) -> Iterator[dict[str, Any]]:
    shared = {
        "class": row["class"],
        "verdict": row["verdict"],
        "cue": row["cue"],
        "images": row["images"],
    }
    if isinstance(row["action"], str):
        kind = _kind(row)
        number, shown = _asked_for(kind, row, own, min_images)
        yield shared | {
            "kind": kind.value,
            "count": number,
            "action": row["action"],
            "files": _files(shown),
        }
    for kind, found in _chores(own):
        if len(found):
            yield shared | {
                "kind": kind.value,
                "count": len(found),
                "action": chore(kind, str(row["class"]), len(found)),
                "files": _files(found),
            }


def _kind(row: dict[Any, Any]) -> ActionKind:
    verdict = ClassVerdict(row["verdict"])
    if verdict is ClassVerdict.CONFIRMED:
        spec = spec_of(row["cue"])
        return ActionKind.COLLECT if spec is None else ActionKind(spec.step.value)
    return OF_VERDICT[verdict]


def _asked_for(
    kind: ActionKind, row: dict[Any, Any], own: pd.DataFrame, min_images: int
) -> tuple[int | None, pd.DataFrame]:
    """How many images, and which ones show what the step is about.

    Confirmed: those whose probability needs the cue, never fewer than a verdict needs; shown by
    the flagged cases. To test: those with a mask that were not tested, as many as the action asks
    to add where it does, and no number where it says that more would not settle the class. To
    complete: those that are missing, so none to show.
    """
    if ClassVerdict(row["verdict"]) is ClassVerdict.CONFIRMED:
        strength = row.get("cue_strength")
        if strength is None or pd.isna(strength):
            strength = row["background_effect"]
        reliance = 0.0 if strength is None or pd.isna(strength) else max(0.0, float(strength))
        flagged = own[own["verdict"].isin(FLAGGED_CASES)]
        return max(min_images, math.ceil(reliance * int(row["images"]))), flagged
    numbers = _numbers(row)
    if numbers.get("action") in UNCOUNTED:
        looked_at = numbers["action"] == "action.at_the_bar"
        return None, own[own["verdict"].isin(FLAGGED_CASES) & looked_at]
    if kind is ActionKind.TEST:
        masked = own["mask_source"] != MaskSource.NONE.value
        untested = own[masked & ~own["tested"].astype(bool)]
        return _named(numbers) or len(untested) or None, untested
    if kind is ActionKind.COMPLETE:
        return _named(numbers) or max(0, min_images - int(row["tested"])) or None, own.head(0)
    return None, own[own["verdict"].isin(FLAGGED_CASES)]


def _numbers(row: dict[Any, Any]) -> Mapping[str, Value]:
    numbers = row.get("reason_numbers")
    known = isinstance(numbers, str)
    return Reason.from_json(str(row["reason_code"]), numbers).numbers if known else {}


def _named(numbers: Mapping[str, Value]) -> int | None:
    """How many images the action asks for in words; None where it names no such number."""
    code, missing = numbers.get("action"), numbers.get("missing")
    told = "{missing}" in TEMPLATES.get(code, "") if isinstance(code, str) else True
    return missing if told and isinstance(missing, int) else None


def _chores(own: pd.DataFrame) -> list[tuple[ActionKind, pd.DataFrame]]:
    looked = own["verdict"] == CaseVerdict.OBJECT.value
    doubtful = ~own["correct"].astype(bool) & looked & (own["confidence"] >= SURE)
    return [
        (ActionKind.RELABEL, own[doubtful | own["conflict"]]),
        (ActionKind.MASK, own[own["mask_source"] == MaskSource.NONE.value]),
        (ActionKind.REFRAME, own[own["object_cropped"].astype("float64") >= CROPPED]),
    ]


def _with_conflicts(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases with `conflict`: an image of the same duplicate group has another label."""
    labels = cases.groupby("duplicate_group")["label"].transform("nunique")
    return cases.assign(conflict=labels.fillna(1).gt(1).astype(bool))


def _files(cases: pd.DataFrame) -> str | None:
    """The images of cases, a JSON list in their order, at most `FILES_LISTED`; null without any."""
    images = cases["image"].head(FILES_LISTED).tolist()
    return json.dumps(images, ensure_ascii=False) if images else None
