"""The figure of docs/benchmark.md: estimate against truth, and the baselines beside the audit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib import pyplot
from matplotlib.axes import Axes
from sklearn.metrics import precision_recall_curve

from benchmarks.planted import scoring
from benchmarks.planted.baselines import TEXTBOOK

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
"""Okabe and Ito's palette, safe for the colour-blind."""


def draw(table: pd.DataFrame, cases: pd.DataFrame, path: Path) -> None:
    """Write the PNG."""
    pyplot.switch_backend("Agg")
    figure, (left, middle, right) = pyplot.subplots(1, 3, figsize=(13, 4.2))
    _truth(left, table)
    _curves(middle, table)
    _sizes(right, cases)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def _truth(axes: Axes, table: pd.DataFrame) -> None:
    bare = table[table["kind"].isna() & table["estimate"].notna()]
    axes.plot([-0.1, 1], [-0.1, 1], color="#999999", linewidth=1)
    axes.scatter(bare["true_loss"], bare["estimate"], s=8, color="#999999", label="none")
    for colour, (kind, own) in zip(COLOURS, table.groupby("kind"), strict=False):
        said = scoring.confirmed(own)
        for marker, part in (("o", own[said]), ("x", own[~said])):
            axes.scatter(
                part["true_loss"],
                part["estimate"].astype(float),
                s=22,
                marker=marker,
                color=colour,
                label=str(kind) if marker == "o" else None,
            )
    axes.set_xlabel("true loss of probability (the renderer takes the cue away)")
    axes.set_ylabel("estimated loss")
    axes.set_title("estimate and truth; dots confirmed, crosses not")
    axes.legend(fontsize=7)


def _curves(axes: Axes, table: pd.DataFrame) -> None:
    known = table[scoring.cue_reliant(table) | scoring.unaffected(table)]
    for colour, name in zip(COLOURS, TEXTBOOK, strict=False):
        scored = known[known[f"map_{name}"].notna()]
        precision, recall, _ = precision_recall_curve(
            scoring.cue_reliant(scored), scored[f"map_{name}"].astype(float)
        )
        axes.plot(recall, precision, color=colour, label=name)
    counted = scoring.tally(known, scoring.confirmed(known))
    if counted.recall is not None and counted.precision is not None:
        axes.scatter(
            counted.recall, counted.precision, marker="*", s=140, color="black", label="confirmed"
        )
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    axes.set_title("thresholds on the same maps")
    axes.legend(fontsize=7)


def _sizes(axes: Axes, cases: pd.DataFrame) -> None:
    known = cases[cases["nominated"].notna()]
    bands = pd.cut(known["object_area"].astype(float), [0, 0.04, 0.08, 0.15, 0.3, 1.0])
    rates = known.groupby(bands)["nominated"].apply(lambda own: own.astype(float).mean())
    low = known.groupby(bands)["relevance_mass"].apply(lambda own: float((own < 0.5).mean()))
    places = range(len(rates))
    axes.plot(places, rates, marker="o", color=COLOURS[0], label="nominated")
    axes.plot(places, low, marker="s", color=COLOURS[5], label="mass in the mask below one half")
    axes.set_xticks(list(places), [f"{band.left:.0%}-{band.right:.0%}" for band in rates.index])
    axes.set_ylim(0, 1)
    axes.set_xlabel("object area")
    axes.set_title("suspicious images of clean networks")
    axes.legend(fontsize=7)
