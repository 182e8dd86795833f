"""Queues: which cases a reader goes through, and what is said of each queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.components import gallery, inbox
from dashboard.runs.filters import DIFFER, MINE, Filters
from dashboard.runs.queries import Cases, plain_rows
from dashboard.session import address, state
from dashboard.session.context import Context
from dashboard.texts.language import _, ngettext


def choose(cases: Cases) -> None:
    """The choice of a queue, and whether one decides blind."""
    address.follow_one(state.SHOW, state.SHOW_CHOICES, state.SHOW_FLAGGED)
    shown = state.widget(state.SHOW)
    words = {
        state.SHOW_FLAGGED: _("Flagged"),
        state.SHOW_ALL: _("All cases"),
        MINE: _("My queue"),
        DIFFER: _("Reviewers differ"),
    }
    offered = {MINE: cases.mine is not None, DIFFER: bool(cases.decided.differs.any())}
    st.segmented_control(
        _("Worklist"),
        [name for name in words if name == shown or offered.get(name, True)],
        format_func=words.__getitem__,
        required=True,
        key=state.SHOW,
        help=_(
            "Flagged: the cases that a person should look at, worst first. A choice of verdicts "
            "below goes before it. My queue: what was assigned to you. Reviewers differ: what "
            "waits for somebody who settles it."
        ),
    )
    state.keep_blind()
    st.toggle(
        _("Decide blind"),
        key=state.BLIND,
        bind="query-params",
        help=_(
            "Verdict, reason, scores and what others decided are hidden until you have decided "
            "yourself."
        ),
    )


def explain(now: Context, wanted: Filters) -> None:
    """What is particular about the queue."""
    if wanted.queue == DIFFER and now.settles:
        st.caption(
            _(
                "Reviewers differ on these pictures. Your decision settles a case and stands over "
                "theirs."
            )
        )
    elif wanted.queue == DIFFER:
        st.caption(
            _("Reviewers differ on these pictures. An arbiter settles them; you may add your word.")
        )
    elif now.blind_left:
        st.caption(_("You decide blind: the audit's verdict and others' decisions come after."))


def empty(wanted: Filters) -> None:
    """Nothing is listed."""
    if wanted.queue == MINE:
        st.info(_("No case of yours matches."), icon=":material/inbox:")
    elif wanted.queue == DIFFER:
        st.success(_("Reviewers differ on no case."), icon=":material/task_alt:")
    else:
        st.info(
            _("No case matches. Take a filter away to see more."),
            icon=":material/filter_alt_off:",
        )


def done(wanted: Filters, total: int) -> None:
    """All of a queue is done."""
    if wanted.queue == MINE:
        told = ngettext("Your {n:,} case is decided.", "All your {n:,} cases are decided.", total)
    else:
        told = ngettext(
            "The {n:,} case here is settled.", "All {n:,} cases here are settled.", total
        )
    st.success(told, icon=":material/task_alt:")


def revealed(now: Context) -> Sequence[dict[str, Any]]:
    """Cards of the cases that the reader decided blind just now, with all that is known."""
    cases = state.take(inbox.DECIDED_BLIND) or ()
    if not cases:
        return []
    open_now = [case for case in cases if case not in now.hidden_among([case])]
    return [gallery.told(now, row) for row in plain_rows(now.cases().named(open_now))]
