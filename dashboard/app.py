"""The reviewers' app: which pages there are, and the run that they are about."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import Page

from auditor.wording.languages import LANGUAGES
from dashboard import launch, pages
from dashboard.components import account, blind, filters, notices, saved_views
from dashboard.runs import access as run_access
from dashboard.session import access, address, context, filtering, state
from dashboard.session.access import Person
from dashboard.session.roles import Role


def main() -> None:
    """One rerun."""
    address.follow_one(state.LANG, LANGUAGES, LANGUAGES[0], stays=state.language())
    st.set_page_config(page_title="Shortcut auditor", page_icon=str(pages.ICON), layout="wide")
    st.html(pages.STYLE)
    st.logo(pages.ICON, size="large")
    with notices.told():
        _admit(access.current())


def _admit(person: Person) -> None:
    """Only who may look gets further than the door."""
    if not person.may(Role.VIEWER):
        st.navigation(pages.build(), position="hidden")
        account.ask(person)
        return
    filtering.handle()
    page = st.navigation(pages.build(), position="top")
    catalog = run_access.catalog(launch.runs_folder())
    asked = state.run_in_url()
    if not catalog.runs and page.url_path == "data":
        with notices.told():
            page.run()
    elif not catalog.runs:
        notices.no_run(catalog)
    elif asked is not None and asked not in catalog.names():
        notices.unknown_run(asked, catalog)
    else:
        with st.sidebar:
            filters.choose_run(catalog.names())
        _show(page)
    with st.sidebar:
        account.show(person)


def _show(page: Page) -> None:
    with notices.told():
        now = context.current()
        with st.sidebar:
            if page.url_path in ("", "case", "map"):
                saved_views.open_linked(now)
                filters.show(
                    run_access.classes(now.run),
                    run_access.slices(now.run),
                    run_access.verdicts(now.run),
                    now.cases(),
                )
                saved_views.show(now)
        if page.url_path in blind.TELLING and now.blind_left:
            blind.close(now)
        else:
            page.run()


main()
