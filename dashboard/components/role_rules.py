"""Who may do what, for admins."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import streamlit as st

from auditor.domain.messages import N_
from dashboard.session import access
from dashboard.session.roles import Role, read_roles
from dashboard.texts.language import _
from dashboard.texts.words import plain

MEANINGS = {
    Role.NONE: N_("Nothing, not even look."),
    Role.VIEWER: N_("Look at everything and download it."),
    Role.REVIEWER: N_("Decide cases and write notes, under their own name."),
    Role.ADMIN: N_("All of that, assign cases, settle them, and see these rules."),
}


def show() -> None:
    """The rules of the file of roles, as it is now."""
    st.header(_("Roles"), anchor=False)
    path = Path(os.environ[access.ROLES_VARIABLE])
    st.caption(
        _(
            "From {path}, read anew at every click: change the file to change this.",
            path=plain(str(path)),
        )
    )
    roles = read_roles(path)
    rules = [
        *((_("Person"), name, role) for name, role in sorted(roles.people.items())),
        *((_("Domain"), name, role) for name, role in sorted(roles.domains.items())),
        (_("Anybody else who can sign in"), "", roles.default),
    ]
    st.dataframe(
        pd.DataFrame(
            {
                _("Rule"): [kind for kind, _name, _role in rules],
                _("Of"): [name for _kind, name, _role in rules],
                _("Role"): [role.value for _kind, _name, role in rules],
                _("May"): [_(MEANINGS[role]) for _kind, _name, role in rules],
            }
        ),
        hide_index=True,
    )
