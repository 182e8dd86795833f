"""Filters by numbers of a case: a score's range, the order of the list, and the list as a table."""

from __future__ import annotations

import streamlit as st

from auditor.storage.csv_text import csv_bytes
from auditor.wording.numbers import formatted
from dashboard.runs.queries import Cases
from dashboard.session import filtering, state
from dashboard.texts.language import _
from dashboard.texts.words import SCORE_BY_COLUMN, SORT_BY_COLUMN


def score(scores: list[str], cases: Cases) -> None:
    """The choice of a score and, where one is chosen, of its range."""
    chosen = st.selectbox(
        _("Score"),
        scores,
        format_func=lambda column: _(SCORE_BY_COLUMN[column].title),
        index=None,
        key=state.SCORE,
        placeholder=_("Any score"),
        help=_("Keep only cases whose score lies in a range."),
    )
    if chosen:
        _range(chosen, cases)


def order(sorts: list[str]) -> None:
    """The order of the list."""
    chosen = st.selectbox(
        _("Sort by"),
        sorts,
        format_func=lambda column: _(SORT_BY_COLUMN[column].title),
        index=None,
        key=state.SORT,
        placeholder=_("Worst first"),
        help=_("The order of the list. Cases without the number come last."),
    )
    if chosen:
        words = {state.FALLING: _("Highest first"), state.RISING: _("Lowest first")}
        st.segmented_control(
            _("Order"),
            list(words),
            format_func=words.__getitem__,
            required=True,
            key=state.ORDER,
            label_visibility="collapsed",
            help=_(SORT_BY_COLUMN[chosen].help),
        )


def download(cases: Cases) -> None:
    """The cases that the filters leave, as CSV; made when it is asked for."""
    wanted = filtering.filters()
    st.download_button(
        _("Download as CSV"),
        lambda: csv_bytes(cases.all(wanted)),
        "cases.csv",
        "text/csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        help=_("Every case that the filters leave, with all scores."),
    )


def _range(score: str, cases: Cases) -> None:
    bounds = cases.bounds(score)
    named = SCORE_BY_COLUMN[score]
    if bounds is None:
        st.caption(_("{score} is undefined in every case.", score=_(named.title)))
        return
    low, high = ends(bounds)
    asked = filtering.asked_range(score)
    first, last = min(low, *asked), max(high, *asked)
    st.slider(
        _(named.title),
        first,
        last,
        (low, high),
        step=0.01,
        key=state.RANGE,
        bind="query-params",
        help=_(named.help),
    )
    if (first, last) != (low, high):
        st.caption(
            _(
                "The link asks for a range that goes beyond this run, where the score lies between "
                "{low} and {high}.",
                low=formatted(bounds[0], named.format),
                high=formatted(bounds[1], named.format),
            )
        )


def ends(bounds: tuple[float, float]) -> tuple[float, float]:
    """The ends of the slider for a score with these bounds, in its steps."""
    return round(bounds[0] - 0.005, 2), round(bounds[1] + 0.005, 2)
