"""One case, large: the question, the picture, what shows most, and the way to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.components import phrases, strip
from dashboard.components.assets import read
from dashboard.components.layer_values import layer_values
from dashboard.components.session import VIEW_FILES
from dashboard.runs import access as run_access
from dashboard.runs import images, signed
from dashboard.runs.queries import plain_rows
from dashboard.session.context import Context
from dashboard.texts.language import _

KEY = "viewer"
MOST_PROOFS = 3

_mount = st.components.v2.component(
    "auditor.viewer",
    html=read("viewer.html"),
    css=read("layers.css", "answers.css", "strip.css", "viewer.css"),
    js=read(*VIEW_FILES, "figure.js", "stored.js", "stage.js", "viewer.js"),
)


def detail(now: Context, case: Mapping[str, Any], *, full: bool = False) -> dict[str, Any]:
    """What the case page shows of a case beyond its card, as plain values.

    Args:
        full: the picture in the file's own pixels, up to `images.FULL_SIDE`.
    """
    rows = plain_rows(run_access.evidence(now.run, case["case_id"]))
    cue = None if now.hidden(case["rank"]) else cue_of(now, case["label"])
    donors = now.cases().labels([row["donor"] for row in rows if row["donor"] is not None])
    shown = strip.figures(rows, case["label"], donors, cue)
    side = images.FULL_SIDE if full else images.LARGE_SIDE
    return layer_values(case, now.run.metadata, side) | {
        "full": full,
        "stored": stored_address(now, case),
        "id": case["case_id"],
        "alt": f"{case['label']}: {case['image']}",
        "proofs": strip.telling(shown, cue)[:MOST_PROOFS],
        "proofTitle": _(
            "Probability of “{label}” when the picture is changed", label=case["label"]
        ),
        "untested": "" if shown else untested(case),
    }


def stored_address(now: Context, case: Mapping[str, Any]) -> str:
    """Where the picture's stored values are for a while; "" for a picture of eight bits."""
    if not images.has_depth(case, now.run.metadata):
        return ""
    return signed.address(now.run.name, str(case["image"]))


def untested(case: Mapping[str, Any]) -> str:
    """Why there are no changed pictures."""
    if case["tested"]:
        return _("This case was tested; pictures are kept for the worst cases only.")
    return _("This case was not tested with changed pictures.")


def cue_of(now: Context, label: str) -> str | None:
    """The cue that the class of the picture relies on, or may rely on."""
    classes = run_access.classes(now.run)
    found = plain_rows(classes[(classes["class"] == label) & classes["cue"].notna()])
    return str(found[0]["cue"]) if found else None


def show(scope: dict[str, Any], *, on_events: Callable[[], None]) -> None:
    """Show the case at the scope's place; `on_events` as in the gallery."""
    keys = phrases.help_rows(phrases.case_keys())
    _mount(key=KEY, data={"scope": scope | {"help": keys}}, on_events_change=on_events)
