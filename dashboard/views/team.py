"""The team: whose cases these are, how far everybody is, and who may do what."""

from __future__ import annotations

import streamlit as st

from auditor.domain.errors import AuditorError
from dashboard import pages
from dashboard.components import assigning, notices, role_rules, team_progress
from dashboard.runs.filters import DIFFER, MINE, Filters
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.session.roles import Role
from dashboard.texts.language import _, ngettext


def main() -> None:
    """The page."""
    state.enter("team")
    now = context.current()
    if isinstance(now.store, AuditorError):
        st.title(_("Team"), anchor=False)
        notices.no_reviews(now.store)
    else:
        _own(now)
        _differing(now)
        team_progress.show(now)
        assigning.show(now)
    if now.person.signed_in and now.person.may(Role.ADMIN):
        role_rules.show()


def _own(now: Context) -> None:
    """The reader's own queue."""
    tally = now.cases().tally(Filters(queue=MINE))
    if not tally.total:
        st.title(_("Nothing is assigned to you"), anchor=False)
        return
    left = ngettext(
        "{n:,} of your {total:,} cases waits for you",
        "{n:,} of your {total:,} cases wait for you",
        tally.left,
        total=tally.total,
    )
    st.title(left, anchor=False)
    st.progress((tally.total - tally.left) / tally.total)
    if st.button(_("To my queue"), icon=":material/inbox:", type="primary"):
        pages.go(pages.GALLERY, Filters(queue=MINE))


def _differing(now: Context) -> None:
    waiting = now.cases().tally(Filters(queue=DIFFER)).left
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            ngettext(
                "Reviewers differ on **{n:,}** case.",
                "Reviewers differ on **{n:,}** cases.",
                waiting,
            )
        )
        label = _("Settle them") if now.settles else _("Look at them")
        if st.button(label, icon=":material/balance:"):
            pages.go(pages.GALLERY, Filters(queue=DIFFER))


main()
