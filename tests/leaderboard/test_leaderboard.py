"""Runs of the same data side by side: order, paired differences, shared cues, hostile names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.comparison.inputs import Side
from auditor.domain.errors import RunError
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.leaderboard import leaderboard
from auditor.leaderboard.ranking import _correlation, _shared
from auditor.reports.leaderboard import (
    board_page,
    render_leaderboard_html,
    render_leaderboard_markdown,
)
from auditor.storage.run import Run
from auditor.wording.catalogue import translator
from tests.comparison.making import side
from tests.fakes.runs import make_run
from tests.fakes.worlds import CUED, World, clean

NAMES = ("cat", "tree", "car")
SICK = World((CUED, *clean(*NAMES)), per_class=32)
WELL = replace(SICK, kinds=(replace(CUED, object=6.0, cue=0.0, nominated=0.1), *clean(*NAMES)))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    home = tmp_path_factory.mktemp("runs")
    return [
        make_run(home / "<b>first", classes=5, hostile=True, images=False),
        make_run(home / "second", classes=5, hostile=True, images=False, retrained=True),
        make_run(home / "third", classes=5, hostile=True, images=False),
    ]


def test_rows_differences_and_pairs_of_stored_runs(runs: list[Run]) -> None:
    board = leaderboard(runs)
    assert [row.run for row in board.rows] == ["second", "<b>first", "third"]
    best, *others = board.rows
    assert best.to_first == {}
    for row in others:
        moved = row.to_first["shortcut_rate"]
        assert moved.basis == "paired"
        assert moved.low is not None
        assert moved.high is not None
        assert moved.low <= (moved.change or 0.0) <= moved.high
    assert board.rows[1].to_first["accuracy"].change == board.rows[2].to_first["accuracy"].change
    assert [(pair.first, pair.second) for pair in board.pairs] == [
        *(("second", "<b>first"), ("second", "third"), ("<b>first", "third"))
    ]
    twins = board.pair("third", "<b>first")
    assert twins is not None
    confirmed = [name for name, cue in best.confirmed.items() if cue is not None]
    assert list(twins.same) == confirmed
    assert (twins.only_first, twins.only_second, twins.correlation) == ((), (), 1.0)
    assert board.pair("third", "third") is None


def test_a_class_that_one_network_alone_relies_on() -> None:
    one, two = named(side(SICK, 0), "one"), named(side(WELL, 0), "two")
    effects = pd.Series([0.1] * 12, index=list("abcdefghijkl"))
    found = _shared(one, two, effects, effects)
    assert (found.same, dict(found.other)) == ((), {})
    assert (found.only_first, found.only_second) == (("boat",), ())
    assert found.confirmed == 1
    assert (found.correlation, found.cases) == (None, 12)  # one value only: nothing to rank


def test_the_same_class_by_another_cue_is_not_the_same() -> None:
    one, two = named(side(SICK, 0), "one"), named(side(SICK, 0), "two")
    classes = two.classes.copy()
    classes["cue"] = classes["cue"].where(classes["class"] != "boat", "border mark")
    empty = pd.Series(dtype="float64")
    assert one.classes.loc["boat", "cue"] is not None
    same = _shared(one, two, empty, empty)
    other = _shared(one, replace(two, classes=classes), empty, empty)
    assert same.same == ("boat",)
    assert other.same == ()
    assert other.other["boat"][0] == one.classes.loc["boat", "cue"]


def named(found: Side, name: str) -> Side:
    return replace(found, name=name)


def test_the_correlations_interval_is_fishers() -> None:
    """n = 28: half the width of z is 1.96 * sqrt(1.06 / 25) = .4036."""
    first = pd.Series(range(28), dtype="float64")
    second = first.copy()
    second.iloc[:14] = first.iloc[:14].to_numpy()[::-1]
    found, low, high = _correlation(pd.concat([first, second], axis=1))
    assert found == pytest.approx(0.75096, abs=1e-4)
    assert (low, high) == (pytest.approx(0.5165, abs=1e-3), pytest.approx(0.8808, abs=1e-3))


def test_every_verdict_is_counted_under_its_own_heading(runs: list[Run]) -> None:
    board = leaderboard(runs)
    counts = {str(verdict): n for n, verdict in enumerate(ClassVerdict, start=1)}
    rows = tuple(replace(row, verdicts=counts) for row in board.rows)
    page = board_page(replace(board, rows=rows), translator("en"))
    expected = {spec.label: counts[verdict] for verdict, spec in CLASS_VERDICTS.items()}
    for line in page.lines:
        assert dict(zip(page.verdict_titles, line.verdicts, strict=True)) == expected


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_from_the_data_stay_text(runs: list[Run], lang: str) -> None:
    board = leaderboard(runs)
    page = render_leaderboard_html(board, lang)
    assert "<b>first" not in page
    assert "&lt;b&gt;first" in page
    assert "src=" not in page
    text = render_leaderboard_markdown(board, lang)
    assert "![](" not in text
    assert "<b>" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 3 + 2 + 3


def test_runs_that_cannot_be_ranked_are_refused(runs: list[Run], tmp_path: Path) -> None:
    elsewhere = make_run(tmp_path / "other", classes=3, images=False)
    prints = elsewhere.manifest["fingerprints"] | {"dataset": "0" * 64}
    changed = Run(elsewhere.path, elsewhere.manifest | {"fingerprints": prints}, elsewhere.summary)
    for wrong in (runs[:1], [runs[0], runs[0]], [runs[0], changed]):
        with pytest.raises(RunError) as caught:
            leaderboard(wrong)
        assert caught.value.code == "leaderboard.not_comparable"


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_the_command_writes_each_form(runs: list[Run], tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"board{suffix}"
    given: list[Any] = ["leaderboard", *(run.path for run in runs), "--out", out, "--json"]
    result = CliRunner().invoke(app, list(map(str, given)))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [row["run"] for row in told["rows"]] == ["second", "<b>first", "third"]
    assert told == leaderboard(runs).to_dict() | {"rows": told["rows"], "pairs": told["pairs"]}
    assert out.stat().st_size > 500
