"""Pictures that are like a case: by where its heat lies, and by what the model sees in it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import pages
from dashboard.components import cards
from dashboard.runs import heat, neighbours
from dashboard.runs.queries import plain_rows
from dashboard.session import filtering, state
from dashboard.session.context import Context
from dashboard.texts.language import _

MOST_ALIKE = 8
MOST_AT_SIGHT = 50_000
"""Cases of a run in which alike ones are looked for without being asked."""


def show(now: Context, case: dict[str, Any]) -> None:
    """Both kinds; nothing where there is none of a kind."""
    _by_heat(now, case)
    _by_features(now, case)


def _by_heat(now: Context, case: dict[str, Any]) -> None:
    key = (now.version(), case["case_id"])
    found: list[str] = state.cached(
        "alike by heat", key, lambda: heat.alike(now.cases(), case, MOST_ALIKE)
    )
    if not found:
        return
    st.header(
        _("Heat in the same place"),
        anchor=False,
        help=_(
            "Cases of the same class whose heat lies in the same place, most similar first: they "
            "may rely on the same cue. A click opens one."
        ),
    )
    rows = now.cases().named(found)
    by_id = {row["case_id"]: row for row in plain_rows(rows)}
    cards.show(
        "alike",
        now.run,
        [by_id[name] for name in found],
        wanted=filtering.filters(),
        hidden=now.hidden_among(found),
    )


def _by_features(now: Context, case: dict[str, Any]) -> None:
    """Nearest by the network's features; old runs keep none and say nothing. In a large run all
    features are read only when somebody asks for it, so that the next case does not wait."""
    if neighbours.features_of(case) is None:
        return
    large = now.cases().ranking.count > MOST_AT_SIGHT
    if large and not st.button(_("Find more like this"), icon=":material/image_search:"):
        return
    found = neighbours.nearest(now.cases(), case, MOST_ALIKE)
    if not found:
        return
    st.header(
        _("More like this"),
        anchor=False,
        help=_(
            "Pictures of any class that are most alike to the model, by its features of the whole "
            "picture. A click opens one."
        ),
    )
    st.page_link(
        pages.MAP,
        label=_("Show it on the map"),
        icon=":material/scatter_plot:",
        query_params={state.RUN: now.run.name, state.CASE: case["case_id"], state.SHOW: "all"},
    )
    rows = {row["case_id"]: row for row in plain_rows(now.cases().named(found))}
    cards.show(
        "more like this",
        now.run,
        [rows[name] for name in found],
        wanted=filtering.filters(),
        hidden=now.hidden_among(found),
    )
