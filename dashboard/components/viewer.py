"""One case, large, with its layers, the decision and the way to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from dashboard.components.assets import read
from dashboard.runs import images

KEY = "viewer"

_mount = st.components.v2.component(
    "auditor.viewer",
    html=read("viewer.html"),
    css=read("layers.css", "viewer.css"),
    js=read("layers.js", "keys.js", "outbox.js", "decisions.js", "viewer.js"),
)


def show(
    case: Mapping[str, Any],
    manifest: Mapping[str, Any],
    *,
    neighbours: tuple[str | None, str | None],
    readonly: bool,
    on_events: Callable[[], None],
) -> None:
    """Show a row of the cases (with `review`); `on_events` as in the gallery.

    Args:
        neighbours: the cases before and after, None at an end.
    """
    data = asdict(images.layers(case, manifest, images.LARGE_SIDE)) | {
        "id": case["case_id"],
        "review": case["review"],
        "note": case["note"],
        "alt": f"{case['label']}: {case['image']}",
        "colours": images.colours(),
        "previous": neighbours[0],
        "next": neighbours[1],
        "readonly": readonly,
    }
    _mount(key=KEY, data=data, on_events_change=on_events)
