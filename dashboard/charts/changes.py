"""What changed between two runs, as a plotly figure. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from auditor.comparison.model import ClassChange
from dashboard.charts.cases import FURNITURE, GREY, MOST_CLASSES, ROW_HEIGHT, shorten
from dashboard.texts import language
from dashboard.texts.words import class_style, number

MEASURE = "background_effect"
THICK, THIN = 4, 1.5


def change_chart(changes: Sequence[ClassChange]) -> go.Figure:
    """A dumbbell a class: hollow before, full after, in the colour of the verdict then.

    At most `MOST_CLASSES` are drawn. A class of one run only has one dot; one without an estimate
    in either run has none.
    """
    shown = list(changes[:MOST_CLASSES])
    figure = go.Figure()
    for place, change in enumerate(shown):
        moved = change.measures[MEASURE]
        if moved.base is not None and moved.new is not None:
            figure.add_shape(
                type="line",
                x0=moved.base,
                x1=moved.new,
                y0=place,
                y1=place,
                layer="below",
                line={"color": GREY, "width": THICK if moved.noise is False else THIN},
            )
    figure.add_trace(_dots(shown, before=True))
    figure.add_trace(_dots(shown, before=False))
    figure.add_vline(x=0, line_width=1, line_color=GREY, opacity=0.6)
    figure.update_xaxes(tickformat=".0%", zeroline=False)
    figure.update_yaxes(
        tickvals=list(range(len(shown))),
        ticktext=[shorten(change.name) for change in shown],
        range=[len(shown) - 0.4, -0.6],
        zeroline=False,
    )
    figure.update_layout(
        height=FURNITURE + ROW_HEIGHT * len(shown),
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": -0.06, "yref": "container", "yanchor": "bottom", "x": 0},
        dragmode=False,
    )
    return figure


def _dots(changes: Sequence[ClassChange], *, before: bool) -> go.Scatter:
    points = []
    for place, change in enumerate(changes):
        moved = change.measures[MEASURE]
        value = moved.base if before else moved.new
        verdict = change.base_verdict if before else change.new_verdict
        if value is not None and verdict is not None:
            points.append((place, value, class_style(verdict), change.name))
    symbols = [word.marker.removesuffix("-open") for _, _, word, _ in points]
    when = language._("Before") if before else language._("After")
    return go.Scatter(
        x=[value for _, value, _, _ in points],
        y=[place for place, _, _, _ in points],
        mode="markers",
        name=language._("before (hollow)") if before else language._("after (full)"),
        marker={
            "color": [word.colour for _, _, word, _ in points],
            "symbol": [f"{symbol}-open" for symbol in symbols] if before else symbols,
            "size": 12,
            "line": {"width": 2},
        },
        hovertext=[
            f"<b>{shorten(name, 60)}</b><br>{when}: {number(value, True)}, {word.name.lower()}"
            for _, value, word, name in points
        ],
        hoverinfo="text",
    )
