"""How the scheduled audits of this folder came out over time."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.schedule.trends import read_trends
from dashboard.charts.trends import trend_chart
from dashboard.components import notices
from dashboard.texts.language import _
from dashboard.texts.words import plain

FEWEST = 2
"""Audits that make a trend."""


def show(runs: Path) -> None:
    """A chart of one schedule's audits; nothing where no schedule has run twice."""
    try:
        found = read_trends(runs, os.environ)
    except AuditorError as error:
        notices.fault(error)
        return
    trends = {name: points for name, points in found.items() if len(points) >= FEWEST}
    if not trends:
        return
    with st.container(border=True):
        st.markdown(_("**Over time**"))
        names = sorted(trends)
        name = names[0]
        if len(names) > 1:
            name = st.selectbox(_("Schedule"), names, key="trend of")
        points = trends[name]
        st.plotly_chart(trend_chart(points), key="trend", config={"displayModeBar": False})
        gone = sum(not point.there for point in points)
        kept = _("; {n} of their runs have been deleted since", n=gone) if gone else ""
        st.caption(
            plain(
                _(
                    "{n} scheduled audits of {name}, times in UTC{kept}",
                    n=len(points),
                    name=name,
                    kept=kept,
                )
            )
        )
