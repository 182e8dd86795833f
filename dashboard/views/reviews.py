"""Reviews: how far the work is, whether reviewers agree, and what needs another look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.export import select
from auditor.reviews.agreement import (
    DecisionsByReviewer,
    agreement,
    agreement_by_class,
    by_reviewer,
    disagreements,
    unsettled,
)
from auditor.reviews.events import Review, ReviewDecision
from auditor.storage.csv_text import csv_bytes
from auditor.wording.numbers import share
from dashboard import pages
from dashboard.charts import cases as charts
from dashboard.charts import progress as progress_chart
from dashboard.components import cards, notices
from dashboard.runs import access as run_access
from dashboard.runs.filters import DIFFER, UNREVIEWED, Filters
from dashboard.runs.queries import plain_rows
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import number, plain, review_word

MOST_QUEUED, MOST_NOTES = 24, 20


def main() -> None:
    """The page."""
    state.enter("reviews")
    now = context.current()
    if isinstance(now.store, AuditorError):
        st.title(_("Reviews"), anchor=False)
        notices.no_reviews(now.store)
        return
    events = now.store.events(now.run.name)
    said = by_reviewer(now.decided.ledger)
    _progress(now)
    _agreement(now, said)
    _queue(
        now,
        _("Reviewers differ"),
        _("A shortcut for one, none for another: look again and settle it."),
        disagreements(now.decided.ledger),
        said,
        worklist=DIFFER,
    )
    _queue(
        now,
        _("Nobody is sure"),
        _("Cases that were looked at and left open."),
        unsettled(said),
        said,
    )
    _reviewers(events, said)
    _notes(now, events)
    _download(now, events)


def _progress(now: Context) -> None:
    counts = now.cases().progress()
    total = int(counts["cases"].sum())
    done = total - int(counts.loc[counts["review"] == UNREVIEWED, "cases"].sum())
    if done == 0:
        st.title(_("Nobody has reviewed anything yet"), anchor=False)
        st.markdown(
            _(
                "Open the gallery and answer its question: 1 for a shortcut, 2 where the model "
                "uses the object, 3 if you are unsure."
            )
        )
        st.page_link(pages.GALLERY, label=_("To the gallery"), icon=":material/grid_view:")
        return
    st.title(_("{done:,} of {total:,} cases are reviewed", done=done, total=total), anchor=False)
    st.progress(done / total)
    st.header(
        _("By class"),
        anchor=False,
        help=_("What stands for each class's cases: the latest decision on every case."),
    )
    order = charts.strongest_first(run_access.classes(now.run))["class"].tolist()
    st.plotly_chart(
        progress_chart.progress_chart(counts, order),
        key="progress chart",
        config={"displayModeBar": False, "scrollZoom": False},
    )


def _agreement(now: Context, said: DecisionsByReviewer) -> None:
    found = agreement(said)
    st.header(
        _("Do reviewers agree?"),
        anchor=False,
        help=_(
            "On the cases that at least two people decided. Each person's latest decision counts."
        ),
    )
    if found.cases == 0:
        st.markdown(_("No case has been decided by two people yet, so agreement cannot be said."))
        return
    with st.container(horizontal=True):
        st.metric(_("Decided by several"), f"{found.cases:,}", help=_("Cases with two or more."))
        st.metric(
            _("All say the same"),
            share(found.same / found.cases),
            help=_("Share of those cases on which every reviewer said the same."),
        )
        st.metric(
            _("Agreement beyond chance"),
            number(found.alpha),
            help=_(
                "Krippendorff's alpha: 1 is full agreement, 0 is what chance alone gives. From "
                "0.67 on it is usable, from 0.8 on good. A dash: only one decision was ever used."
            ),
        )
    st.dataframe(_by_class(now, said), hide_index=True)


def _by_class(now: Context, said: DecisionsByReviewer) -> pd.DataFrame:
    several = [case for case, by in said.items() if len(by) > 1]
    found = agreement_by_class(said, now.cases().labels(several))
    return pd.DataFrame(
        [
            {
                _("Class"): label,
                _("Decided by several"): each.cases,
                _("All say the same"): share(each.same / each.cases),
                _("Agreement beyond chance"): number(each.alpha),
            }
            for label, each in found.items()
        ]
    )


def _queue(
    now: Context,
    title: str,
    tip: str,
    queue: Sequence[str],
    said: DecisionsByReviewer,
    *,
    worklist: str = "",
) -> None:
    if not queue:
        return
    st.header(f"{title}: {len(queue):,}", anchor=False, help=tip)
    if worklist and st.button(_("Settle them one by one"), icon=":material/gavel:"):
        pages.go(pages.GALLERY, Filters(queue=worklist))
    shown = list(queue[:MOST_QUEUED])
    rows = now.cases().named(shown)
    notes = {
        case: ", ".join(
            f"{name}: {review_word(review.decision).lower()}" for name, review in said[case].items()
        )
        for case in shown
    }
    cards.show(title, now.run, plain_rows(rows), wanted=Filters(), notes=notes)
    if len(queue) > len(shown):
        st.caption(_("And {n:,} more.", n=len(queue) - len(shown)))


def _reviewers(events: Sequence[Review], said: DecisionsByReviewer) -> None:
    if not events:
        return
    st.header(_("Reviewers"), anchor=False)
    decided = Counter({event.reviewer: 0 for event in events})
    decided.update(e.reviewer for e in events if e.decision is not ReviewDecision.WITHDRAWN)
    cases = Counter(name for by in said.values() for name in by)
    last = {event.reviewer: event.time for event in events}
    st.dataframe(
        pd.DataFrame(
            {
                _("Reviewer"): list(decided),
                _("Cases"): [cases[name] for name in decided],
                _("Decisions"): list(decided.values()),
                _("Last"): [last[name] for name in decided],
            }
        ),
        hide_index=True,
        column_config={_("Last"): st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
    )


def _notes(now: Context, events: Sequence[Review]) -> None:
    noted = [event for event in reversed(events) if event.note][:MOST_NOTES]
    if not noted:
        return
    st.header(_("Latest notes"), anchor=False)
    labels = now.cases().labels([event.case_id for event in noted])
    for event in noted:
        words, way = st.columns([5, 1], vertical_alignment="center")
        words.markdown(
            f"{plain(event.note)}  \n:gray[{plain(event.reviewer)}, {event.time:%Y-%m-%d %H:%M} "
            f"UTC, {plain(labels.get(event.case_id, _('unknown case')))}]"
        )
        way.page_link(
            pages.CASE,
            label=_("The case"),
            icon=":material/open_in_full:",
            query_params={state.CASE: event.case_id},
        )


def _download(now: Context, events: Sequence[Review]) -> None:
    if not events:
        return
    with st.container(horizontal=True):
        for what, label in (
            ("reviews", _("Every decision as CSV")),
            ("agreement", _("Agreement as CSV")),
        ):
            st.download_button(
                label,
                partial(_table, now, what),
                f"{now.run.name}-{what}.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )


def _table(now: Context, what: str) -> bytes:
    return csv_bytes(select(now.run, what))


main()
