"""Cells that no audit writes are refused, whoever brought the digests up to date."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.errors import RunError
from auditor.imagery.rle import decode_rle
from auditor.storage.run import Run, open_run
from dashboard.runs.images import _contour
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "run", classes=3, per_class=4)


def spoiled(made: Run, folder: Path, table: str, column: str, value: Any) -> Path:
    """A copy of a run with one cell changed and its digests made to fit."""
    run = Path(shutil.copytree(made.path, folder / "run"))
    path = run / f"{table}.parquet"
    stored = pq.read_table(path)
    place = stored.schema.get_field_index(column)
    cells = [value, *stored.column(place).to_pylist()[1:]]
    loose = pa.field(column, stored.schema.field(place).type)
    pq.write_table(stored.set_column(place, loose, pa.array(cells, loose.type)), path)
    reseal(run)
    return run


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("cases", "verdict", "unheard-of"),
        ("cases", "mask_source", ""),
        ("cases", "severity", 1.5),
        ("cases", "severity", None),
        ("cases", "confidence", float("nan")),
        ("cases", "correct", None),
        ("cases", "cam_height", 2**62),
        ("cases", "cam_height", 0),
        ("cases", "cam", b"x" * 100_000),
        ("cases", "peak_ratio", 1e308),
        ("classes", "verdict", "fine"),
        ("classes", "accuracy", -0.5),
        ("classes", "background_effect", float("inf")),
    ],
)
def test_what_no_audit_writes_is_refused(
    made: Run, tmp_path: Path, table: str, column: str, value: Any
) -> None:
    run = open_run(spoiled(made, tmp_path, table, column, value))
    with pytest.raises(RunError) as caught:
        run.cases() if table == "cases" else run.classes()
    assert caught.value.code == "run.impossible_rows"


def test_rows_that_an_audit_writes_pass(made: Run) -> None:
    pd.testing.assert_frame_equal(open_run(made.path).cases(), made.cases())


@pytest.mark.parametrize(
    "text",
    [
        '{"size": [100000, 100000], "counts": "0"}',
        '{"size": [9223372036854775807, 9223372036854775807], "counts": "0"}',
        '{"size": 5, "counts": "0"}',
        '{"size": [-1, -1], "counts": "1"}',
        '{"size": ["1e9", 1], "counts": "1"}',
        '{"counts": ""}',
        "[" * 100_000,
    ],
)
def test_a_mask_that_claims_gigabytes_is_no_mask(text: str) -> None:
    with pytest.raises(ValueError, match="mask"):
        decode_rle(text)
    assert _contour(text, 640) is None


def test_a_mask_of_one_row_is_not_drawn_as_billions_of_pixels() -> None:
    from auditor.imagery.rle import encode_rle

    mask = pd.Series([True, False] * 20_000).to_numpy(bool).reshape(1, -1)
    drawn = _contour(encode_rle(mask), 640)
    assert drawn is not None
    assert len(drawn) < 2**20
