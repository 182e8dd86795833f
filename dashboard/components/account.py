"""Signing in and out, and who is signed in."""

from __future__ import annotations

import streamlit as st

from dashboard import access
from dashboard.access import Person
from dashboard.words import plain


def show(person: Person) -> None:
    """Who is signed in, and the way out; nothing in solo mode."""
    if not person.signed_in:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{person.name} · {person.role.value}")
        st.button("Sign out", icon=":material/logout:", type="tertiary", on_click=st.logout)


def ask(person: Person) -> None:
    """The page of whoever may not look: sign in, or why that was not enough."""
    if person.signed_in:
        st.title("You may not look at audits here", anchor=False)
        st.markdown(
            f"You are signed in as **{plain(person.name)}**. "
            f"{person.why or 'Ask whoever runs this page for a role.'}"
        )
        st.button("Sign out", icon=":material/logout:", on_click=st.logout)
        return
    st.title("Shortcut auditor", anchor=False)
    st.markdown("Sign in to look at audits and to decide cases.")
    for provider in access.providers():
        label = f"Sign in with {provider}" if provider else "Sign in"
        st.button(
            plain(label),
            key=f"sign in {provider}",
            icon=":material/login:",
            type="primary",
            on_click=st.login,
            args=[provider] if provider else [],
        )
