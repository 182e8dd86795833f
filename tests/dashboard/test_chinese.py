"""Every page in Chinese: no English sentence of ours is left, nor in an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.storage.run import Run
from tests.dashboard.apps import Open
from tests.fakes.worded import make_worded_run
from tests.seams.english_left import app_texts, english

PAGES = (
    *("gallery", "overview", "case", "classes", "slices", "compare"),
    *("reviews", "reports", "runs", "team", "data", "patches", "map"),
)


@pytest.fixture(scope="module")
def worded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zh") / "runs"
    make_worded_run(folder / "first", classes=6, per_class=6, images=True)
    make_worded_run(folder / "second", classes=5, per_class=6)
    return folder


@pytest.mark.parametrize(
    ("run", "page"),
    [*(("first", page) for page in PAGES), ("second", "gallery"), ("second", "classes")],
)
def test_a_page(page: str, run: str, show: Open, worded: Path) -> None:
    app = show(worded, page, run=run, lang="zh")
    assert not app.exception
    assert english(app_texts(app)) == []


@pytest.mark.parametrize("page", ["gallery", "runs"])
def test_a_run_that_cannot_be_read(page: str, show: Open, fresh: Run) -> None:
    (fresh.path / "cases.parquet").write_bytes(b"PAR1 not really")
    app = show(fresh.path.parent, page, lang="zh")
    assert not app.exception
    assert english(app_texts(app)) == []


def test_no_run_at_all(show: Open, tmp_path: Path) -> None:
    app = show(tmp_path, "gallery", lang="zh")
    assert english(app_texts(app)) == []
