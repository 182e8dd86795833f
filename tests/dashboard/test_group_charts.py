"""Figures of groups, changes and progress, from values written by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from auditor.comparison.differences import Difference
from auditor.comparison.model import ClassChange, Reading
from auditor.findings.verdicts.rates import Rate
from dashboard.charts.breakdown import Band
from dashboard.charts.changes import THICK, THIN, change_chart
from dashboard.charts.groups import group_chart, size_chart
from dashboard.charts.progress import progress_chart

GROUPS = pd.DataFrame(
    [
        ("cat", "day", 100, 70, 40, 10),
        ("cat", "night", 9, 0, 3, 3),
        ("<b>dog</b>", "day", 20, 20, 0, 0),
    ],
    columns=["label", "value", "images", "right", "tested", "shortcuts"],
)
NOBODY = Rate(None, None, None, 0)


def test_cells_are_shares_and_small_groups_have_no_colour() -> None:
    heat, cells = group_chart(GROUPS, "wrong").data
    grid = np.asarray(heat.z, dtype=float)
    assert grid[0].tolist() == pytest.approx([0.0, np.nan], nan_ok=True)
    assert grid[1].tolist() == pytest.approx([0.3, np.nan], nan_ok=True)
    assert list(cells.text) == ["30%", "(100%)", "0%"]
    assert cells.customdata[0].tolist() == ["cat", "day"]
    assert "30 / 100" in cells.hovertext[0]
    assert [hover.count("<br>") for hover in cells.hovertext] == [1, 2, 1]  # one has too few
    assert "<b>dog</b></b>" not in cells.hovertext[2]


def test_shortcuts_are_a_share_of_the_tested() -> None:
    _, cells = group_chart(GROUPS, "shortcut").data
    assert list(cells.text) == ["25%", "(100%)", "–"]


def test_bands_leave_out_what_cannot_be_said() -> None:
    band = Band("Small", 0.1, 0.2, 12, 0, Rate(0.75, 0.5, 0.9, 10), NOBODY, NOBODY, None)
    right, nominated, shortcut = size_chart([band]).data
    assert list(right.y) == [0.75]
    assert list(right.error_y.array) == pytest.approx([0.15])
    assert list(right.error_y.arrayminus) == pytest.approx([0.25])
    assert list(nominated.y) == list(shortcut.y) == []


def test_a_change_beyond_the_noise_is_thick() -> None:
    sure = Difference(0.6, 0.1, -0.5, -0.6, -0.4, p_value=1e-6, q_value=1e-6)
    chance = Difference(0.11, 0.12, 0.01, -0.1, 0.1, p_value=0.8, q_value=0.8)
    unknown = Difference(None, 0.3)
    assert (sure.noise, chance.noise) == (False, True)
    changes = [
        ClassChange(
            name=name,
            base_verdict="confirmed",
            new_verdict="clean",
            images=(9, 9),
            tested=(9, 9),
            measures={"background_effect": difference},
            worse=(),
            better=(),
            reading=reading,
        )
        for name, difference, reading in (
            ("cat", sure, Reading.BETTER),
            ("dog", chance, Reading.SAME),
            ("cow", unknown, Reading.JUDGED),
        )
    ]
    figure = change_chart(changes)
    lines = [shape.line.width for shape in figure.layout.shapes if shape.y0 == shape.y1]
    assert lines == [THICK, THIN]
    before, after = figure.data
    assert list(before.x) == [0.6, 0.11]
    assert list(after.x) == [0.1, 0.12, 0.3]
    assert all(symbol.endswith("-open") for symbol in before.marker.symbol)


def test_progress_bars_add_up_to_the_cases() -> None:
    counts = pd.DataFrame(
        [("cat", "confirmed", 3), ("cat", "unreviewed", 4), ("dog", "unsure", 2)],
        columns=["label", "review", "cases"],
    )
    figure = progress_chart(counts, ["dog", "cat", "cow"])
    assert list(figure.layout.yaxis.ticktext) == ["dog", "cat"]
    bars = {trace.name: list(trace.x) for trace in figure.data}
    assert bars == {
        "Shortcut": [0, 3],
        "No shortcut": [0, 0],
        "Unsure": [2, 0],
        "Not reviewed": [0, 4],
    }
