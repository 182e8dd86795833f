"""The filters: what the widgets say, what the URL says, and how one sets the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import isfinite

import streamlit as st

from auditor.wording.case_reasons import codes_saying
from auditor.wording.catalogue import translator
from dashboard.runs.filters import DIFFER, MINE, SCORE_COLUMNS, Filters
from dashboard.runs.regions import read_region
from dashboard.session.state import (
    CLASS,
    CURSOR,
    FALLING,
    FILTERED_VIEWS,
    FIND,
    FORCED,
    GROUP,
    MOST_FIND,
    ORDER,
    PAGE,
    RANGE,
    REGION,
    REVIEW,
    RISING,
    RUN,
    SCORE,
    SHOW,
    SHOW_ALL,
    SHOW_FLAGGED,
    SORT,
    VERDICT,
    VIEW,
    cached,
    language,
    remember,
    restore,
    take,
)

QUEUES = (MINE, DIFFER)


def filters() -> Filters:
    """What the filter widgets say."""
    score = st.session_state.get(SCORE)
    low, high = st.session_state.get(RANGE) or (None, None)
    shown = st.session_state.get(SHOW) or st.query_params.get(SHOW) or SHOW_FLAGGED
    find = _text(st.session_state.get(FIND))
    sort = st.session_state.get(SORT)
    return Filters(
        flagged=shown == SHOW_FLAGGED and not st.session_state.get(VERDICT),
        queue=shown if shown in QUEUES else "",
        classes=tuple(st.session_state.get(CLASS) or ()),
        verdicts=tuple(st.session_state.get(VERDICT) or ()),
        reviews=tuple(st.session_state.get(REVIEW) or ()),
        groups=tuple(st.session_state.get(GROUP) or ()),
        score=score if low is not None else None,
        low=low,
        high=high,
        find=find,
        codes=_codes(find),
        sort=sort,
        rising=bool(sort) and st.session_state.get(ORDER) == RISING,
        region=region(),
    )


def _codes(find: str) -> tuple[str, ...]:
    return codes_saying(find, translator(language()))


def _text(value: object) -> str:
    return str(value or "").strip()[:MOST_FIND]


def region() -> str:
    """The region of the map of pictures in the URL; "" without one, or for what is none."""
    asked = st.query_params.get(REGION, "")
    return asked if read_region(asked) else ""


def forget_region() -> None:
    """Take the region of the map away: another run has another map."""
    st.query_params.pop(REGION, None)


def request(wanted: Filters, run: str | None = None) -> None:
    """Ask for filters and a run (the one that is shown if None) on the page that is gone to.

    A bound parameter can be set through its widget's state only, and only before the widget is
    there: `handle` does it at the start of the next rerun.
    """
    values = {
        RUN: run or st.session_state.get(RUN),
        CLASS: list(wanted.classes),
        VERDICT: list(wanted.verdicts),
        REVIEW: list(wanted.reviews),
        GROUP: list(wanted.groups),
        SCORE: wanted.score,
        SHOW: _shown(wanted),
        FIND: wanted.find,
        SORT: wanted.sort,
        ORDER: _order(wanted),
    }
    if wanted.low is not None and wanted.high is not None:
        values[RANGE] = (wanted.low, wanted.high)
    remember("request", values)


def _shown(wanted: Filters) -> str:
    if wanted.queue:
        return wanted.queue
    return SHOW_FLAGGED if wanted.flagged or wanted.verdicts else SHOW_ALL


def _order(wanted: Filters) -> str:
    return RISING if wanted.rising else FALLING


def put_filters(wanted: Filters) -> None:
    """Set the filter widgets before they are made."""
    begun = CLASS in st.session_state
    clear_filters()
    st.session_state[CLASS] = list(wanted.classes)
    st.session_state[VERDICT] = list(wanted.verdicts)
    st.session_state[REVIEW] = list(wanted.reviews)
    st.session_state[GROUP] = list(wanted.groups)
    st.session_state[SCORE] = wanted.score
    st.session_state[SHOW] = _shown(wanted)
    st.session_state[FIND] = wanted.find
    st.session_state[SORT] = wanted.sort
    st.session_state[ORDER] = _order(wanted)
    if wanted.low is not None and wanted.high is not None:
        st.session_state[RANGE] = (wanted.low, wanted.high)
    remember(FORCED, frozenset((VERDICT, REVIEW, SCORE, SHOW, SORT, ORDER)))
    if wanted.region:
        st.query_params[REGION] = wanted.region
    if not begun:  # a widget that is not bound yet takes its value from the URL
        st.query_params.update(parameters(wanted))


def take_view() -> str | None:
    """The saved view that the URL asks for, once."""
    return st.query_params.pop(VIEW, None)


def handle() -> None:
    """Set what `request` asked for; called before any widget is made."""
    asked = take("request") or {}
    st.session_state.update(asked)
    if asked:
        remember(FORCED, frozenset(asked))


def parameters(wanted: Filters) -> dict[str, list[str]]:
    """The filters as URL parameters."""
    found = {
        CLASS: list(wanted.classes),
        VERDICT: list(wanted.verdicts),
        REVIEW: list(wanted.reviews),
        GROUP: list(wanted.groups),
        SCORE: [] if wanted.score is None else [wanted.score],
        SHOW: [] if _shown(wanted) == SHOW_FLAGGED else [_shown(wanted)],
        REGION: [wanted.region] if wanted.region else [],
        RANGE: [] if wanted.low is None else [str(wanted.low), str(wanted.high)],
        FIND: [wanted.find] if wanted.find else [],
        SORT: [] if wanted.sort is None else [wanted.sort],
        ORDER: [RISING] if wanted.rising else [],
    }
    return {key: values for key, values in found.items() if values}


def of_parameters(found: Mapping[str, Sequence[str]]) -> Filters:
    """The inverse of `parameters`; what is no number leaves the range open."""
    find = _text("".join(found.get(FIND, ())[:1]))
    sort = next((name for name in found.get(SORT, ()) if name in SCORE_COLUMNS), None)
    low, high = None, None
    with suppress(ValueError):
        low, high = (float(bound) for bound in found.get(RANGE, ()))
    score = next(iter(found.get(SCORE, ())), None)
    verdicts = tuple(found.get(VERDICT, ()))
    shown = next(iter(found.get(SHOW, ())), SHOW_FLAGGED)
    return Filters(
        flagged=not verdicts and shown not in (SHOW_ALL, *QUEUES),
        queue=shown if shown in QUEUES else "",
        classes=tuple(found.get(CLASS, ())),
        verdicts=verdicts,
        reviews=tuple(found.get(REVIEW, ())),
        groups=tuple(found.get(GROUP, ())),
        score=score,
        low=low if score else None,
        high=high if score else None,
        find=find,
        codes=_codes(find),
        sort=sort,
        rising=bool(sort) and RISING in found.get(ORDER, ()),
        region=next(iter(found.get(REGION, ())), ""),
    )


def in_link(key: str) -> list[str]:
    """The values of a parameter in the URL."""
    return st.query_params.get_all(key)


def asked_range(score: str) -> tuple[float, ...]:
    """The range of a score that the URL asked for when the score was chosen; () without one."""
    found: tuple[float, ...] = cached("asked range", score, _range_in_url)
    return found


def _range_in_url() -> tuple[float, ...]:
    with suppress(ValueError):
        found = tuple(float(bound) for bound in st.query_params.get_all(RANGE))
        if len(found) == 2 and all(map(isfinite, found)):
            return found
    return ()


def has_filters() -> bool:
    """Whether the page that is shown has the filter widgets, so that their parameters are bound."""
    return restore("view") in FILTERED_VIEWS


def clear_filters() -> None:
    """Ask for every case again; which worklist is chosen stays."""
    for key in (CLASS, VERDICT, REVIEW, GROUP):
        st.session_state[key] = []
    st.session_state[SCORE] = None
    st.session_state[FIND] = ""
    st.session_state.pop(RANGE, None)
    for key in (PAGE, CURSOR, REGION):
        st.query_params.pop(key, None)


def show_all() -> None:
    """Ask for every case, flagged or not."""
    st.session_state[SHOW] = SHOW_ALL
