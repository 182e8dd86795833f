"""One case: what the model looked at, what changing the picture shows, and the decision."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from auditor.domain.cues import spec_of
from auditor.domain.errors import AuditorError
from auditor.domain.verdicts import ClassVerdict
from dashboard import pages
from dashboard.components import (
    alike,
    delivery,
    filters,
    gallery,
    inbox,
    notices,
    queues,
    score_panel,
    session,
    settle,
    strip,
    viewer,
)
from dashboard.components.settle import PER_PAGE, Settled
from dashboard.runs import access as run_access
from dashboard.runs.queries import plain_rows
from dashboard.session import context, filtering, state
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import plain, review_word


def main() -> None:
    """Everything but the sidebar."""
    state.enter("case")
    filters.tell_unknown()
    _case()
    _listen()


@st.fragment
@notices.told()
def _case() -> None:
    """Runs alone when a key is pressed."""
    now = context.current()
    _go()
    asked = _asked()
    case = now.cases().case(asked) if asked else None
    if case is None:
        _missing(now, asked)
        return
    notices.saving(now.store, state.restore(inbox.FAILURE), now.person)
    listed = settle.settled(now, filtering.filters())
    place = listed.place(case["rank"])
    _hand_over(now, listed, case, place)
    outside = None if place.is_integer() else _card(now, case)
    viewer.show(
        session.scope(now, listed, place, visit=state.visit(), outside=outside),
        on_events=partial(inbox.receive, viewer.KEY, now),
    )
    _changed_pictures(now, case)
    with st.expander(_("Scores"), icon=":material/monitoring:"):
        if now.hidden(case["rank"]):
            st.caption(_("Shown as soon as you have decided."))
        else:
            score_panel.show(case)
    _history(now, case)
    alike.show(now, case)


@st.fragment
@notices.told()
def _listen() -> None:
    delivery.listen(context.current())


def _asked() -> str | None:
    """The case to show: the URL's where that has changed, else the one that the reader is at."""
    in_url = state.case_id()
    if in_url != state.restore("case in url"):
        state.remember("case in url", in_url)
        state.remember(inbox.AT, in_url)
        state.come_anew()
    at: str | None = state.restore(inbox.AT) or in_url
    return at


def _go() -> None:
    kind, case = state.requested_move()
    if kind == inbox.OPEN:
        state.arrive()
        state.remember(inbox.AT, case)
        state.come_anew()
    elif kind == inbox.BACK:
        state.remember(inbox.CURSOR, case)
        pages.go(pages.GALLERY, filtering.filters())


def _hand_over(now: Context, listed: Settled, case: dict[str, Any], place: float) -> None:
    """The cards and details that were asked for; on arrival those of the case and its page."""
    asked = state.take(inbox.WANT)
    numbers = [*(asked.want if asked else ())]
    names = [*(asked.details if asked else ())]
    full = asked.full if asked else ""
    names += [full] if full else []
    if state.once("first case", (listed.key, state.visit())):
        names = [case["case_id"], *names]
        numbers = [int(max(0.0, place)) // PER_PAGE, *numbers] if len(listed.ranks) else numbers
    cases = now.cases()
    found = [case if name == case["case_id"] else cases.case(name) for name in dict.fromkeys(names)]
    delivery.show(
        now,
        settle.tally(now, listed),
        cases.ranking.count,
        chunks=[gallery.chunk(now, listed, number) for number in dict.fromkeys(numbers)],
        revealed=queues.revealed(now),
        details=[
            viewer.detail(now, each, full=each["case_id"] == full)
            for each in found
            if each is not None
        ],
    )


def _card(now: Context, case: dict[str, Any]) -> dict[str, Any]:
    return gallery.told(now, case)


def _missing(now: Context, asked: str | None) -> None:
    st.title(_("There is no such case") if asked else _("No case is chosen"), anchor=False)
    if asked:
        st.markdown(
            _(
                "The run **{run}** has no case **{case}**.",
                run=plain(now.run.name),
                case=plain(asked),
            )
        )
    st.page_link(
        pages.GALLERY,
        label=_("To the gallery"),
        icon=":material/grid_view:",
        query_params={},
    )


def _changed_pictures(now: Context, case: dict[str, Any]) -> None:
    rows = plain_rows(run_access.evidence(now.run, case["case_id"]))
    if not rows:
        return
    title = _("All {n} changed pictures", n=len(rows))
    with st.expander(title, icon=":material/auto_fix_high:"):
        st.caption(
            _(
                "How likely the model finds “{label}” in each picture. A model that looks at the "
                "object keeps its answer on any background and loses it with the object.",
                label=plain(case["label"]),
            )
        )
        hidden = now.hidden(case["rank"])
        found = None if hidden else _class_with_cue(now, case["label"])
        if found is not None:
            st.markdown(_cue_sentence(found))
        lent = [row["donor"] for row in rows if row["donor"] is not None]
        cue = None if found is None else found["cue"]
        strip.show(rows, case["label"], now.cases().labels(lent), cue)


def _class_with_cue(now: Context, label: str) -> dict[str, Any] | None:
    classes = run_access.classes(now.run)
    found = plain_rows(classes[(classes["class"] == label) & classes["cue"].notna()])
    return found[0] if found else None


def _cue_sentence(row: dict[str, Any]) -> str:
    """What holds of the class: a single case may show nothing of it."""
    spec = spec_of(row["cue"])
    cue = plain(row["cue"]) if spec is None else _(spec.meaning)
    name = plain(row["class"])
    if row["verdict"] == ClassVerdict.CONFIRMED.value:
        return _("The class **{name}** relies on **{cue}**.", name=name, cue=cue)
    return _("The class **{name}** may rely on **{cue}**.", name=name, cue=cue)


def _history(now: Context, case: dict[str, Any]) -> None:
    if isinstance(now.store, AuditorError):
        return
    events = now.store.events(now.run.name, case["case_id"])
    if now.hidden(case["rank"]):
        events = [event for event in events if event.reviewer == now.person.name]
    title = _("Reviews of this case: {n}", n=len(events))
    with st.expander(title, icon=":material/how_to_reg:"):
        if not events:
            st.caption(_("Nobody has decided this case yet."))
        for event in reversed(events):
            why = ", ".join(session.reasons()[reason] for reason in event.reasons)
            settled = _("settles the case") if event.arbitration else ""
            more = "".join(f" · {plain(text)}" for text in (settled, why, event.note) if text)
            st.markdown(
                f"**{review_word(event.decision)}** · {plain(event.reviewer)} · "
                f"{event.time:%Y-%m-%d %H:%M} UTC{more}"
            )


main()
