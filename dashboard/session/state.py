"""The only place that touches session state and URL parameters."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from auditor.wording.languages import LANGUAGES
from dashboard.runs.filters import DIFFER, MINE, UNREVIEWED

REVIEWER_VARIABLE = "AUDITOR_REVIEWER"

RUN, CLASS, VERDICT, REVIEW, GROUP = "run", "class", "verdict", "review", "group"
SCORE, RANGE = "score", "range"
"""Keys of the bound widgets, and so the names in the URL."""
PAGE, CURSOR, CASE, NAME, BASE, COLUMN = "page", "cursor", "case", "name", "base", "column"
DATA = "data"
FORCED = "state goes before the URL"
"""Keys of widgets whose state was just set by the program, not by the URL."""
SHOW, LANG = "show", "lang"
FIND, SORT, ORDER = "find", "sort", "order"
RISING, FALLING = "rising", "falling"
MOST_FIND = 200
SHOW_FLAGGED, SHOW_ALL = "flagged", "all"
SHOW_CHOICES = (SHOW_FLAGGED, SHOW_ALL, MINE, DIFFER)
BLIND = "blind"
REVIEWER = "reviewer"
LANG_COOKIE, REVIEWER_COOKIE = "auditor_lang", "auditor_reviewer"
MOST_NAME = 80
VIEW = "view"
GO, GONE = "go", "gone"
"""Where the reader wants to go, until another page is shown, and what was done of that."""
MOST_GONE = 8
FILTERED_VIEWS = ("gallery", "case", "map")
REGION = "region"
REVIEW_CHOICES = (UNREVIEWED, "confirmed", "dismissed", "unsure")


def language() -> str:
    """Id of the language that is asked for: on the page, in the URL, by a cookie; or English."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return LANGUAGES[0]  # outside of a session, as in tests of charts
    asked = st.session_state.get(LANG) or st.query_params.get(LANG) or _cookie(LANG_COOKIE)
    chosen = str(asked or "").partition("-")[0].lower()
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def reviewer() -> str:
    """Who decides here in solo mode: the name that was entered in this browser, by default
    AUDITOR_REVIEWER, else the account's name."""
    entered = restore(REVIEWER) or _cookie(REVIEWER_COOKIE)
    if entered.strip():
        return entered.strip()[:MOST_NAME]
    try:
        return os.environ.get(REVIEWER_VARIABLE) or getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"


def _cookie(name: str) -> str:
    value = st.context.cookies.get(name)
    return unquote(value) if isinstance(value, str) else ""


def run_in_url() -> str | None:
    """The run that the URL asks for, whether there is one or not."""
    return st.query_params.get(RUN)


def run_name(names: list[str]) -> str:
    """The run that is looked at; the first of `names` if none is chosen."""
    chosen = st.session_state.get(RUN)
    return chosen if chosen in names else names[0]


def start_with_run(name: str) -> None:
    """Put `name` into the URL where a new session's URL names no run."""
    if RUN not in st.session_state and RUN not in st.query_params:
        st.query_params[RUN] = name
        st.session_state[RUN] = name


def bound_choice(key: str, options: list[str]) -> str:
    """The choice of a bound selectbox that has not been made yet on this page.

    The URL's where it names an option, else the one chosen before, else the first.
    """
    begun = key in st.session_state
    asked = st.session_state[key] if begun else st.query_params.get(key)
    chosen = asked if asked in options else options[0]
    if not begun and st.query_params.get(key) != chosen:
        st.query_params[key] = chosen
    if asked != chosen or not begun:
        st.session_state[key] = chosen
    return chosen


def page_number() -> int:
    """The gallery's page in the URL, from 1; 1 for anything else."""
    text = str(st.query_params.get(PAGE, "1"))
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def cursor() -> str | None:
    """The case in the gallery's URL that the cursor is on."""
    return st.query_params.get(CURSOR)


def case_id() -> str | None:
    """The case in the URL."""
    return st.query_params.get(CASE)


def blind() -> bool:
    """Whether the reader wants to decide before verdict and others' decisions are shown: as the
    switch says, and on pages without it as it said last."""
    chosen = st.session_state.get(BLIND)
    if chosen is None:
        chosen = restore(BLIND, st.query_params.get(BLIND) == "true")
    remember(BLIND, bool(chosen))
    return bool(chosen)


def keep_blind() -> None:
    """Before the switch is made: it stands where it stood on the page before."""
    if BLIND not in st.session_state and BLIND not in st.query_params and restore(BLIND):
        st.query_params[BLIND] = "true"
        st.session_state[BLIND] = True


def end_blind() -> None:
    """The reader wants to see everything."""
    st.session_state.pop(BLIND, None)
    st.query_params.pop(BLIND, None)
    remember(BLIND, False)


def cached(name: str, key: Any, make: Any) -> Any:
    """`make()`, kept for this session under `name` for as long as `key` stays the same."""
    slot = st.session_state.get(f"kept {name}")
    if slot is None or slot[0] != key:
        slot = (key, make())
        st.session_state[f"kept {name}"] = slot
    return slot[1]


def once(name: str, key: Any) -> bool:
    """Whether `key` is another one than at the last call with that name."""
    if restore(name) == key:
        return False
    remember(name, key)
    return True


def remember(name: str, value: Any) -> None:
    """Something for this session only."""
    st.session_state[f"kept {name}"] = value


def restore(name: str, default: Any = None) -> Any:
    """What `remember` was told."""
    return st.session_state.get(f"kept {name}", default)


def take(name: str) -> Any:
    """What `remember` was told, once."""
    return st.session_state.pop(f"kept {name}", None)


def request_move(go: tuple[str, str, str]) -> None:
    """Remember where the reader wants to go (kind, case, name), unless it was done already."""
    if go[2] not in restore(GONE, ()):
        remember(GO, go)


def requested_move() -> tuple[str, str]:
    """Where the reader wants to go and from or to which case; ("", "") without a wish."""
    kind, case, _name = restore(GO) or ("", "", "")
    return kind, case


def arrive() -> None:
    """The wish to go somewhere has come true: should it come once more, it is not heard."""
    if (went := take(GO)) is not None:
        remember(GONE, (*restore(GONE, ()), went[2])[-MOST_GONE:])


def enter(view: str) -> None:
    """Say which page is shown; coming back to one is a new visit.

    The wish to go to another page ends here and not where it is followed: Streamlit may run the old
    page once more instead, which then follows it again.
    """
    if restore("view") != view:
        arrive()
        remember("view", view)
        remember("visit", restore("visit", 0) + 1)


def come_anew() -> None:
    """Count as a new visit of the page that is shown."""
    remember("visit", visit() + 1)


def visit() -> int:
    """Counts the visits to pages."""
    return int(restore("visit", 0))


def widget(key: str) -> Any:
    """The value of the widget with that key, None before it is there."""
    return st.session_state.get(key)


def set_widget(key: str, value: Any) -> None:
    """Set a widget's value before it is made."""
    st.session_state[key] = value


def component(key: str) -> Mapping[str, Any]:
    """What a component with that key has sent."""
    value = st.session_state.get(key) or {}
    return value if isinstance(value, Mapping) else {}


def entered(key: str) -> str:
    """What was typed into the text field with that key."""
    return str(st.session_state.get(key) or "")
