"""The report of a run tells what changed since the one before, where one lies beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.comparison.last import last_run, since_last
from auditor.domain.manifest import Fingerprints
from auditor.reports import render_html, render_markdown
from auditor.reports.contents import contents_of
from tests.fakes.runs import make_run

DAYS = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three nights of one dataset; the names sort against the time."""
    home = tmp_path_factory.mktemp("runs")
    for name, day, classes in zip("cba", DAYS, (5, 5, 6), strict=True):
        make_run(home / name, classes=classes, images=False, created=day)
    return home


def test_the_last_run_is_the_newest_earlier_one(home: Path) -> None:
    from auditor.storage.run import open_run

    runs = {name: open_run(home / name) for name in "abc"}
    found = {name: last_run(run.path, run.metadata) for name, run in runs.items()}
    assert {name: each and each.name for name, each in found.items()} == {
        "a": "b",
        "b": "c",
        "c": None,
    }


def test_another_dataset_is_no_last_run(home: Path) -> None:
    from auditor.storage.run import open_run

    run = open_run(home / "a")
    other = replace(
        run.metadata, fingerprints=Fingerprints("other"), config={"data": {"path": "x"}}
    )
    assert last_run(run.path, other) is None


def test_html_and_markdown_tell_it(home: Path) -> None:
    from auditor.storage.run import open_run

    run = open_run(home / "a")
    contents = contents_of(run)
    since = since_last(run)
    page = render_html(contents, since=since)
    assert (
        page.index('id="since"') < page.index("<b>b</b> (2026-03-02)") < page.index('id="classes"')
    )
    text = render_markdown(contents, since=since)
    assert re.search(r"^## .* \(b\)$", text, re.MULTILINE)
    first = open_run(home / "c")
    assert since_last(first) is None
    assert 'id="since"' not in render_html(contents_of(first))


def test_a_broken_run_beside_it_is_no_reason_to_fail(home: Path, tmp_path: Path) -> None:
    from auditor.storage.run import open_run

    make_run(tmp_path / "old", classes=5, images=False, created=DAYS[0])
    cases = tmp_path / "old" / "cases.parquet"
    whole = cases.read_bytes()
    # The footer can be read, the rows cannot.
    cases.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    new = make_run(tmp_path / "new", classes=5, images=False, created=DAYS[1])
    assert last_run(new.path, new.metadata) is not None
    assert since_last(open_run(new.path)) is None
