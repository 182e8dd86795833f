"""Mean heat maps side by side, over the places where objects lie."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.components.assets import read
from dashboard.runs import heat, images
from dashboard.runs.heat import MeanMap
from dashboard.texts.language import _

DARKEST, LIGHTEST = 28, 150
_mount = st.components.v2.component(
    "auditor.maps",
    html='<div class="maps" role="list"></div>',
    css=read("layers.css", "maps.css"),
    js=read("dom.js", "layers.js", "maps.js"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean map with its name and what it shows in a few words."""

    title: str
    words: str
    mean: MeanMap | None


def show(key: str, figures: list[Figure]) -> None:
    """Show the maps; one that cannot be said is a grey picture with its words."""
    data = {"figures": [_plain(figure) for figure in figures], "colours": images.colours()}
    _mount(key=key, data=data)


def _plain(figure: Figure) -> dict[str, Any]:
    mean = figure.mean
    values: dict[str, Any] = {
        "title": figure.title,
        "words": figure.words,
        "alt": f"{figure.title}: {figure.words}",
    }
    if mean is None:
        return values | {"picture": None, "heat": None, "missing": _("No map here has any heat.")}
    height, width = mean.grid.shape
    grid = b64encode(heat.levels(mean.grid)).decode()
    return values | {
        "picture": _ground(mean),
        "heat": {"grid": grid, "height": height, "width": width},
        "missing": None,
    }


def _ground(mean: MeanMap) -> str:
    """The objects' places as a grey picture: the lighter, the oftener an object lies there."""
    field = np.zeros((heat.SIDE, heat.SIDE)) if mean.objects is None else mean.objects
    top = float(field.max()) or 1.0
    grey = (DARKEST + (LIGHTEST - DARKEST) * field / top).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()
