"""A case's scores, each with a tip in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from auditor.wording.numbers import formatted
from dashboard.texts.language import _
from dashboard.texts.words import SCORES

WIDTH = 198


def show(case: Mapping[str, Any]) -> None:
    """All scores, as many in a row as there is room for; a dash where one is undefined."""
    with st.container(horizontal=True):
        for score in SCORES:
            value = case[score.column]
            undefined = "" if value is not None else " " + _("It is undefined for this case.")
            st.metric(
                _(score.title),
                formatted(value, score.format),
                help=_(score.help) + undefined,
                width=WIDTH,
            )
