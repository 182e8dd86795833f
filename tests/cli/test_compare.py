"""`auditor compare` on a terminal, in a file, for machines; and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.comparison.compare import compare
from auditor.reports import render_comparison_html
from auditor.reports.changes import changes_of
from auditor.storage.run import open_run
from tests.cli.conftest import Command
from tests.fakes.run_cases import HOSTILE_NAMES
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: the later one knows a class more, and its data are other pictures."""
    home = tmp_path_factory.mktemp("runs")
    make_run(home / "before", classes=5, images=False)
    make_run(home / "after", classes=6, seed=1, images=False)
    make_run(home / "wild", classes=6, images=False, hostile=True)
    make_run(home / "wilder", classes=5, seed=1, images=False, hostile=True)
    return home


def test_a_terminal_is_told_what_changed(command: Command, home: Path) -> None:
    done = command("compare", home / "before", home / "after")
    assert done.code == 0
    assert "before → after: " in done.out
    assert "New (1): " in " ".join(done.out.split())
    assert "(−" in next(line for line in done.out.splitlines() if line.startswith("Accuracy"))
    assert "seed: 0 → 1" in done.out


def test_the_same_run_twice_is_the_same(command: Command, home: Path) -> None:
    done = command("compare", home / "before", home / "before")
    first, *rest = done.out.splitlines()
    before = open_run(home / "before")
    same = changes_of(compare(before, before))
    assert first == f"before → before: {same.sentence}"
    assert (same.classes, same.explanations) == ((), ())
    assert len(rest) == len(same.overall) + 2  # the images, and that nothing differs


def test_json_is_the_whole_comparison(command: Command, home: Path) -> None:
    done = command("compare", home / "before", home / "after", "--json")
    assert json.loads(done.out)["readings"]["new"] == 1


@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_a_file_by_its_suffix(command: Command, home: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"changes.{suffix}"
    done = command("compare", home / "before", home / "after", "--out", out, "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    text = out.read_text(encoding="utf-8")
    assert text.startswith({"html": "<!doctype html>", "md": "# What changed", "json": "{"}[suffix])
    assert "tractor" in text
    assert "NaN" not in text


def test_names_from_the_data_are_text(command: Command, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "changes.html"
    command("compare", home / "wild", home / "wilder", "--out", out, "--quiet")
    html = out.read_text(encoding="utf-8")
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x" in html or HOSTILE_NAMES[0] not in html
    command("compare", home / "wild", home / "wilder", "--out", tmp_path / "c.md", "--quiet")
    assert "![](http" not in (tmp_path / "c.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "before"], "no such folder"),
        (["before", "wild"], "nothing in common"),
        (["before", "after", "--out", "changes.pdf"], ".html or .md or .json"),
        (["before", "after", "--out", "nowhere/changes.md"], "cannot be written"),
    ],
)
def test_what_cannot_be_compared_leaves_with_2(
    command: Command, home: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    done = command("compare", *words)
    assert done.code == 2
    assert said in done.err
    assert "remedy" in done.err


def test_a_page_fits_and_asks_for_nothing(home: Path) -> None:
    from auditor.comparison import compare
    from auditor.storage.run import open_run

    html = render_comparison_html(compare(open_run(home / "before"), open_run(home / "after")))
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert "http" not in html.split("</style>")[1]
