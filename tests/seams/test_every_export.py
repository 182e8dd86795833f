"""Every table that `auditor export` offers, in every format, opened as a reader would."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.domain.exports import EXPORTS, Export, ReviewFilter
from auditor.domain.schema import SLICE_PREFIX
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from tests.fakes.runs import make_run

FORMULA = tuple("=+-@\t\r")
READ = {
    ".parquet": pd.read_parquet,
    ".jsonl": lambda path: pd.DataFrame(map(json.loads, path.read_text().splitlines())),
    ".xlsx": lambda path: pd.read_excel(path, keep_default_na=False, na_values=[""]),
    ".csv": lambda path: pd.read_csv(path, keep_default_na=False, na_values=[""]),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("runs")
    made = make_run(home / "run", classes=5, hostile=True, hypotheses=True)
    cases = made.cases()["case_id"]
    store = open_store(home)
    store.append(
        Review("run", cases[0], "ann", ReviewDecision.CONFIRMED, "=1+1"),
        Review("run", cases[0], "bob", ReviewDecision.CONFIRMED),
        Review("run", cases[1], "@bob", ReviewDecision.DISMISSED),
    )
    store.close()
    return made


def exported(run: Run, out: Path, *options: str) -> Path:
    result = CliRunner().invoke(app, ["export", str(run.path), "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    return out


@pytest.mark.parametrize("suffix", READ)
@pytest.mark.parametrize("what", Export)
def test_every_table_opens_with_its_columns(
    run: Run, tmp_path: Path, what: Export, suffix: str
) -> None:
    rows = READ[suffix](exported(run, tmp_path / f"out{suffix}", "--what", what))
    blobs = {column.name for column in EXPORTS[what].columns if column.kind == "bytes"}
    expected = [column.name for column in EXPORTS[what].columns]
    if suffix != ".parquet":
        expected = [name for name in expected if name not in blobs]
    found = [name for name in rows.columns if not name.startswith(SLICE_PREFIX)]
    assert found == expected
    assert len(rows) > 0
    for column in EXPORTS[what].columns:
        if not column.nullable and column.name in found:
            assert rows[column.name].notna().all(), column.name


@pytest.mark.parametrize("what", Export)
def test_no_cell_of_a_csv_is_a_formula(run: Run, tmp_path: Path, what: Export) -> None:
    path = exported(run, tmp_path / "out.csv", "--what", what)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            for cell in row:
                number = cell.lstrip("-").replace(".", "").replace("e-", "").isdigit()
                assert number or not cell.startswith(FORMULA), cell


def test_cases_carry_what_reviewers_decided(run: Run, tmp_path: Path) -> None:
    cases = READ[".csv"](exported(run, tmp_path / "out.csv", "--what", "cases"))
    decided = cases[cases["decision"].notna()].set_index("case_id")
    first, second = run.cases()["case_id"][:2]
    assert decided.loc[first, ["decision", "reviewers", "note"]].tolist() == [
        *("confirmed", "ann; bob", "'=1+1")
    ]
    assert decided.loc[first, "agreement"] == 1.0
    assert decided.loc[second, ["decision", "reviewers"]].tolist() == ["dismissed", "'@bob"]
    assert len(decided) == 2


@pytest.mark.parametrize(("review", "rows"), [("confirmed", 1), ("dismissed", 1)])
def test_cases_by_review(run: Run, tmp_path: Path, review: str, rows: int) -> None:
    path = exported(run, tmp_path / "out.csv", "--what", "cases", "--review", review)
    cases = READ[".csv"](path)
    assert len(cases) == rows
    assert set(cases["decision"]) == {review}
    rest = exported(run, tmp_path / "rest.csv", "--what", "cases", "--review", "unreviewed")
    assert len(READ[".csv"](rest)) == len(run.cases()) - 2
    assert set(ReviewFilter) == {"confirmed", "dismissed", "unreviewed"}


def test_actions_list_images_of_the_run(run: Run, tmp_path: Path) -> None:
    actions = READ[".csv"](exported(run, tmp_path / "out.csv", "--what", "actions"))
    images = set(run.cases()["image"])
    listed = [json.loads(files) for files in actions["files"].dropna()]
    assert listed
    assert all(set(files) <= images for files in listed)
    about = actions[actions["kind"] == "mask"]
    assert [len(json.loads(files)) for files in about["files"]] == about["count"].tolist()
