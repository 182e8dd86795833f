"""Figures, from frames written by hand."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.cases import MOST_CLASSES, class_chart, shorten, strongest_first


def frame(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    """(class, verdict, effect) with an interval of .1 below and .2 above."""
    table = []
    for name, verdict, effect in rows:
        row: dict[str, object] = {"class": name, "verdict": verdict}
        for measure in ("background_effect", "capture"):
            row[measure] = effect
            row[f"{measure}_low"] = None if effect is None else effect - 0.1
            row[f"{measure}_high"] = None if effect is None else effect + 0.2
        table.append(row)
    return pd.DataFrame(table)


def dots(figure: go.Figure) -> dict[str, tuple[float, float, float]]:
    """Class -> value and lengths of the whisker below and above, of the first panel."""
    found = {}
    for trace in figure.data[: len(figure.data) // 2]:
        whisker = trace.error_x
        for place, (name,) in enumerate(trace.customdata):
            found[name] = (trace.x[place], whisker.arrayminus[place], whisker.array[place])
    return found


def test_dots_and_whiskers_are_the_estimates() -> None:
    figure = class_chart(frame(("cat", "clean", 0.02), ("dog", "confirmed", 0.5)), floor=0.1)
    assert dots(figure)["dog"] == pytest.approx((0.5, 0.1, 0.2))
    assert dots(figure)["cat"] == pytest.approx((0.02, 0.1, 0.2))


def test_the_strongest_stand_on_top() -> None:
    rows = frame(
        ("c", "clean", 0.3),
        ("u", "undetermined", None),
        ("weak", "confirmed", 0.2),
        ("strong", "confirmed", 0.6),
        ("s", "suspected", 0.7),
    )
    ordered = strongest_first(rows)
    assert ordered["class"].tolist() == ["strong", "weak", "s", "u", "c"]
    assert list(ordered.columns) == list(rows.columns)
    assert class_chart(rows, floor=0.1).layout.yaxis.ticktext == ("strong", "weak", "s", "u", "c")


def test_every_verdict_has_its_own_colour_and_sign() -> None:
    verdicts = ("confirmed", "suspected", "context", "clean", "undetermined")
    figure = class_chart(frame(*((v, v, 0.1) for v in verdicts)), floor=0.1)
    markers = {(trace.marker.color, trace.marker.symbol) for trace in figure.data}
    assert len(markers) == len({colour for colour, _ in markers}) == len(verdicts)
    assert sum(bool(trace.showlegend) for trace in figure.data) == len(verdicts)


def test_without_an_estimate_it_says_so() -> None:
    figure = class_chart(frame(("a", "undetermined", None), ("b", "clean", 0.0)), floor=0.1)
    said = [note for note in figure.layout.annotations if note.text == "cannot be said"]
    assert {note.y for note in said} == {0}


def test_the_floor_is_drawn_and_in_view() -> None:
    figure = class_chart(frame(("a", "clean", 0.0)), floor=0.25)
    lines = {shape.x0 for shape in figure.layout.shapes}
    assert lines == {0, 0.25}
    low, high = figure.layout.xaxis.range
    assert low < -0.1
    assert high > 0.25


def test_many_classes_are_cut_and_none_are_fine() -> None:
    many = frame(*((f"class {i}", "clean", i / 1000) for i in range(MOST_CLASSES + 5)))
    assert len(class_chart(many, floor=0.1).layout.yaxis.tickvals) == MOST_CLASSES
    none = frame(("a", "clean", 0.1)).iloc[:0]
    assert len(class_chart(none, floor=0.1).data) == 0


def test_names_are_text() -> None:
    nasty = '<a href="http://x">click</a><br>'
    figure = class_chart(frame((nasty, "confirmed", 0.4)), floor=0.1)
    (tick,) = figure.layout.yaxis.ticktext
    assert "<" not in tick
    assert "<a" not in figure.data[0].hovertext[0]
    assert figure.data[0].customdata[0][0] == nasty


def test_long_names_are_shortened() -> None:
    assert shorten("a" * 40) == "a" * 27 + "…"
    assert shorten("two\nlines") == "two lines"


def test_titles_of_two_lines_have_room_above_the_chart() -> None:
    rows = frame(("cat", "clean", 0.02))
    lines = [title.text.count("<br>") + 1 for title in class_chart(rows, 0.1).layout.annotations]
    assert max(lines) == 2
    assert class_chart(rows, 0.1).layout.margin.t >= 2 * 20
