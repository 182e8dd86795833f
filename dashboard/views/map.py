"""The map of all pictures: alike to the model, close on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import pages
from dashboard.components import atlas, bulk, filters, notices
from dashboard.runs import access as run_access
from dashboard.runs.filters import Filters
from dashboard.runs.regions import read_region
from dashboard.session import context, filtering, state
from dashboard.session.context import Context
from dashboard.texts.language import _

ASKED, OPENED, GO = "asked", "opened", "go"


def main() -> None:
    """Everything but the sidebar."""
    state.enter("map")
    filters.tell_unknown()
    now = context.current()
    places = run_access.ranking(now.run).places_on_map()
    if places is None:
        st.title(_("This run has no map of its pictures"), anchor=False)
        st.markdown(
            _(
                "It was made by an earlier version of the audit. Audit the data again to see which "
                "pictures are alike to the model."
            )
        )
        return
    atlas.send_points(now, places, run_access.picture_map(now.run))
    _map()


@st.fragment
@notices.told()
def _map() -> None:
    """Runs alone when the reader wants something."""
    now = context.current()
    wanted = _wanted()
    _leave(now, wanted)
    atlas.send_state(now, wanted)
    asked = state.take(ASKED)
    atlas.show(
        now,
        region=filtering.region(),
        focus=_focus(now),
        ranks=[] if asked is None else [asked],
        done=state.restore(bulk.DONE),
        on=atlas.On(
            asked=_ask,
            decided=_decide,
            undone=_undo,
        ),
    )


def _wanted() -> Filters:
    """The filters; the region is what is chosen here, not what is left out."""
    return replace(filtering.filters(), region="")


def _sent(name: str) -> Mapping[str, Any]:
    found = state.component(atlas.KEY).get(name)
    return found if isinstance(found, Mapping) else {}


def _ask() -> None:
    rank = _sent(ASKED).get("rank")
    if isinstance(rank, int):
        state.remember(ASKED, rank)


def _decide() -> None:
    """With the reviews as they are now, not as they were when the page was made."""
    with notices.told():
        bulk.decide(context.current(), _wanted(), _sent("decided"))


def _undo() -> None:
    with notices.told():
        bulk.undo(context.current(), str(_sent("undone").get("token")))


def _leave(now: Context, wanted: Filters) -> None:
    region = str(_sent(GO).get("region", ""))
    if read_region(region):
        pages.go(pages.GALLERY, replace(wanted, region=region))
    opened = state.component(atlas.KEY).get(OPENED)
    if isinstance(opened, str) and now.cases().ranking.places([opened]):
        pages.go(pages.CASE, wanted, case=opened)


def _focus(now: Context) -> int | None:
    """Rank of the case that the URL marks."""
    case = state.case_id()
    return now.cases().ranking.places([case]).get(case) if case else None


main()
