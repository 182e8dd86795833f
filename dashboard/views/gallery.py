"""The gallery: flagged cases, worst first, decided by keyboard."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import context, inbox, pages, state
from dashboard.components import gallery, notices, tally
from dashboard.context import Context
from dashboard.runs.filters import Filters
from dashboard.runs.queries import plain_rows
from dashboard.runs.ranks import Ranks

PER_PAGE = 24


def main() -> None:
    """Everything but the sidebar."""
    state.enter("gallery")
    _review()


@st.fragment
@notices.told()
def _review() -> None:
    """Runs alone after a decision: the rest of the page has not changed."""
    now = context.current()
    wanted = state.filters()
    if (case := state.take(inbox.OPEN)) is not None:
        state.remember("cursor", case)
        pages.go(pages.CASE, wanted, case=case)
    notices.saving(now.store, state.take(inbox.FAILURE), now.person)
    counted = now.cases().tally(wanted)
    if counted.total == 0:
        st.info(
            "No case matches. Take a filter away to see more.", icon=":material/filter_alt_off:"
        )
        return
    tally.show(counted, state.restore(inbox.HANDLED, {}))
    gallery.show(
        _page(now, wanted),
        readonly=now.readonly,
        on_events=partial(inbox.receive, gallery.KEY, now.run, now.store),
    )


def _page(now: Context, wanted: Filters) -> gallery.Page:
    """The cards of this page. They stay as they are while the reader decides them.

    What matches is settled when a filter is set: a page turn after ten decisions must not skip
    the ten cases that have moved up.
    """
    settle = partial(now.cases().ranks, wanted)
    settled: Ranks = state.kept("settled", (now.version(), wanted), settle)
    pages_in_all = max(1, -(-len(settled) // PER_PAGE))
    number = min(state.page_number(), pages_in_all)
    key = (now.version(), wanted, number, state.visit())
    make = partial(_cards, now, settled, wanted, number, pages_in_all)
    page: gallery.Page = state.kept("page", key, make)
    return page


def _cards(now: Context, settled: Ranks, wanted: Filters, number: int, total: int) -> gallery.Page:
    rows = now.cases().page(settled[(number - 1) * PER_PAGE : number * PER_PAGE])
    cards = []
    for row in plain_rows(rows):
        link = {
            state.RUN: now.run.name,
            state.CASE: row["case_id"],
            **state.parameters(wanted),
        }
        standing = now.decided.ledger.standing(row["case_id"])
        review = "" if standing is None else standing.decision.value
        shown = row | {"review": review, "note": "" if standing is None else standing.note}
        cards.append(gallery.card(shown, now.run.manifest, link))
    scope = repr((now.version(), wanted))
    return gallery.Page(
        state.new_key(), number, total, tuple(cards), state.restore("cursor"), scope
    )


main()
