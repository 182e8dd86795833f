"""The runs there are."""

from __future__ import annotations

import streamlit as st

from auditor.storage.run import Run
from dashboard import pages
from dashboard.components import notices, repairs, trends
from dashboard.runs import access as run_access
from dashboard.runs.filters import Filters
from dashboard.session import context, state
from dashboard.texts import headlines
from dashboard.texts.language import _
from dashboard.texts.words import number, plain


def main() -> None:
    """The page."""
    state.enter("runs")
    catalog = context.current().catalog
    st.title(_("Runs"), anchor=False)
    st.caption(plain(str(catalog.folder)))
    trends.show(catalog.folder)
    repairs.show(catalog.folder)
    for run in catalog.runs:
        _card(run)
    notices.broken(catalog)


def _card(run: Run) -> None:
    with st.container(border=True):
        words, figures = st.columns([3, 2], vertical_alignment="center")
        with words:
            st.markdown(f"## {plain(run.name)}")
            st.markdown(plain(headlines.headline(run_access.classes(run))))
            st.caption(plain(headlines.about(run.metadata)))
            with st.container(horizontal=True):
                _button(pages.OVERVIEW, _("Overview"), ":material/insights:", run)
                _button(pages.GALLERY, _("Gallery"), ":material/grid_view:", run)
        with figures:
            left, right = st.columns(2)
            left.metric(_("Pictures"), f"{run.metadata.audited_pictures:,}")
            right.metric(_("Right answers"), number(run.results.accuracy, True))


def _button(page: str, label: str, icon: str, run: Run) -> None:
    if st.button(label, key=f"{page} {run.name}", icon=icon):
        pages.go(page, Filters(flagged=True), run=run.name)


main()
