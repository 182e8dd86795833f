"""The team: who may do what, for admins."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.session import access, state
from dashboard.session.roles import Role, read_roles
from dashboard.texts.language import _
from dashboard.texts.words import plain

MEANINGS = {
    Role.NONE: "Nothing, not even look.",
    Role.VIEWER: "Look at everything and download it.",
    Role.REVIEWER: "Decide cases and write notes, under their own name.",
    Role.ADMIN: "All of that, and see this page.",
}


def main() -> None:
    """The page."""
    state.enter("team")
    if not access.looker().may(Role.ADMIN):
        st.title(_("This page is for admins"), anchor=False)
        return
    st.title(_("Team"), anchor=False)
    path = Path(os.environ[access.ROLES_VARIABLE])
    st.caption(
        f"From {plain(str(path))}, read anew at every click: change the file to change this."
    )
    roles = read_roles(path)
    rules = [
        *(("Person", name, role) for name, role in sorted(roles.people.items())),
        *(("Domain", name, role) for name, role in sorted(roles.domains.items())),
        ("Anybody else who can sign in", "", roles.default),
    ]
    st.dataframe(
        pd.DataFrame(
            {
                "Rule": [kind for kind, _, _ in rules],
                "Of": [name for _, name, _ in rules],
                "Role": [role.value for _, _, role in rules],
                "May": [MEANINGS[role] for _, _, role in rules],
            }
        ),
        hide_index=True,
    )


main()
