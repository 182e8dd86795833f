"""How far the reviews are: counts, and a plotly figure of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.cases import FURNITURE, MOST_CLASSES, shorten
from dashboard.runs.filters import UNREVIEWED
from dashboard.texts.words import review_word

COLOURS = {
    "confirmed": "#D55E00",
    "dismissed": "#0072B2",
    "unsure": "#E69F00",
    UNREVIEWED: "rgba(138, 143, 152, 0.25)",
}
"""Okabe and Ito's; what is left is the pale rest."""
BAR = 26


def progress_chart(counts: pd.DataFrame, order: Sequence[str]) -> go.Figure:
    """A bar a class, split by decision.

    Args:
        counts: of `Cases.progress`.
        order: the classes from top to bottom; at most `MOST_CLASSES` are drawn.
    """
    shown = [name for name in order if name in set(counts["label"])][:MOST_CLASSES]
    table = counts.pivot_table(
        index="label", columns="review", values="cases", aggfunc="sum", fill_value=0
    ).reindex(index=shown, columns=list(COLOURS), fill_value=0)
    figure = go.Figure()
    for review, colour in COLOURS.items():
        figure.add_trace(
            go.Bar(
                y=list(range(len(shown))),
                x=table[review].tolist(),
                orientation="h",
                name=review_word(review),
                marker={"color": colour},
                hovertext=[
                    f"<b>{shorten(name, 60)}</b><br>{review_word(review)}: {int(count):,}"
                    for name, count in zip(shown, table[review], strict=True)
                ],
                hoverinfo="text",
            )
        )
    figure.update_xaxes(zeroline=False, tickformat=",d")
    figure.update_yaxes(
        tickvals=list(range(len(shown))),
        ticktext=[shorten(name) for name in shown],
        range=[len(shown) - 0.4, -0.6],
    )
    figure.update_layout(
        barmode="stack",
        height=FURNITURE + BAR * len(shown),
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        legend={
            "orientation": "h",
            "y": -0.06,
            "yref": "container",
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
        },
        dragmode=False,
    )
    return figure
