"""Small pictures of cases in a row, each the way to its case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from auditor.storage.run import Run
from dashboard import pages
from dashboard.components.assets import read
from dashboard.components.gallery import card, hidden_verdict
from dashboard.runs import images
from dashboard.runs.filters import Filters
from dashboard.session import state

_mount = st.components.v2.component(
    "auditor.cards",
    html='<div class="small-cards" role="list"></div>',
    css=read("layers.css", "cards.css"),
    js=read("dom.js", "layers.js", "display.js", "cards.js"),
)


def show(
    key: str,
    run: Run,
    rows: Sequence[Mapping[str, Any]],
    *,
    wanted: Filters = Filters(),  # noqa: B008 - frozen
    notes: Mapping[str, str] | None = None,
    hidden: Collection[str] = (),
) -> None:
    """Show rows of the cases (with `review`); a click opens the case.

    Args:
        wanted: the cases among which the reader goes on from there.
        notes: case_id -> what is written below the picture instead of the answer.
        hidden: case_ids whose verdict is not told.
    """
    shown = []
    for row in rows:
        link = urlencode({state.RUN: run.name, state.CASE: row["case_id"]})
        note = (notes or {}).get(row["case_id"])
        told = hidden_verdict() if row["case_id"] in hidden else {}
        shown.append(card(row, run.metadata) | told | {"link": f"case?{link}", "words": note})
    sent = _mount(
        key=key,
        data={"cards": shown, "colours": images.colours()},
        on_opened_change=lambda: None,
    )
    if isinstance(opened := sent.opened, str) and opened in {row["case_id"] for row in rows}:
        pages.go(pages.CASE, wanted, case=opened)
