"""What a cue takes from a class over the rounds of a repair. Pure: no streamlit, no files."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from auditor.repairs.records import Audited, Repair
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import share

HEIGHT = 320
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito (2008), without yellow."""
MOST_CLASSES = 12
DASHES = ("solid", "dash")


def audits_of(repair: Repair) -> list[tuple[int, Audited]]:
    """The audit before and after every round that kept something, with the round's number."""
    after = [(each.number, each.after) for each in repair.rounds if each.after is not None]
    return [(0, repair.before), *after]


def repaired_classes(repair: Repair) -> list[str]:
    """The classes that were confirmed at any time, by name."""
    return sorted({name for _, audited in audits_of(repair) for name in audited.confirmed})


def repair_chart(repair: Repair, floor: float | None, _: Translator) -> go.Figure:
    """A line per class that was confirmed at any time: effect with its interval, round by round.

    Args:
        repair: with at least the audit before it.
        floor: the effect floor, drawn as a line; None where it is not known.
        _: of the reader's language.
    """
    audits = audits_of(repair)
    rounds = [_("before") if not n else _("round {n}", n=n) for n, _audited in audits]
    figure = go.Figure()
    for place, name in enumerate(repaired_classes(repair)[:MOST_CLASSES]):
        low, middle, high = _sides([each.effects.get(name, ()) for _n, each in audits])
        figure.add_trace(
            go.Scatter(
                x=rounds,
                y=middle,
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": _distances(middle, high),
                    "arrayminus": _distances(low, middle),
                },
                name=name,
                mode="lines+markers",
                connectgaps=False,
                line={
                    "color": COLOURS[place % len(COLOURS)],
                    "dash": DASHES[place // len(COLOURS) % len(DASHES)],
                },
            )
        )
    if floor is not None:
        told = _("effect floor {floor}", floor=share(floor))
        figure.add_hline(floor, line_dash="dot", annotation_text=told)
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=rounds)
    figure.update_yaxes(tickformat=".0%", title=_("Background effect"))
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 8, "t": 16, "b": 8},
        hovermode="x unified",
        dragmode=False,
    )
    return figure


def _sides(intervals: Sequence[Sequence[float | None]]) -> list[list[float | None]]:
    """Lower bounds, estimates, upper bounds; None where an audit has none."""
    whole = [each if len(each) == 3 else (None, None, None) for each in intervals]
    return [list(side) for side in zip(*whole, strict=True)]


def _distances(low: Sequence[float | None], high: Sequence[float | None]) -> list[float | None]:
    return [
        None if a is None or b is None else max(0.0, b - a) for a, b in zip(low, high, strict=True)
    ]
