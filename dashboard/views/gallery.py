"""The gallery: flagged cases, worst first, decided by keyboard."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import pages
from dashboard.components import (
    delivery,
    filters,
    gallery,
    hypothesis_review,
    inbox,
    notices,
    queues,
    session,
    settle,
)
from dashboard.components.settle import PER_PAGE, Settled
from dashboard.runs.filters import Filters
from dashboard.session import context, filtering, state
from dashboard.session.context import Context
from dashboard.texts.language import _, ngettext

# A comment, since Streamlit would show a text that stands alone in a page's script.
# The visit whose first place has been found.
VISIT = "visit of start"


def main() -> None:
    """Everything but the sidebar."""
    state.enter("gallery")
    filters.tell_unknown()
    _patches()
    _review()
    _listen()


def _patches() -> None:
    """The way to the queue of patches, where any waits for this reader."""
    now = context.current()
    if now.blind_left:
        return
    left = len(hypothesis_review.unanswered(now, hypothesis_review.queue(now)))
    if left:
        st.page_link(
            pages.PATCHES,
            label=ngettext(
                "{n:,} patch carries a class: is it the object?",
                "{n:,} patches carry classes: are they the object?",
                left,
            ),
            icon=":material/help:",
        )


@st.fragment
@notices.told()
def _review() -> None:
    """Runs alone after a decision: the rest of the page has not changed."""
    now = context.current()
    wanted = filtering.filters()
    _go(wanted)
    notices.saving(now.store, state.restore(inbox.FAILURE), now.person)
    listed = settle.settled(now, wanted)
    cases = now.cases()
    if not len(listed.ranks):
        queues.empty(wanted)
        return
    queues.explain(now, wanted)
    if listed.widened:
        st.caption(_("Nothing is flagged among these cases, so all of them are shown."))
    tally = settle.tally(now, listed)
    everything = cases.ranking.count
    start = state.cached("start", (listed.key, state.visit()), partial(_start, now, listed))
    # Only now: where the run of the script is broken off before, it has to find the place again.
    state.remember(VISIT, state.visit())
    state.take(inbox.CURSOR)
    asked = state.take(inbox.WANT)
    numbers = [*(asked.want if asked else ())]
    if state.once("first page", (listed.key, state.visit())):
        numbers = [start // PER_PAGE, *numbers]
    chunks = [gallery.chunk(now, listed, number) for number in dict.fromkeys(numbers)]
    delivery.show(now, tally, everything, chunks=chunks, revealed=queues.revealed(now))
    if tally.left == 0:
        _done(tally.total, everything, listed)
    gallery.show(
        session.scope(now, listed, start, visit=state.visit()),
        on_events=partial(inbox.receive, gallery.KEY, now),
    )


@st.fragment
@notices.told()
def _listen() -> None:
    """What others decide comes in while the page is open."""
    delivery.listen(context.current())


def _go(wanted: Filters) -> None:
    kind, case = state.requested_move()
    if kind == inbox.OPEN:
        state.remember(inbox.CURSOR, case)
        pages.go(pages.CASE, wanted, case=case)


def _done(total: int, everything: int, listed: Settled) -> None:
    if listed.wanted.queue:
        queues.done(listed.wanted, total)
    elif listed.wanted.flagged and total < everything:
        st.success(_("All {n:,} flagged cases are decided.", n=total), icon=":material/task_alt:")
        st.button(
            _("Show the other {n:,} cases, too", n=everything - total),
            on_click=filtering.show_all,
            type="tertiary",
        )
    else:
        st.success(_("All {n:,} cases are decided.", n=total), icon=":material/task_alt:")


def _start(now: Context, listed: Settled) -> int:
    """The place to begin at: on a new visit where the URL says, else the first undecided case.

    A filter that is set on the way begins at the first page, whatever the URL still says.
    """
    if state.restore(VISIT) != state.visit():
        case = state.restore(inbox.CURSOR) or state.cursor()
        found = now.cases().ranking.places([case]) if case else {}
        if case in found:
            return max(0, int(listed.place(found[case]) + 0.5))
        if state.page_number() > 1:
            return min(state.page_number() - 1, (len(listed.ranks) - 1) // PER_PAGE) * PER_PAGE
    undecided = now.cases().undecided(listed.wanted, listed.ranks)
    return int(listed.place(int(undecided[0]))) if len(undecided) else 0


main()
