"""A schedule's audits over time as a plotly figure. Pure: no streamlit, no files, no state."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from auditor.domain.messages import N_
from auditor.schedule.trends import TrendPoint
from dashboard.texts import language
from dashboard.texts.words import CLASS_WORDS, class_style

HEIGHT = 420
LINES = (
    ("accuracy", N_("Accuracy"), "#0072B2", "solid"),
    ("worst_group_accuracy", N_("Accuracy, worst group"), "#0072B2", "dot"),
    ("shortcut_rate", N_("Shortcut rate"), "#D55E00", "solid"),
)
"""Attribute, word, colour (Okabe and Ito), dash."""


def trend_chart(points: Sequence[TrendPoint]) -> go.Figure:
    """Above: how many classes have which verdict. Below: the shares of the whole run.

    Args:
        points: finished audits, oldest first. A share that is undefined leaves a gap.
    """
    figure = make_subplots(
        rows=2,
        shared_xaxes=True,
        vertical_spacing=0.12,
        row_heights=[0.5, 0.5],
        subplot_titles=[language._("Classes by verdict"), language._("Shares of the pictures")],
    )
    # A place an audit, not a moment: two audits of one day stand as far apart as two of a month.
    places = [f"{point.due:%Y-%m-%d %H:%M}" for point in points]
    for verdict in CLASS_WORDS:
        word = class_style(verdict)
        heights = [list(point.verdicts.values()).count(verdict) for point in points]
        if any(heights):
            bars = go.Bar(
                x=places,
                y=heights,
                name=f"{word.sign} {word.name}",
                marker_color=word.colour,
                text=[f"{word.sign} {height}" if height else "" for height in heights],
                textangle=0,
            )
            figure.add_trace(bars, row=1, col=1)
    for attribute, name, colour, dash in LINES:
        values = [getattr(point, attribute) for point in points]
        line = go.Scatter(
            x=places,
            y=values,
            name=language._(name),
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            connectgaps=False,
        )
        figure.add_trace(line, row=2, col=1)
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=places, nticks=12)
    figure.update_yaxes(rangemode="tozero", tickformat=",d", row=1, col=1)
    figure.update_yaxes(range=[0, 1.04], tickformat=".0%", row=2, col=1)
    figure.update_layout(
        barmode="stack",
        height=HEIGHT,
        margin={"l": 0, "r": 8, "t": 36, "b": 8},
        hovermode="x unified",
        dragmode=False,
    )
    return figure
