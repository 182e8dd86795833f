"""Thumbnails of a case as data URLs, so that a report fetches nothing."""

from __future__ import annotations

import io
import warnings
from base64 import b64encode
from dataclasses import dataclass

import pandas as pd
from PIL import Image

from auditor.domain.bounds import MOST_PIXELS
from auditor.domain.cues import spec_of
from auditor.domain.errors import RunError
from auditor.domain.interventions import INTERVENTIONS as SPECS
from auditor.domain.interventions import SHOW_DONOR, Intervention, Pictured
from auditor.reports.contents import RunContents
from auditor.reports.rows import Row, rows_of
from auditor.reports.words import INTERVENTIONS
from auditor.storage.case_view import case_overlay, case_view
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH

SIDE = 208
QUALITY = 80
MOST = 9
"""pictures of one case"""


@dataclass(frozen=True)
class Thumbnail:
    """Attributes:
    source: a data URL.
    caption: what it shows.
    probability: of the label, or None.
    heat: whether a heat map lies on it.
    """

    source: str
    caption: str
    probability: float | None
    heat: bool = False


AT_A_PLACE = tuple(s for s in SPECS if s.pictured is Pictured.PLACED)
"""Stored where an exchanged part or property names the cue."""
ALWAYS = (
    Intervention.OBJECT_REMOVED,
    Intervention.BACKGROUND_REMOVED,
    Intervention.BACKGROUND_SAME,
    Intervention.BACKGROUND_OTHER,
)


def pictures_of(cue: str | None) -> tuple[Intervention, ...]:
    """What shows a cue that is not the whole background: shown before all else."""
    spec = spec_of(cue)
    if spec is None:
        return ()
    shown = dict.fromkeys((*spec.pictures, *(s.id for s in AT_A_PLACE)))
    return tuple(name for name in shown if name not in ALWAYS)


def thumbnails(
    case: Row, contents: RunContents, cue: str | None = None, _: Translator = ENGLISH
) -> list[Thumbnail]:
    """The view with its heat map, then the stored pictures of the interventions: those that
    show the cue first, of other changes only where nothing else is there.

    Without the image file the stored original stands in; without either there is no heat map.
    """
    rows = contents.evidence[contents.evidence["case_id"] == case["case_id"]]
    stored = rows.drop_duplicates("intervention")
    original = stored[stored["intervention"] == Intervention.ORIGINAL.value]
    view = _view(case, contents, original)
    shown = [] if view is None else _view_and_heat(case, view, _)
    others = stored[stored["intervention"] != Intervention.ORIGINAL.value]
    for row in rows_of(_ordered(others, cue).head(MOST - len(shown))):
        picture = _opened(row["picture"])
        if picture is not None:
            name = str(row["intervention"])
            name = _(INTERVENTIONS[name]) if name in INTERVENTIONS else name
            if row["intervention"] in SHOW_DONOR:
                name = _("{picture}: probability of {label}", picture=name, label=case["label"])
            shown.append(Thumbnail(data_address(picture), name, row["probability"]))
    return shown


def _ordered(stored: pd.DataFrame, cue: str | None) -> pd.DataFrame:
    first = [*pictures_of(cue), *ALWAYS]
    chosen = stored[stored["intervention"].isin(first)]
    if chosen.empty:
        return stored
    return chosen.sort_values("intervention", key=lambda names: names.map(first.index))


def data_address(picture: Image.Image) -> str:
    """A picture as a small JPEG in a data URL."""
    small = picture.convert("RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()}"


def _view_and_heat(case: Row, view: Image.Image, _: Translator) -> list[Thumbnail]:
    overlay = case_overlay(view, case)
    return [
        Thumbnail(
            data_address(view), _(INTERVENTIONS[Intervention.ORIGINAL]), case["label_probability"]
        ),
        Thumbnail(data_address(overlay), _("Heat map"), None, heat=True),
    ]


def _view(case: Row, contents: RunContents, original: pd.DataFrame) -> Image.Image | None:
    try:
        return case_view(str(case["image"]), contents.manifest)
    except RunError:
        return _opened(original["picture"].iloc[0]) if len(original) else None


def _opened(content: bytes) -> Image.Image | None:
    """A stored picture; None for what is no JPEG, or claims more pixels than a network's input."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content), formats=("JPEG",))
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.load()
    except Exception:  # noqa: BLE001 - broken bytes make decoders raise anything
        return None
    return picture
