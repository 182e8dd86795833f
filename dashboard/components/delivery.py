"""What the session of the browser gets beside a page's own data, and how much is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from auditor.domain.errors import AuditorError
from dashboard.components import inbox
from dashboard.components.assets import read
from dashboard.components.session import FILES
from dashboard.runs.queries import Tally
from dashboard.session import state
from dashboard.session.context import Context
from dashboard.texts.language import _

MOST_RECENT = 200
"""Events of which the browser hears again: its own, and those of others."""

_mount = st.components.v2.component(
    "auditor.delivery",
    html=read("delivery.html"),
    css=read("layers.css", "delivery.css"),
    js=read(*FILES, "delivery.js"),
)
_live = st.components.v2.component("auditor.live", html="", js=read(*FILES, "live.js"))


def show(
    now: Context,
    tally: Tally,
    everything: int,
    *,
    chunks: Sequence[dict[str, Any]] = (),
    details: Sequence[dict[str, Any]] = (),
    revealed: Sequence[dict[str, Any]] = (),
) -> None:
    """Show how much is left of the list, and hand over what was asked for.

    Args:
        tally: of the list.
        everything: cases of the run.
        revealed: cards of cases that were decided blind just now.
    """
    message = {**news(now), "chunks": list(chunks), "details": list(details)}
    message["revealed"] = list(revealed)
    message["notices"] = state.take(inbox.NOTICES) or []
    words = {
        "nothing": _("Nothing"),
        "of": _("to review of {all}", all="{all}"),
        "done": _("{share} done", share="{share}"),
    }
    counted = {"total": tally.total, "left": tally.left, "all": everything}
    _mount(key="delivery", data={"tally": counted, "message": message, "words": words})


def listen(now: Context) -> None:
    """Tell the session what others decided meanwhile; shows nothing.

    The browser asks for the next news itself (live.js). A fragment with `run_every` would do it
    while its page is being left, too, and Streamlit would answer with a part of a page that is gone
    ("Bad delta path").
    """
    _live(key="live", data=news(now), on_ask_change=_heard)


def _heard() -> None:
    """Nothing to do: the fragment runs again, and that is what was asked for."""


def news(now: Context) -> dict[str, Any]:
    """What stands on the cases that were decided last, and the answer to the last batch."""
    return {"answer": state.restore(inbox.ANSWER), "standing": _recent(now)}


def _recent(now: Context) -> dict[str, dict[str, Any]]:
    if isinstance(now.store, AuditorError):
        return {}
    store, run, ledger = now.store, now.run.name, now.decided.ledger
    cases = state.cached(
        "recent",
        (run, ledger.last),
        lambda: list({event.case_id for event in store.latest(run, MOST_RECENT)}),
    )
    hidden = now.hidden_among(cases)
    return {case: said(now, case, hidden=case in hidden) for case in cases}


def said(now: Context, case: str, *, hidden: bool) -> dict[str, Any]:
    """What stands on a case: decision ("" without), note, reasons, and whose word it is; nothing of
    what is hidden from the reader."""
    nothing = {"review": "", "note": "", "reasons": [], "by": ""}
    if hidden:
        return nothing
    standing = now.decided.ledger.standing(case)
    note = now.decided.ledger.note(case)
    if standing is None:
        return nothing | {"note": note}
    return {
        "review": standing.decision.value,
        "note": note,
        "reasons": [reason.value for reason in standing.reasons],
        "by": standing.reviewer,
    }
