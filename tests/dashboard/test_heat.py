"""Mean maps and alike cases, against maps drawn by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.domain.errors import RunError
from dashboard.runs.heat import alike, levels, mean_map
from dashboard.runs.queries import Cases, plain_rows
from tests.dashboard.asking import asked
from tests.fakes.runs import make_run

LEFT = [[200, 0], [0, 0]]
RIGHT = [[0, 100], [0, 0]]
FAINT_LEFT = [[2, 0], [1, 0]]
NOTHING = [[0, 0], [0, 0]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return make_run(
        tmp_path_factory.mktemp("runs") / "r", classes=1, per_class=6, images=False
    ).cases()


def drawn(path: Path, template: pd.DataFrame, maps: list[list[list[int]]], **columns: Any) -> Cases:
    rows = template.head(len(maps)).copy()
    rows["case_id"] = [f"case{index}" for index in range(len(maps))]
    rows["cam"] = [np.array(grid, dtype=np.uint8).tobytes() for grid in maps]
    rows["cam_height"] = [len(grid) for grid in maps]
    rows["cam_width"] = [len(grid[0]) for grid in maps]
    rows["cluster"] = None
    for name, values in columns.items():
        rows[name] = values
    table = path / "cases.parquet"
    rows.to_parquet(table)
    return asked(table)


def test_every_map_counts_the_same_however_strong(tmp_path: Path, template: pd.DataFrame) -> None:
    cases = drawn(tmp_path, template, [LEFT, RIGHT, NOTHING])
    found = mean_map(cases, [])
    assert found is not None
    assert found.maps == 2
    assert found.grid == pytest.approx(np.array([[0.5, 0.5], [0, 0]]))
    assert levels(found.grid) == bytes([255, 255, 0, 0])


def test_no_heat_is_no_map(tmp_path: Path, template: pd.DataFrame) -> None:
    assert mean_map(drawn(tmp_path, template, [NOTHING]), []) is None
    assert mean_map(drawn(tmp_path, template, [LEFT]), [("label = ?", ["none"])]) is None


def test_maps_of_another_size_are_left_out(tmp_path: Path, template: pd.DataFrame) -> None:
    found = mean_map(drawn(tmp_path, template, [LEFT, RIGHT, [[9, 9, 9]]]), [])
    assert found is not None
    assert found.grid.shape == (2, 2)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("cam", [None, b"\x05\x00\x00\x00"]),
        ("cam", [b"", b"\x05\x00\x00\x00"]),
        ("cam_height", [None, 2]),
        ("cam_width", [2**62, 2]),
    ],
)
def test_a_map_that_no_audit_writes_is_left_out_and_its_case_is_refused(
    tmp_path: Path, template: pd.DataFrame, column: str, values: list[Any]
) -> None:
    cases = drawn(tmp_path, template, [RIGHT, LEFT], **{column: values})
    found = mean_map(cases, [])
    assert found is not None
    assert found.maps == 1
    assert found.grid == pytest.approx(np.array([[1.0, 0], [0, 0]]))
    with pytest.raises(RunError) as caught:
        cases.case("case0")
    assert caught.value.code == "run.impossible_rows"
    whole = cases.case("case1")
    assert whole is not None
    assert alike(cases, whole, 3) == []


def test_the_mean_object_is_where_the_masks_are(tmp_path: Path, template: pd.DataFrame) -> None:
    found = mean_map(drawn(tmp_path, template, [LEFT, RIGHT]), [])
    assert found is not None
    assert found.objects is not None
    assert found.objects.mean() == pytest.approx(template["object_area"].head(2).mean(), abs=0.02)


def test_alike_cases_have_heat_in_the_same_place(tmp_path: Path, template: pd.DataFrame) -> None:
    cases = drawn(tmp_path, template, [LEFT, RIGHT, FAINT_LEFT, NOTHING, LEFT])
    first = cases.case("case0")
    assert first is not None
    assert alike(cases, first, 10) == ["case4", "case2"]
    assert alike(cases, first, 1) == ["case4"]
    nothing = cases.case("case3")
    assert nothing is not None
    assert alike(cases, nothing, 10) == []


def test_alike_cases_are_of_the_same_cluster(tmp_path: Path, template: pd.DataFrame) -> None:
    cases = drawn(tmp_path, template, [LEFT, LEFT, LEFT], cluster=["a", "b", "a"])
    first = plain_rows(cases.ask("*", [("case_id = ?", ["case0"])]).df())[0]
    assert alike(cases, first, 10) == ["case2"]
