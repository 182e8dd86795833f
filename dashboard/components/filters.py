"""The run and the filters in the sidebar; every one of them is in the URL."""

from __future__ import annotations

from collections.abc import Iterable, Set

import pandas as pd
import streamlit as st

from dashboard.components import queues, score_filters
from dashboard.runs.filters import group_name
from dashboard.runs.queries import Cases
from dashboard.session import address, filtering, state
from dashboard.texts.language import _
from dashboard.texts.words import (
    CASE_WORDS,
    SCORES,
    SORTS,
    case_style,
    plain,
    review_word,
)

UNKNOWN = "unknown in link"


def choose_run(names: list[str]) -> str:
    """The run that every page is about; the newest one if the URL names none."""
    state.start_with_run(names[0])
    chosen = st.selectbox(
        _("Run"),
        names,
        index=None,
        key=state.RUN,
        placeholder=_("Choose one"),
        bind="query-params",
        on_change=filtering.forget_region,
        help=_("An audit of one model on one dataset."),
    )
    return chosen or names[0]


def show(classes: pd.DataFrame, slices: pd.DataFrame, present: Set[str], cases: Cases) -> None:
    """Widgets that `filtering.filters` reads. Who decides blind gets none that asks for what is
    hidden: verdict, score, reason, notes, decisions."""
    blind = cases.hidden is not None
    queues.choose(cases)
    _region()
    names = classes["class"].tolist()
    verdicts = [verdict for verdict in CASE_WORDS if verdict in present]
    groups = [group_name(*pair) for pair in zip(slices["slice"], slices["value"], strict=True)]
    stored = set(cases.columns())
    sorts = [measure.column for measure in SORTS if measure.column in stored]
    _check_link(names, verdicts, groups, sorts)
    scores = [score.column for score in SCORES]
    address.follow_many(state.VERDICT, verdicts)
    address.follow_many(state.REVIEW, state.REVIEW_CHOICES)
    address.follow_one(state.SCORE, scores, None)
    address.follow_one(state.SORT, sorts, None)
    address.follow_one(state.ORDER, (state.FALLING, state.RISING), state.FALLING)
    st.text_input(
        _("Find"),
        key=state.FIND,
        bind="query-params",
        max_chars=state.MOST_FIND,
        placeholder=_("File name") if blind else _("File name, reason or note"),
        icon=":material/search:",
        help=_("Keeps the cases that hold this text in their file name, reason or a note."),
    )
    st.multiselect(
        _("Class"),
        names,
        key=state.CLASS,
        bind="query-params",
        placeholder=_("All classes"),
        help=_("The class that the dataset gives the picture."),
    )
    if not blind:
        _said(verdicts)
    _groups(groups)
    if not blind:
        score_filters.score(scores, cases)
        score_filters.order(sorts)
    st.button(
        _("Clear filters"),
        on_click=filtering.clear_filters,
        type="tertiary",
        icon=":material/filter_alt_off:",
    )
    if not blind:
        score_filters.download(cases)


def _said(verdicts: list[str]) -> None:
    """What the audit says of cases, and what reviewers do."""
    st.pills(
        _("Verdict"),
        verdicts,
        format_func=lambda verdict: case_style(verdict).name,
        selection_mode="multi",
        key=state.VERDICT,
        help="\n".join(
            f"- **{style.name}**: {style.meaning}" for style in map(case_style, CASE_WORDS)
        ),
    )
    st.pills(
        _("Review"),
        state.REVIEW_CHOICES,
        format_func=review_word,
        selection_mode="multi",
        key=state.REVIEW,
        help=_("What reviewers have decided so far."),
    )


def _groups(groups: list[str]) -> None:
    if groups:
        st.multiselect(
            _("Group"),
            groups,
            key=state.GROUP,
            bind="query-params",
            placeholder=_("All pictures"),
            help=_(
                "What the data says about a picture beside its class, as the hospital or the "
                "camera. Groups of one kind add up; groups of different kinds narrow each other "
                "down."
            ),
        )


def tell_unknown() -> None:
    """What a link asked for and this run does not have."""
    unknown: list[str] = state.restore(UNKNOWN, [])
    if unknown:
        st.warning(
            _(
                "This link asks for what the run does not have, which is left out: {names}.",
                names=plain(", ".join(unknown)),
            ),
            icon=":material/link_off:",
        )


def _check_link(
    classes: list[str], verdicts: list[str], groups: list[str], sorts: list[str]
) -> None:
    """Find what the URL asks for and no widget can take; they would drop it without a word."""
    if not state.once("checked link", (state.run_name([""]), state.visit())):
        return
    known: dict[str, Iterable[str]] = {
        state.CLASS: classes,
        state.VERDICT: verdicts,
        state.REVIEW: state.REVIEW_CHOICES,
        state.GROUP: groups,
        state.SCORE: [score.column for score in SCORES],
        state.SHOW: state.SHOW_CHOICES,
        state.SORT: sorts,
        state.ORDER: (state.FALLING, state.RISING),
    }
    found = []
    for key, options in known.items():
        found += [f"{key} {value}" for value in filtering.in_link(key) if value not in set(options)]
    if filtering.in_link(state.REGION) and not filtering.region():
        found.append(state.REGION)
    state.remember(UNKNOWN, found)


def _region() -> None:
    """The region that was drawn on the map, and how to take it away."""
    if filtering.region():
        st.button(
            _("Region of the map"),
            on_click=filtering.forget_region,
            icon=":material/close:",
            help=_("Only pictures inside the region are listed. A click takes it away."),
        )
