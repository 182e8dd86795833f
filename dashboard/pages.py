"""The pages, by their script; the scripts are what `st.switch_page` takes."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

from auditor.wording.languages import LANGUAGES
from dashboard.runs.filters import Filters
from dashboard.session import filtering, state
from dashboard.texts.language import _

ICON = Path(__file__).with_name("icon.svg")
STYLE = Path(__file__).with_name("page.css")

OVERVIEW = "views/overview.py"
GALLERY = "views/gallery.py"
CASE = "views/case.py"
CLASSES = "views/classes.py"
SLICES = "views/slices.py"
PATCHES = "views/patches.py"
DATA = "views/data.py"
COMPARE = "views/compare.py"
REVIEWS = "views/reviews.py"
REPORTS = "views/reports.py"
RUNS = "views/runs.py"
TEAM = "views/team.py"
MAP = "views/map.py"

FOLLOWED = (
    *(state.SHOW, state.VERDICT, state.REVIEW, state.SCORE),
    *(state.SORT, state.ORDER, state.REGION),
)
"""Parameters that `session.address` follows: written with the address, not a step later, so that
one step back in the browser's history is one page back."""


def build() -> list[Page]:
    """New page objects for one rerun, in the order of the menu."""
    return [
        st.Page(OVERVIEW, title=_("Overview"), icon=":material/insights:", url_path="overview"),
        st.Page(GALLERY, title=_("Gallery"), icon=":material/grid_view:", default=True),
        st.Page(CASE, title=_("Case"), url_path="case", visibility="hidden"),
        st.Page(MAP, title=_("Map"), icon=":material/scatter_plot:", url_path="map"),
        st.Page(PATCHES, title=_("Object or not"), url_path="patches", visibility="hidden"),
        st.Page(CLASSES, title=_("Classes"), icon=":material/category:", url_path="classes"),
        st.Page(SLICES, title=_("Slices"), icon=":material/grid_on:", url_path="slices"),
        st.Page(DATA, title=_("Data"), icon=":material/database:", url_path="data"),
        st.Page(COMPARE, title=_("Compare"), icon=":material/compare_arrows:", url_path="compare"),
        st.Page(REVIEWS, title=_("Reviews"), icon=":material/how_to_reg:", url_path="reviews"),
        st.Page(TEAM, title=_("Team"), icon=":material/group:", url_path="team"),
        st.Page(REPORTS, title=_("Reports"), icon=":material/description:", url_path="reports"),
        st.Page(RUNS, title=_("Runs"), icon=":material/inventory_2:", url_path="runs"),
    ]


def go(
    script: str, wanted: Filters, *, case: str | None = None, run: str | None = None
) -> NoReturn:
    """Leave for another page with these filters; of the run that is shown if none is given."""
    filtering.request(wanted, run)
    parameters = filtering.parameters(wanted)
    if filtering.has_filters():  # what Streamlit binds it takes along by itself
        parameters = {key: parameters[key] for key in FOLLOWED if key in parameters}
    if state.language() != LANGUAGES[0]:
        parameters[state.LANG] = [state.language()]
    if case is not None:
        parameters[state.CASE] = [case]
    st.switch_page(script, query_params=parameters)
