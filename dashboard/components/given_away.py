"""What the data give away of one class, beside whether the model uses it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from auditor.domain.errors import RunError
from auditor.domain.given_away import TraitUse
from auditor.reports.given_away import given_away_lines
from dashboard import pages
from dashboard.runs import data_audits
from dashboard.session import state
from dashboard.session.context import Context
from dashboard.texts.language import _, current
from dashboard.texts.words import plain

COLOURS = {
    TraitUse.USED: "red",
    TraitUse.NOT_USED: "green",
    TraitUse.OTHER_CUE: "orange",
    TraitUse.OPEN: "gray",
    TraitUse.NOT_ASKED: "gray",
}


def show(now: Context, row: dict[str, Any]) -> None:
    """Show it where an audit of the same data is at hand and found something.

    Args:
        now: of the page.
        row: of the class.
    """
    audit = data_audits.of_run(now.run)
    if audit is None:
        return
    try:
        lines = given_away_lines(data_audits.findings(audit), [row], current())
    except RunError:
        return
    st.header(
        _("What the data give away"),
        anchor=False,
        help=_(
            "By the audit of the data alone, before any model: what besides the object tells this "
            "class, and whether this model uses it. What it does not use is a latent risk of the "
            "next training."
        ),
    )
    if not lines:
        st.caption(_("The audit of the data found nothing that gives this class away."))
    for line in lines:
        st.markdown(
            f"**{plain(line.trait)}** :{COLOURS[line.use]}-badge[{plain(line.told)}] "
            f"{plain(line.verdict)}: {plain(line.reason)}"
        )
    st.page_link(
        pages.DATA,
        label=_("The audit of the data"),
        icon=":material/database:",
        query_params={state.DATA: audit.path.name},
    )
