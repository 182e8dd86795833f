"""The gallery: one component for a whole page of cards, keys and layers included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from auditor.domain.manifest import Manifest
from dashboard.components import phrases
from dashboard.components.assets import read
from dashboard.components.delivery import said
from dashboard.components.layer_values import layer_values
from dashboard.components.session import VIEW_FILES
from dashboard.components.settle import PER_PAGE, Settled
from dashboard.runs import images
from dashboard.runs.filters import DIFFER
from dashboard.runs.queries import plain_rows
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import case_style, reason_text, review_word

KEY = "gallery"
HIDDEN_COLOUR = "#8A8F98"

_mount = st.components.v2.component(
    "auditor.gallery",
    html=read("gallery.html"),
    css=read("layers.css", "answers.css", "gallery.css"),
    js=read(*VIEW_FILES, "welcome.js", "gallery.js"),
)


def card(case: Mapping[str, Any], manifest: Manifest) -> dict[str, Any]:
    """A row of the cases as the browser's plain values."""
    style = case_style(case["verdict"])
    shown = layer_values(case, manifest, images.CARD_SIDE)
    return shown | {
        "id": case["case_id"],
        "image": case["image"],
        "size": f"{case.get('image_width', '?')} × {case.get('image_height', '?')}",
        "label": case["label"],
        "predicted": case["predicted"],
        "correct": bool(case["correct"]),
        "confidence": float(case["confidence"]),
        "severity": float(case["severity"]),
        "reason": reason_text(case),
        "alt": f"{case['label']}: {case['image']}",
        "verdict": {
            "name": style.name,
            "sign": style.sign,
            "colour": style.colour,
            "meaning": style.meaning,
        },
    }


def told(now: Context, case: Mapping[str, Any], *, votes: bool = False) -> dict[str, Any]:
    """The card of a case with what is said of it, as far as the reader may know.

    Args:
        case: a row of the cases with its `rank`.
        votes: say who decided what in the place of the audit's reason.
    """
    hidden = now.hidden(case["rank"])
    shown = card(case, now.run.metadata) | {"said": said(now, case["case_id"], hidden=hidden)}
    if hidden:
        return shown | hidden_verdict()
    if votes and (words := votes_in_words(now, case["case_id"])):
        return shown | {"reason": words}
    return shown


def hidden_verdict() -> dict[str, Any]:
    """What stands in the place of the audit's word while a case is decided blind."""
    meaning = _("Shown as soon as you have decided.")
    style = {"name": _("Hidden"), "sign": "◌", "colour": HIDDEN_COLOUR, "meaning": meaning}
    return {"verdict": style, "reason": "", "severity": None}


def votes_in_words(now: Context, case: str) -> str:
    """Who says what of a case."""
    votes = now.decided.ledger.votes(case)
    return " · ".join(f"{name}: {review_word(e.decision)}" for name, e in votes.items())


def chunk(now: Context, listed: Settled, number: int) -> dict[str, Any]:
    """One page of the list's cards, from 0."""
    first = number * PER_PAGE
    rows = now.cases().page(listed.ranks[first : first + PER_PAGE])
    cards = [told(now, row, votes=listed.wanted.queue == DIFFER) for row in plain_rows(rows)]
    return {"key": listed.key, "first": first, "cards": cards}


def show(scope: dict[str, Any], *, on_events: Callable[[], None]) -> None:
    """Show the list; `on_events` is called when the reader wants something (see `inbox`)."""
    more = {"help": phrases.help_rows(phrases.gallery_keys()), "welcome": phrases.welcome()}
    _mount(key=KEY, data={"scope": scope | more}, on_events_change=on_events)
