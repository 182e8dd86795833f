"""Groups of cases to plotly figures: by object size, by class and metadata. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from auditor.domain.messages import N_
from auditor.findings.verdicts.rates import Rate
from auditor.wording.numbers import share
from dashboard.charts.breakdown import MIN_GROUP, Band
from dashboard.charts.cases import FURNITURE, said, shorten
from dashboard.texts import language

SIZE_MEASURES = (
    ("right", N_("Accuracy"), "#009E73", "square"),
    ("nominated", N_("Map on background"), "#E69F00", "diamond"),
    ("shortcut", N_("Shortcut rate"), "#D55E00", "triangle-up"),
)


def size_chart(bands: Sequence[Band]) -> go.Figure:
    """Rates by size of the object, side by side, with their intervals.

    Args:
        bands: smallest objects first; a rate without cases is left out.
    """
    ticks = [
        language._(
            "<b>{name}</b> {smallest} to {largest}<br>{images:,} pictures, {tested:,} tested",
            name=language._(band.name),
            smallest=share(band.smallest),
            largest=share(band.largest),
            images=band.images,
            tested=band.tested,
        )
        for band in bands
    ]
    figure = go.Figure()
    for place, (measure, name, colour, marker) in enumerate(SIZE_MEASURES):
        rates = [getattr(band, measure) for band in bands]
        shown = [(index, rate) for index, rate in enumerate(rates) if rate.value is not None]
        figure.add_trace(
            go.Scatter(
                x=[index + 0.16 * (place - 1) for index, _ in shown],
                y=[rate.value for _, rate in shown],
                mode="markers",
                name=language._(name),
                marker={"color": colour, "symbol": marker, "size": 11},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [(rate.high or rate.value) - rate.value for _, rate in shown],
                    "arrayminus": [
                        rate.value - (rate.value if rate.low is None else rate.low)
                        for _, rate in shown
                    ],
                    "thickness": 2,
                    "width": 0,
                    "color": colour,
                },
                hovertext=[
                    f"{language._(bands[index].name)}: {language._(name)}<br>{said(*_floats(rate))}"
                    for index, rate in shown
                ],
                hoverinfo="text",
            )
        )
    figure.update_xaxes(tickvals=list(range(len(bands))), ticktext=ticks, showgrid=False)
    figure.update_yaxes(tickformat=".0%", range=[-0.04, 1.04], zeroline=False)
    figure.update_layout(
        height=300,
        margin={"l": 0, "r": 8, "t": 16, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
    )
    return figure


def _floats(rate: Rate) -> tuple[float, float, float]:
    value, low, high = (
        float("nan") if end is None else end for end in (rate.value, rate.low, rate.high)
    )
    return value, low, high


MEASURES: dict[str, tuple[str, str]] = {
    "wrong": (N_("Wrong answers"), "images"),
    "shortcut": (N_("Shortcut rate"), "tested"),
}
"""Name of a measure, and the count that it is a share of."""
WORSE = [[0.0, "#F8E9DD"], [1.0, "#E07B2E"]]
"""Pale to strong orange; dark text can be read on all of it."""
ON_COLOUR, ON_NOTHING = "#1B1E23", "#7D828B"
CELL, MOST_ROWS, MOST_COLUMNS = 40, 40, 30


def group_chart(groups: pd.DataFrame, measure: str) -> go.Figure:
    """Class by metadata value: the darker, the larger the share. Points carry both as customdata.

    Args:
        groups: of `breakdown.class_by_group`; the largest `MOST_ROWS` classes and `MOST_COLUMNS`
            values are drawn.
        measure: a key of `MEASURES`. Groups with fewer than `MIN_GROUP` cases have no colour.
    """
    labels, values = _largest(groups, "label", MOST_ROWS), _largest(groups, "value", MOST_COLUMNS)
    shown = groups[groups["label"].isin(labels) & groups["value"].isin(values)].copy()
    name, denominator = MEASURES[measure]
    shown["of"] = shown[denominator]
    shown["count"] = shown["shortcuts"] if measure == "shortcut" else shown.images - shown["right"]
    shown["share"] = (shown["count"] / shown["of"]).where(shown["of"] > 0)
    coloured = shown["share"].where(shown["of"] >= MIN_GROUP)
    grid = coloured.set_axis(pd.MultiIndex.from_frame(shown[["label", "value"]])).unstack()
    figure = go.Figure(
        go.Heatmap(
            z=grid.reindex(index=labels, columns=values).to_numpy(),
            zmin=0.0,
            zmax=max(0.2, float(np.nan_to_num(coloured.max()))),
            colorscale=WORSE,
            xgap=2,
            ygap=2,
            hoverinfo="skip",
            showscale=False,  # every cell says its share; on a phone the scale took half the width
        )
    )
    figure.add_trace(_cells(shown, labels, values, name))
    figure.update_xaxes(
        tickvals=list(range(len(values))),
        ticktext=[shorten(value, 18) for value in values],
        side="top",
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[shorten(label) for label in labels],
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    figure.update_layout(
        height=FURNITURE + CELL * len(labels),
        margin={"l": 0, "r": 8, "t": 40, "b": 8},
        dragmode=False,
        showlegend=False,
    )
    return figure


def _cells(shown: pd.DataFrame, labels: list[str], values: list[str], name: str) -> go.Scatter:
    """What is read, hovered and clicked: plotly selects points, not cells of a heat map."""
    few = shown["of"] < MIN_GROUP
    return go.Scatter(
        x=[values.index(value) for value in shown["value"]],
        y=[labels.index(label) for label in shown["label"]],
        mode="markers+text",
        text=[
            f"({share(right)})" if small and not np.isnan(right) else share(right)
            for right, small in zip(shown["share"], few, strict=True)
        ],
        textfont={"color": [ON_NOTHING if small else ON_COLOUR for small in few]},
        marker={"symbol": "square", "size": CELL - 6, "color": "rgba(0, 0, 0, 0)"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=shown[["label", "value"]].to_numpy(),
        hovertext=[
            f"<b>{shorten(row.label, 60)}</b>, {shorten(row.value, 60)}<br>{language._(name)}: "
            f"{row.count:,} / {row.of:,}"
            + ("<br>" + language._("too few to judge") if small else "")
            for row, small in zip(_tuples(shown), few, strict=True)
        ],
        hoverinfo="text",
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    label: str
    value: str
    count: int
    of: int


def _tuples(shown: pd.DataFrame) -> list[_Cell]:
    columns = (shown["label"], shown["value"], shown["count"], shown["of"])
    return [_Cell(str(a), str(b), int(c), int(d)) for a, b, c, d in zip(*columns, strict=True)]


def _largest(groups: pd.DataFrame, column: str, most: int) -> list[str]:
    """The values of `column` with the most pictures, in alphabetical order."""
    sizes = groups.groupby(column)["images"].sum().sort_values(ascending=False, kind="stable")
    return sorted(str(name) for name in sizes.index[:most])
