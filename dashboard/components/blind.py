"""Pages that tell verdicts or decisions are closed to who has yet to decide cases blind."""

from __future__ import annotations

import streamlit as st

from dashboard import pages
from dashboard.runs.filters import MINE, Filters
from dashboard.session import state
from dashboard.session.context import Context
from dashboard.texts.language import _, ngettext

TELLING = ("overview", "patches", "classes", "slices", "compare", "reviews", "reports")
"""Addresses of pages about classes, groups, runs and what others decided."""


def close(now: Context) -> None:
    """What stands in the place of such a page."""
    st.title(_("Closed while you decide blind"), anchor=False)
    left = now.blind_left
    st.markdown(
        ngettext(
            "This page tells what the audit or others say. It opens as soon as you have decided "
            "{n:,} more case.",
            "This page tells what the audit or others say. It opens as soon as you have decided "
            "{n:,} more cases.",
            left,
        )
    )
    with st.container(horizontal=True):
        if now.assigned.to(now.person.name) is not None:
            if st.button(_("To my queue"), icon=":material/inbox:", type="primary"):
                pages.go(pages.GALLERY, Filters(queue=MINE))
        elif st.button(_("To the gallery"), icon=":material/grid_view:", type="primary"):
            pages.go(pages.GALLERY, Filters(flagged=True))
        if now.blind:
            st.button(_("Stop deciding blind"), on_click=state.end_blind)
