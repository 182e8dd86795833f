"""Who reviews, in which language, and signing in and out."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from auditor.wording.languages import LANGUAGES
from dashboard.components import link
from dashboard.components.assets import read
from dashboard.session import access, state
from dashboard.session.access import Person
from dashboard.texts import language
from dashboard.texts.language import _
from dashboard.texts.words import plain

FIELD = "reviewer's name"
LEAVING = "signing out"

_mount = st.components.v2.component(
    "auditor.settings", html="", js=read("dom.js", "history.js", "settings.js")
)


def show(person: Person) -> None:
    """The language; in solo mode the name that decisions carry, else who is signed in."""
    st.segmented_control(
        "Language · 语言",
        list(LANGUAGES),
        format_func=language.NAMES.__getitem__,
        required=True,
        key=state.LANG,
    )
    if person.signed_in:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{person.name} · {_(person.role.value)}")
            _sign_out("tertiary")
    else:
        st.text_input(
            _("Reviewer"),
            person.name,
            key=FIELD,
            max_chars=state.MOST_NAME,
            on_change=_rename,
            help=_("The name that your decisions carry. It is kept in this browser."),
        )
    link.show()
    _mount(key="settings", data=_kept())


def _sign_out(kind: Literal["secondary", "tertiary"]) -> None:
    """Said again by every run until the browser has gone: what a click sends is lost where another
    run begins at that moment, and who believes to have signed out must not stay signed in."""
    st.button(_("Sign out"), icon=":material/logout:", type=kind, on_click=_leave)
    if state.restore(LEAVING):
        st.logout()


def _leave() -> None:
    state.remember(LEAVING, True)


def _rename() -> None:
    state.remember(state.REVIEWER, state.entered(FIELD).strip())


def _kept() -> dict[str, str]:
    found = {state.LANG_COOKIE: state.language()}
    if (name := state.restore(state.REVIEWER)) is not None:
        found[state.REVIEWER_COOKIE] = name
    return found


def ask(person: Person) -> None:
    """The page of whoever may not look: sign in, or why that was not enough."""
    if person.signed_in:
        st.title(_("You may not look at audits here"), anchor=False)
        st.markdown(
            _("You are signed in as **{name}**.", name=plain(person.name))
            + " "
            + (person.why or _("Ask whoever runs this page for a role."))
        )
        _sign_out("secondary")
        return
    st.title(_("Shortcut auditor"), anchor=False)
    st.markdown(_("Sign in to look at audits and to decide cases."))
    for provider in access.providers():
        label = _("Sign in with {provider}", provider=provider) if provider else _("Sign in")
        st.button(
            plain(label),
            key=f"sign in {provider}",
            icon=":material/login:",
            type="primary",
            on_click=st.login,
            args=[provider] if provider else [],
        )
