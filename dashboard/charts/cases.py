"""Frames to plotly figures. Pure: no streamlit, no files, no state."""

from __future__ import annotations

from html import escape
from math import isnan
from textwrap import wrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from auditor.domain.messages import N_
from auditor.wording.numbers import interval
from dashboard.texts import language
from dashboard.texts.words import CLASS_WORDS, class_style

MOST_CLASSES = 40
ROW_HEIGHT = 34
FURNITURE = 104
LINE_OF_TITLE = 22
"""Height in pixels."""
MEASURES = (
    ("background_effect", N_("Lost on other classes' backgrounds")),
    ("capture", N_("Won by its backgrounds alone")),
)
GREY = "#8A8F98"
WIDEST_TITLE = 22
"""Letters of a line."""


def _in_lines(title: str) -> str:
    """A title that stays beside its neighbour's on a phone."""
    return "<br>".join(wrap(title, WIDEST_TITLE))


def class_chart(classes: pd.DataFrame, floor: float) -> go.Figure:
    """Dots with whiskers: how much each class needs its background, and how far it carries.

    Args:
        classes: the table of classes; at most `MOST_CLASSES` are drawn, strongest effect first.
        floor: effect below which nothing is called a shortcut; a dashed line.

    Returns:
        A figure whose points carry the class name as customdata. Classes without an estimate are
        listed without a dot.
    """
    rows = strongest_first(classes).head(MOST_CLASSES).reset_index(drop=True)
    titles = [_in_lines(language._(title)) for _, title in MEASURES]
    above = 14 + LINE_OF_TITLE * max(1 + title.count("<br>") for title in titles)
    figure = make_subplots(
        cols=2,
        shared_yaxes=True,
        horizontal_spacing=0.04,
        subplot_titles=titles,
    )
    for column, (measure, _) in enumerate(MEASURES, start=1):
        for verdict, mine in rows.groupby("verdict", sort=False):
            figure.add_trace(_dots(mine, measure, str(verdict), column == 1), row=1, col=column)
        figure.add_vline(x=0, line_width=1, line_color=GREY, opacity=0.6, col=column)
        figure.add_vline(x=floor, line_width=1.5, line_dash="dot", line_color=GREY, col=column)
    _say_unknown(figure, rows)
    figure.update_xaxes(tickformat=".0%", zeroline=False, range=_range(rows, floor))
    figure.update_yaxes(
        tickvals=list(rows.index),
        ticktext=[shorten(name) for name in rows["class"]],
        range=[len(rows) - 0.4, -0.6],
        zeroline=False,
    )
    figure.update_layout(
        height=FURNITURE + above + ROW_HEIGHT * len(rows),
        margin={"l": 0, "r": 8, "t": above, "b": 8},
        legend={"orientation": "h", "y": -0.06, "yref": "container", "yanchor": "bottom", "x": 0},
        hoverlabel={"align": "left"},
        dragmode=False,
    )
    return figure


def strongest_first(classes: pd.DataFrame) -> pd.DataFrame:
    """Verdicts in their order of weight, within one the largest effect first."""
    weight = {verdict: place for place, verdict in enumerate(CLASS_WORDS)}
    return classes.assign(
        _weight=classes["verdict"].map(weight).fillna(len(weight)),
        _effect=classes["background_effect"].astype("float64"),
    ).sort_values(["_weight", "_effect", "class"], ascending=[True, False, True])[
        list(classes.columns)
    ]


def shorten(name: object, most: int = 28) -> str:
    """A class name for an axis: short, and nothing that plotly takes for markup."""
    text = " ".join(str(name).split())
    return escape(text if len(text) <= most else text[: most - 1] + "…", quote=False)


def _dots(rows: pd.DataFrame, measure: str, verdict: str, in_legend: bool) -> go.Scatter:
    word = class_style(verdict)
    value, low, high = (
        rows[name].astype("float64") for name in (measure, f"{measure}_low", f"{measure}_high")
    )
    return go.Scatter(
        x=value,
        y=rows.index,
        mode="markers",
        name=word.name,
        legendgroup=verdict,
        showlegend=in_legend,
        marker={"color": word.colour, "symbol": word.marker, "size": 11, "line": {"width": 1.5}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (high - value).fillna(0.0),
            "arrayminus": (value - low).fillna(0.0),
            "thickness": 2,
            "width": 0,
            "color": word.colour,
        },
        customdata=rows[["class"]].to_numpy(),
        hovertext=[
            f"<b>{shorten(name, 60)}</b><br>{word.sign} {word.name}<br>{said(v, lo, hi)}"
            for name, v, lo, hi in zip(rows["class"], value, low, high, strict=True)
        ],
        hoverinfo="text",
    )


def _say_unknown(figure: go.Figure, rows: pd.DataFrame) -> None:
    for column, (measure, _) in enumerate(MEASURES, start=1):
        for place in rows.index[rows[measure].isna()]:
            figure.add_annotation(
                x=0,
                y=place,
                text=language._("cannot be said"),
                showarrow=False,
                xanchor="left",
                xshift=6,
                font={"color": GREY, "size": 12},
                row=1,
                col=column,
            )


def said(value: float, low: float, high: float) -> str:
    if isnan(value):
        return language._("undetermined")
    return interval(value, low, high)


def _range(rows: pd.DataFrame, floor: float) -> list[float]:
    ends = rows[[f"{measure}_{end}" for measure, _ in MEASURES for end in ("low", "high")]]
    values = ends.astype("float64").to_numpy().ravel()
    known = values[np.isfinite(values)]
    low, high = min([-0.05, *known]), max([2 * floor, *known])
    return [low - 0.03, min(high + 0.05, 1.05)]
