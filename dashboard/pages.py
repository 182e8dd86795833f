"""The pages, by their script; the scripts are what `st.switch_page` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from streamlit.navigation.page import Page

ICON = Path(__file__).with_name("icon.svg")
STYLE = Path(__file__).with_name("page.css")

OVERVIEW = "views/overview.py"
GALLERY = "views/gallery.py"
CASE = "views/case.py"
RUNS = "views/runs.py"


def build() -> list[Page]:
    """New page objects for one rerun, in the order of the menu."""
    return [
        st.Page(OVERVIEW, title="Overview", icon=":material/insights:", url_path="overview"),
        st.Page(GALLERY, title="Gallery", icon=":material/grid_view:", default=True),
        st.Page(CASE, title="Case", url_path="case", visibility="hidden"),
        st.Page(RUNS, title="Runs", icon=":material/inventory_2:", url_path="runs"),
    ]


def go(script: str, parameters: dict[str, Any]) -> NoReturn:
    """Leave for another page."""
    st.switch_page(script, query_params=parameters)
