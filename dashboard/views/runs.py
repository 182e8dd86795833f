"""The runs there are."""

from __future__ import annotations

import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.reviews.events import person_id
from auditor.storage.run import Run
from dashboard import pages
from dashboard.charts.cases import strongest_first
from dashboard.components import notices, repairs, trends
from dashboard.runs import access as run_access
from dashboard.runs import assignments
from dashboard.runs.filters import Filters
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts import headlines
from dashboard.texts.language import _
from dashboard.texts.words import number, plain


def main() -> None:
    """The page."""
    state.enter("runs")
    now = context.current()
    catalog = now.catalog
    hidden = {run.name for run in catalog.runs if _is_hidden(now, run)}
    st.title(_("Runs"), anchor=False)
    st.caption(plain(str(catalog.folder)))
    if not hidden:
        trends.show(catalog.folder)
        repairs.show(catalog.folder)
    for run in catalog.runs:
        _card(run, hidden=run.name in hidden)
    notices.broken(catalog)


def _is_hidden(now: Context, run: Run) -> bool:
    """Whether the reader still has cases of that run to decide blind. A run without assignments is
    not read for it."""
    if run.name == now.run.name:
        return bool(now.blind_left)
    if isinstance(now.store, AuditorError):
        return False
    dealt = assignments.assigned(now.catalog.folder, run).blind
    asked = person_id(now.person.name) in dealt
    return asked and bool(context.about(run, now.catalog, now.person).blind_left)


def _card(run: Run, *, hidden: bool) -> None:
    with st.container(border=True):
        words, figures = st.columns([3, 2], vertical_alignment="center")
        with words:
            st.markdown(f"## {plain(run.name)}")
            if hidden:
                st.caption(_("Shown as soon as you have decided."))
            else:
                st.markdown(plain(headlines.headline(strongest_first(run_access.classes(run)))))
            st.caption(plain(headlines.about(run.metadata)))
            with st.container(horizontal=True):
                _button(pages.OVERVIEW, _("Overview"), ":material/insights:", run)
                _button(pages.GALLERY, _("Gallery"), ":material/grid_view:", run)
        with figures:
            left, right = st.columns(2)
            left.metric(_("Pictures"), f"{run.metadata.audited_pictures:,}")
            right.metric(_("Accuracy"), number(run.results.accuracy, True))


def _button(page: str, label: str, icon: str, run: Run) -> None:
    if st.button(label, key=f"{page} {run.name}", icon=icon):
        pages.go(page, Filters(flagged=True), run=run.name)


main()
