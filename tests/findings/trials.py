"""Trials and cases written out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.domain.schema import names

ALONE = (Fill.GREY, Fill.MEAN)


def case(case_id: str, label: str = "boat", **changes: Any) -> dict[str, Any]:
    """A right, sampled, nominated case with a mask."""
    return {
        "case_id": case_id,
        "image": f"{case_id}.jpg",
        "label": label,
        "predicted": label,
        "confidence": 0.9,
        "label_probability": 0.9,
        "correct": True,
        "mask_source": "file",
        "cam_scale": 1.0,
        "object_area": 0.2,
        "relevance_skill": 0.0,
        "nominated": True,
        "sampled": True,
        "tested": True,
        "duplicate_group": None,
    } | changes


def trial(
    case_id: str, intervention: Intervention, fill: Fill, p_label: float, **changes: Any
) -> dict[str, Any]:
    """A changed image that is answered with the label 'boat'."""
    return {
        "case_id": case_id,
        "label": "boat",
        "group": case_id,
        "intervention": intervention.value,
        "fill": fill.value,
        "p_label": p_label,
        "answer": "boat",
    } | changes


def under(
    fills: tuple[Fill, ...],
    case_id: str,
    intervention: Intervention,
    p_label: float,
    **changes: Any,
) -> list[dict[str, Any]]:
    """The same trial under several fills."""
    return [trial(case_id, intervention, fill, p_label, **changes) for fill in fills]


def swapped(case_id: str, donor_label: str, before: float, after: float) -> list[dict[str, Any]]:
    """The object on a donor's background, under both fills."""
    return under(
        HOLE_FILLS,
        case_id,
        Intervention.BACKGROUND_OTHER,
        after,
        p_label_control=before,
        donor=f"{donor_label}1",
        donor_label=donor_label,
        donor_group=f"{donor_label}1",
    )


def emptied(case_id: str, donor_label: str, own: float, other: float) -> list[dict[str, Any]]:
    """The image without its object beside a donor without its own, under both fills."""
    return under(
        HOLE_FILLS,
        case_id,
        Intervention.EMPTY_OWN,
        own,
        p_label_control=other,
        donor=f"{donor_label}1",
        donor_label=donor_label,
        donor_group=f"{donor_label}1",
    )


def table_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a trials table."""
    return pd.DataFrame(rows, columns=names("trials"))
