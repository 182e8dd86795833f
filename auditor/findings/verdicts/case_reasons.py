"""The verdict on one image in plain words, with its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from auditor.domain.mask_doubts import DOUBT_MEANING, SCORELESS, MaskDoubt
from auditor.domain.samples import MaskSource
from auditor.domain.verdicts import CaseVerdict
from auditor.wording.numbers import share

Row = Mapping[Any, Any]


def reasons(verdict: pd.Series, cases: pd.DataFrame) -> pd.Series:
    """One sentence a case. Only tested or undetermined cases need their own numbers."""
    words = verdict.map(UNTESTED).astype(object)
    own = cases["has_trials"] | (verdict == CaseVerdict.UNDETERMINED.value)
    rows = cases[own].to_dict("records")
    told = [_REASON[name](row) for name, row in zip(verdict[own], rows, strict=True)]
    words[own] = pd.Series(told, index=words.index[own], dtype=object)
    return words


UNTESTED = {
    CaseVerdict.SUSPECTED.value: "The map prefers the background; interventions were not run on"
    " this image.",
    CaseVerdict.OBJECT.value: "The map stays on the object.",
}


def _shortcut(row: Row) -> str:
    return f"Right, but not because of the object: {_dependence(row)}"


def _misled(row: Row) -> str:
    return (
        f"Wrong as '{row['predicted']}', and its background is why: without it the answer is"
        f" '{row['label']}', {share(row['returned'])} more probable than before."
    )


def _suspected(row: Row) -> str:
    if row["nominated"] != 1.0:
        return (
            "The map does not show it, but interventions do (some heat on the background is usual"
            f" and proves nothing): {_dependence(row)}"
        )
    if math.isnan(row["background_effect"]) and math.isnan(row["neutral_agreed"]):
        return "The map prefers the background; its object could not be put on other backgrounds."
    if not row["attributable"]:
        return (
            "The map prefers the background, but every background it was tried on carries a cue"
            " of another class: one image alone cannot tell whose cue it is."
        )
    return f"The map prefers the background, and the tests do not agree: {_effects(row)}"


def _context(row: Row) -> str:
    return f"The map prefers the background, yet the answer does not hang on it: {_effects(row)}"


def _object(row: Row) -> str:
    return f"The map stays on the object. {_effects(row).capitalize()}".strip()


def _undetermined(row: Row) -> str:
    if row["mask_doubt"] in SCORELESS:
        return f"Its mask carries no score: {DOUBT_MEANING[MaskDoubt(row['mask_doubt'])]}."
    if row["mask_source"] == MaskSource.NONE.value:
        return "No object mask: the map cannot be held against it and nothing can be swapped."
    if row["cam_scale"] == 0.0:
        return "The saliency map is zero everywhere."
    if math.isnan(row["object_area"]) or row["object_area"] == 0.0:
        return "Nothing of the object is left in the model's view."
    return (
        f"The object ({share(row['object_area'])} of the view) is too small or too large for the"
        " map's grid to tell it from the background."
    )


def _dependence(row: Row) -> str:
    if math.isnan(row["suffices_agreed"]):
        loss = row["swap_agreed"] if row["attributable"] else row["neutral_agreed"]
        where = "other" if row["attributable"] else "flat"
        return (
            f"on {where} backgrounds '{row['label']}' loses {share(loss)} of its probability, in a"
            " class for which the same is proved."
        )
    return (
        f"on other backgrounds '{row['label']}' falls from {share(row['p_background_same'])} to"
        f" {share(row['p_background_other'])}, and the image without its object is"
        f" {share(row['background_suffices'])} more '{row['label']}' than other empty images."
    )


def _effects(row: Row) -> str:
    figures = {
        "other backgrounds cost {}": row["background_effect"],
        "flat ones cost {}": row["neutral_agreed"] if not row["attributable"] else math.nan,
        "removing the object costs {}": row["object_effect"],
        "the empty image's pull to the label is {}": row["background_suffices"],
    }
    known = [words.format(share(f)) for words, f in figures.items() if not math.isnan(f)]
    return f"{', '.join(known)}." if known else ""


_REASON = {
    CaseVerdict.SHORTCUT.value: _shortcut,
    CaseVerdict.MISLED.value: _misled,
    CaseVerdict.SUSPECTED.value: _suspected,
    CaseVerdict.CONTEXT.value: _context,
    CaseVerdict.OBJECT.value: _object,
    CaseVerdict.UNDETERMINED.value: _undetermined,
}
