"""The gallery: one component for a whole page of cards, keys and layers included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.components.assets import read
from dashboard.runs import images
from dashboard.words import CASE_WORDS

KEY = "gallery"

_mount = st.components.v2.component(
    "auditor.gallery",
    html=read("gallery.html"),
    css=read("layers.css", "gallery.css"),
    js=read("layers.js", "keys.js", "outbox.js", "decisions.js", "card.js", "gallery.js"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cards, sent to the browser once.

    Attributes:
        snapshot: changes when the cards do.
        page, pages: from 1.
        cards: as `card` makes them.
        cursor: case that the cursor is put on, if it is there.
        scope: changes when other cases are looked at: pages are then other pages.
    """

    snapshot: str
    page: int
    pages: int
    cards: tuple[dict[str, Any], ...]
    cursor: str | None
    scope: str


def card(
    case: Mapping[str, Any], manifest: Mapping[str, Any], link: Mapping[str, Any]
) -> dict[str, Any]:
    """A row of the cases (with `review`) as the browser's plain values."""
    word = CASE_WORDS[case["verdict"]]
    shown = asdict(images.layers(case, manifest, images.CARD_SIDE))
    return shown | {
        "id": case["case_id"],
        "label": case["label"],
        "predicted": case["predicted"],
        "correct": bool(case["correct"]),
        "confidence": float(case["confidence"]),
        "severity": float(case["severity"]),
        "reason": case["reason"],
        "review": case["review"],
        "note": case.get("note") or "",
        "alt": f"{case['label']}: {case['image']}",
        "link": "case?" + urlencode(link, doseq=True),
        "verdict": {
            "name": word.name,
            "sign": word.sign,
            "colour": word.colour,
            "meaning": word.meaning,
        },
    }


def show(page: Page, *, readonly: bool, on_events: Callable[[], None]) -> None:
    """Show the page; `on_events` is called when the reader wants something (see `inbox`)."""
    _mount(
        key=KEY,
        data=asdict(page) | {"colours": images.colours(), "readonly": readonly},
        on_events_change=on_events,
    )
