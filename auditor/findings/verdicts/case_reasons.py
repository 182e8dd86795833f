"""Why an image got its verdict: a code and its numbers. Words are made in `auditor.wording`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from auditor.domain.mask_doubts import SCORELESS
from auditor.domain.mask_references import MaskSource
from auditor.domain.reasons import Reason, Value
from auditor.wording.case_reasons import case_reason

SCORELESS_DOUBTS = [doubt.value for doubt in SCORELESS]
NO_MASK = MaskSource.NONE.value

Row = Mapping[Any, Any]


def reasons(codes: pd.Series, cases: pd.DataFrame) -> pd.DataFrame:
    """Columns `reason`, `reason_code` and `reason_numbers` (null without numbers) of every case.

    Images with nothing of their own to tell share one text.
    """
    plain = {code: case_reason(Reason(code)) for code in codes.unique() if code in PLAIN}
    told = pd.DataFrame(
        {"reason": codes.map(plain).astype(object), "reason_code": codes, "reason_numbers": None}
    )
    own = ~codes.isin(PLAIN)
    found = [
        Reason(code, _numbers(code, row))
        for code, row in zip(codes[own], cases[own].to_dict("records"), strict=True)
    ]
    index = codes.index[own]
    told.loc[own, "reason"] = pd.Series([case_reason(each) for each in found], index, dtype=object)
    told.loc[own, "reason_numbers"] = pd.Series(
        [each.to_json() for each in found], index, dtype=object
    )
    return told


PLAIN = frozenset(
    {
        "suspected.untested",
        "suspected.not_swapped",
        "object",
        "object.map",
        "undetermined.no_mask",
        "undetermined.zero_map",
        "undetermined.nothing_left",
    }
)
"""Codes without numbers."""
MISLED_BY = {"misled": "returned", "misled.own": "returned_own"}
"""What gave the label back, by code."""


def _numbers(code: str, row: Row) -> dict[str, Value]:
    if code in MISLED_BY:
        return {
            "label": row["label"],
            "predicted": row["predicted"],
            "gain": _known(row[MISLED_BY[code]]),
        }
    if code == "undetermined.mask":
        return {"doubt": row["mask_doubt"]}
    if code == "undetermined.grid":
        return {"area": _known(row["object_area"])}
    before, loss = _known(row["label_probability"]), _known(row["swap_agreed"])
    numbers: dict[str, Value] = {
        "label": row["label"],
        "before": before,
        "after": None if before is None or loss is None else max(0.0, before - loss),
        "loss": loss,
        "most": _known(row["swap_most"]),
    }
    if "other" in row:
        numbers["other"] = row["other"]
    if code.startswith("shortcut"):
        numbers["notes"] = _map_notes(row["nominated"])
    return numbers


def _map_notes(nominated: float) -> tuple[str, ...]:
    if math.isnan(nominated):
        return ()
    return ("note.shown" if nominated == 1.0 else "note.not_shown",)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
