"""The run and the filters in the sidebar; every one of them is in the URL."""

from __future__ import annotations

from collections.abc import Set

import pandas as pd
import streamlit as st

from auditor.storage.csv_text import csv_bytes
from dashboard import state
from dashboard.runs.filters import group_name
from dashboard.runs.queries import Cases
from dashboard.words import CASE_WORDS, SCORE_BY_COLUMN, SCORES


def choose_run(names: list[str]) -> str:
    """The run that every page is about; the newest one if the URL names none."""
    state.start_with_run(names[0])
    chosen = st.selectbox(
        "Run",
        names,
        index=None,
        key=state.RUN,
        bind="query-params",
        help="An audit of one model on one dataset.",
    )
    return chosen or names[0]


def show(classes: pd.DataFrame, slices: pd.DataFrame, present: Set[str], cases: Cases) -> None:
    """Widgets that `state.filters` reads."""
    st.multiselect(
        "Class",
        classes["class"].tolist(),
        key=state.CLASS,
        bind="query-params",
        placeholder="All classes",
        help="The class that the dataset gives the picture.",
    )
    st.pills(
        "Verdict",
        [verdict for verdict in CASE_WORDS if verdict in present],
        selection_mode="multi",
        key=state.VERDICT,
        bind="query-params",
        help="\n".join(f"- **{name}**: {word.meaning}" for name, word in CASE_WORDS.items()),
    )
    st.pills(
        "Review",
        state.REVIEW_CHOICES,
        selection_mode="multi",
        key=state.REVIEW,
        bind="query-params",
        help="What reviewers have decided so far.",
    )
    if len(slices):
        st.multiselect(
            "Group",
            [group_name(*pair) for pair in zip(slices["slice"], slices["value"], strict=True)],
            key=state.GROUP,
            bind="query-params",
            placeholder="All pictures",
            help="What the data says about a picture beside its class, as the hospital or the "
            "camera. Groups of one kind add up; groups of different kinds narrow each other down.",
        )
    score = st.selectbox(
        "Score",
        [score.column for score in SCORES],
        index=None,
        key=state.SCORE,
        bind="query-params",
        placeholder="Any score",
        help="Keep only cases whose score lies in a range.",
    )
    if score:
        _range(score, cases)
    st.button(
        "Clear filters",
        on_click=state.clear_filters,
        type="tertiary",
        icon=":material/filter_alt_off:",
    )
    download(cases)


def download(cases: Cases) -> None:
    """The cases that the filters leave, as CSV; made when it is asked for."""
    wanted = state.filters()
    st.download_button(
        "Download as CSV",
        lambda: csv_bytes(cases.all(wanted)),
        "cases.csv",
        "text/csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        help="Every case that the filters leave, with all scores.",
    )


def _range(score: str, cases: Cases) -> None:
    bounds = cases.bounds(score)
    named = SCORE_BY_COLUMN[score]
    if bounds is None or bounds[0] == bounds[1]:
        st.caption(f"{named.title} is the same, or undefined, in every case.")
        return
    low, high = ends(bounds)
    st.slider(
        named.title,
        low,
        high,
        (low, high),
        step=0.01,
        key=state.RANGE,
        bind="query-params",
        help=named.help,
    )


def ends(bounds: tuple[float, float]) -> tuple[float, float]:
    """The ends of the slider for a score with these bounds, in its steps."""
    return round(bounds[0] - 0.005, 2), round(bounds[1] + 0.005, 2)
