"""A run folder is hostile input: rows that no audit writes are told, not drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.errors import RunError
from auditor.storage.rows import check_frame
from auditor.storage.run import Run
from dashboard.components.gallery import card
from dashboard.runs.filters import Filters
from dashboard.runs.queries import plain_rows
from tests.dashboard import asking
from tests.fakes.runs import make_run

NAN = float("nan")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "r", classes=2, per_class=4)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("severity", NAN, "severity"),
        ("severity", None, "severity"),
        ("severity", 2.0, "severity"),
        ("confidence", None, "confidence"),
        ("verdict", None, "verdict"),
        ("verdict", "guilty", "guilty"),
        ("cam_height", 2**31, "heat map"),
        ("image_width", -1, "image"),
    ],
)
def test_a_row_that_no_audit_writes_is_refused_by_name(
    run: Run, tmp_path: Path, column: str, value: object, told: str
) -> None:
    table = pq.read_table(run.table_path("cases"))
    place = table.schema.get_field_index(column)
    kind = table.schema.field(place).type
    spoilt = pa.array([value] * len(table), kind)
    pq.write_table(table.set_column(place, pa.field(column, kind), spoilt), tmp_path / "c.parquet")
    cases = asking.asked(tmp_path / "c.parquet")
    with pytest.raises(RunError) as caught:
        cases.page(cases.ranks(Filters()))
    assert caught.value.code == "run.impossible_rows"
    assert told in str(caught.value.got)


def test_what_an_audit_writes_is_drawn(run: Run) -> None:
    cases = asking.asked(run.table_path("cases"))
    rows = plain_rows(cases.page(cases.ranks(Filters())))
    json.dumps([card(row, run.metadata) for row in rows], allow_nan=False)
    assert len(rows) == 8
    assert cases.case(rows[0]["case_id"]) is not None


def test_null_is_nan_in_a_frame_and_another_type_is_a_fault() -> None:
    check_frame(Path("c"), "cases", pd.DataFrame({"iou": [0.5, NAN], "other": ["a", "b"]}))
    check_frame(Path("c"), "cases", pd.DataFrame({"nominated": [True, None]}))
    for spoilt in ({"iou": ["a"]}, {"case_id": [5]}, {"correct": [None]}):
        with pytest.raises(RunError) as caught:
            check_frame(Path("c"), "cases", pd.DataFrame(spoilt))
        assert caught.value.code == "run.impossible_rows"
