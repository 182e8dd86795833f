"""Cells that no audit writes are refused, whoever brought the digests up to date."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from auditor.domain.errors import RunError
from auditor.imagery.overlay import outline
from auditor.imagery.rle import decode_rle, encode_rle
from auditor.reports.contents import contents_of
from auditor.storage.case_view import case_overlay
from auditor.storage.run import Run, open_run
from dashboard.runs.images import _contour
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("made")
    return make_run(folder / "run", classes=5, per_class=4, hypotheses=True)


def spoiled(made: Run, folder: Path, table: str, column: str, value: Any) -> Path:
    """A copy of a run with one cell changed and its digests made to fit."""
    run = Path(shutil.copytree(made.path, folder / "run"))
    spoil_cell(run / f"{table}.parquet", column, value)
    reseal(run)
    return run


def spoil_cell(path: Path, column: str, value: Any) -> None:
    """Another value in the first row of a column."""
    stored = pq.read_table(path)
    place = stored.schema.get_field_index(column)
    cells = [value, *stored.column(place).to_pylist()[1:]]
    loose = pa.field(column, stored.schema.field(place).type)
    pq.write_table(stored.set_column(place, loose, pa.array(cells, loose.type)), path)


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
        ("cases", "cam_width", 2**62),
        ("cases", "image_height", 2**31),
        ("cases", "image_width", 0),
        ("cases", "peak_ratio", 1e308),
        ("classes", "verdict", "fine"),
        ("classes", "accuracy", -0.5),
        ("classes", "background_effect", float("inf")),
        ("classes", "images", -1),
        ("hypotheses", "standing", "proved"),
        ("hypotheses", "rank", 2**62),
    ],
)
def test_what_no_audit_writes_is_refused(
    made: Run, tmp_path: Path, table: str, column: str, value: Any
) -> None:
    run = open_run(spoiled(made, tmp_path, table, column, value))
    with pytest.raises(RunError) as caught:
        getattr(run, table)()
    assert caught.value.code == "run.impossible_rows"


def test_a_report_refuses_them_too(made: Run, tmp_path: Path) -> None:
    # It reads some rows of the table by itself.
    run = open_run(spoiled(made, tmp_path, "cases", "cam_width", 2**62))
    with pytest.raises(RunError) as caught:
        contents_of(run)
    assert caught.value.code == "run.impossible_rows"


def test_a_picture_is_shown_without_a_map_or_a_mask_that_no_audit_writes() -> None:
    view = Image.new("RGB", (8, 8), (10, 20, 30))
    mask = encode_rle(np.eye(8, dtype=bool))
    good = {"cam": bytes([0, 0, 0, 255]), "cam_height": 2, "cam_width": 2, "mask": mask}
    odd_map = case_overlay(view, good | {"cam_width": 2**62})
    odd_mask = case_overlay(view, good | {"mask": '{"size": [0, 8], "counts": ""}'})
    assert odd_map.tobytes() == outline(view, np.eye(8, dtype=bool)).tobytes()
    assert odd_mask.getpixel((0, 0)) == (10, 20, 30)
    assert odd_mask.getpixel((7, 7)) != (10, 20, 30)


def test_an_image_of_more_pixels_than_any_reader_takes_is_refused(
    made: Run, tmp_path: Path
) -> None:
    path = spoiled(made, tmp_path, "cases", "image_height", 80_000)
    spoil_cell(path / "cases.parquet", "image_width", 80_000)
    reseal(path)
    with pytest.raises(RunError) as caught:
        open_run(path).cases(("case_id", "image_width", "image_height"))
    assert caught.value.code == "run.impossible_rows"
    assert "image" in caught.value.got


def test_rows_that_an_audit_writes_pass(made: Run) -> None:
    pd.testing.assert_frame_equal(open_run(made.path).cases(), made.cases())


@pytest.mark.parametrize(
    "text",
    [
        '{"size": [100000, 100000], "counts": "0"}',
        '{"size": [9223372036854775807, 9223372036854775807], "counts": "0"}',
        '{"size": 5, "counts": "0"}',
        '{"size": [-1, -1], "counts": "1"}',
        '{"size": [0, 5], "counts": "0"}',
        '{"size": [5, 0], "counts": ""}',
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
    mask = pd.Series([True, False] * 20_000).to_numpy(bool).reshape(1, -1)
    drawn = _contour(encode_rle(mask), 640)
    assert drawn is not None
    assert len(drawn) < 2**20
