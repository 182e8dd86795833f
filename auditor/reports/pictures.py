"""Thumbnails of a case as data addresses, so that a report fetches nothing."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass

import pandas as pd
from PIL import Image

from auditor.domain.errors import RunError
from auditor.domain.interventions import Intervention
from auditor.reports.rows import Row
from auditor.reports.words import INTERVENTIONS
from auditor.storage.contents import RunContents
from auditor.storage.show import case_overlay, case_view

SIDE = 208
QUALITY = 80
MOST = 8
"""pictures of one case"""


@dataclass(frozen=True)
class Thumbnail:
    """Attributes:
    source: a data address.
    caption: what it shows.
    probability: of the label, or None.
    heat: whether a heat map lies on it.
    """

    source: str
    caption: str
    probability: float | None
    heat: bool = False


def thumbnails(case: Row, contents: RunContents) -> list[Thumbnail]:
    """The view with its heat map, then the stored pictures of the interventions.

    Without the image file the stored original stands in; without either there is no heat map.
    """
    rows = contents.evidence[contents.evidence["case_id"] == case["case_id"]]
    stored = rows.drop_duplicates("intervention")
    original = stored[stored["intervention"] == Intervention.ORIGINAL.value]
    view = _view(case, contents, original)
    shown = [] if view is None else _view_and_heat(case, view)
    others = stored[stored["intervention"] != Intervention.ORIGINAL.value]
    for row in others.head(MOST - len(shown)).itertuples():
        picture = _opened(row.picture)
        if picture is not None:
            chance = None if pd.isna(row.probability) else float(row.probability)
            name = INTERVENTIONS.get(str(row.intervention), str(row.intervention))
            shown.append(Thumbnail(data_address(picture), name, chance))
    return shown


def data_address(picture: Image.Image) -> str:
    """A picture as a small JPEG in an address of its own."""
    small = picture.convert("RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()}"


def _view_and_heat(case: Row, view: Image.Image) -> list[Thumbnail]:
    overlay = case_overlay(view, case)
    return [
        Thumbnail(data_address(view), "as it is", case["label_probability"]),
        Thumbnail(data_address(overlay), "where it looks", None, heat=True),
    ]


def _view(case: Row, contents: RunContents, original: pd.DataFrame) -> Image.Image | None:
    try:
        return case_view(str(case["image"]), contents.manifest)
    except RunError:
        return _opened(original["picture"].iloc[0]) if len(original) else None


def _opened(content: bytes) -> Image.Image | None:
    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except (OSError, ValueError, SyntaxError):
        return None
    return picture
