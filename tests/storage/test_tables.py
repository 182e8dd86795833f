from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from auditor.domain.errors import RunError
from auditor.domain.schema import names
from auditor.storage.run import Run
from auditor.storage.tables import (
    conform,
    read_table,
    to_arrow,
    to_arrow_part,
    to_frame,
    write_parquet,
)
from tests.fakes.coded import raises_coded
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "run", per_class=12, images=False)


@pytest.fixture
def cases(made: Run) -> pd.DataFrame:
    return made.cases()


def test_nan_and_none_become_null_and_no_number_moves(cases: pd.DataFrame) -> None:
    cases.loc[3, "relevance_skill"] = np.nan
    cases.loc[4, "background_effect"] = np.nextafter(0.1, 1.0)
    arrow = to_arrow("cases", cases)
    assert arrow.column("relevance_skill")[3].as_py() is None
    assert arrow.column("background_effect")[4].as_py() == np.nextafter(0.1, 1.0)
    assert not np.isnan([v for v in arrow.column("iou").to_pylist() if v is not None]).any()


@pytest.mark.parametrize(
    "flags",
    [
        pd.Series([True, False, None], dtype=object),
        pd.Series([True, False, np.nan], dtype=object),
        pd.Series([True, False, pd.NA], dtype="boolean"),
        pd.Series([1.0, 0.0, np.nan]),
    ],
)
def test_every_way_of_saying_an_unknown_flag(cases: pd.DataFrame, flags: pd.Series) -> None:
    three = cases.head(3).assign(nominated=flags.to_numpy())
    assert to_arrow("cases", three).column("nominated").to_pylist() == [True, False, None]


@pytest.mark.parametrize("name", ["severity", "reason", "sampled", "cam"])
def test_a_null_where_none_is_allowed_names_the_column(cases: pd.DataFrame, name: str) -> None:
    cases[name] = cases[name].astype(object)
    cases.loc[[1, 2], name] = None
    with raises_coded(RunError, "run.table_does_not_fit", f"'{name}'", "2 of 48"):
        to_arrow("cases", cases)


def test_a_missing_column_is_null_or_a_fault(cases: pd.DataFrame) -> None:
    assert to_arrow("cases", cases.drop(columns="cluster")).column("cluster").null_count == 48
    with pytest.raises(RunError) as caught:
        to_arrow("cases", cases.drop(columns="severity"))
    assert caught.value.code == "run.table_does_not_fit"


def test_only_slices_may_stand_beside_the_frozen_columns(cases: pd.DataFrame) -> None:
    wide = cases.assign(slice_site="north")
    assert to_arrow("cases", wide).column_names[-1] == "slice_site"
    with pytest.raises(RunError) as caught:
        to_arrow("cases", cases.assign(helper=1))
    assert caught.value.code == "run.table_does_not_fit"
    with pytest.raises(RunError) as caught:
        to_arrow("slices", pd.DataFrame({"slice_site": ["north"]}))
    assert caught.value.code == "run.table_does_not_fit"


def test_a_value_of_the_wrong_kind_names_the_column(cases: pd.DataFrame) -> None:
    with pytest.raises(RunError) as caught:
        to_arrow("cases", cases.assign(confidence="high"))
    assert caught.value.code == "run.table_does_not_fit"


def test_worst_first_and_ties_by_case_id(cases: pd.DataFrame) -> None:
    mixed = cases.assign(severity=[0.5, 0.9] * 24).sample(frac=1.0, random_state=1)
    stored = conform("cases", mixed)
    assert stored["severity"].tolist() == [0.9] * 24 + [0.5] * 24
    for _, tied in stored.groupby("severity"):
        assert tied["case_id"].is_monotonic_increasing


def test_what_is_read_is_what_was_written(tmp_path: Path, cases: pd.DataFrame) -> None:
    path = tmp_path / "cases.parquet"
    write_parquet(to_arrow("cases", cases), path, table="cases")
    pd.testing.assert_frame_equal(read_table(path, "cases"), cases)
    pd.testing.assert_frame_equal(conform("cases", cases), cases)


def test_frames_have_plain_types_where_nothing_can_be_null(cases: pd.DataFrame) -> None:
    assert cases["sampled"].dtype == bool
    assert cases["tested"].dtype == bool
    assert cases["nominated"].dtype == "boolean"
    said = conform("cases", cases[cases["nominated"].notna()])
    assert said["nominated"].dtype == bool
    assert cases["image_width"].dtype == np.int64
    assert cases["severity"].dtype == np.float64
    assert isinstance(cases["cam"][0], bytes)


def test_the_worst_page_reads_a_small_part_of_a_large_file(
    tmp_path: Path, cases: pd.DataFrame
) -> None:
    many = pd.concat([cases] * 250, ignore_index=True)
    path = tmp_path / "cases.parquet"
    write_parquet(to_arrow("cases", many), path, table="cases")
    metadata = pq.ParquetFile(path).metadata
    assert metadata.num_row_groups == 3
    severity = metadata.schema.names.index("severity")
    bounds = [
        metadata.row_group(i).column(severity).statistics for i in range(metadata.num_row_groups)
    ]
    assert all(bounds[i].min >= bounds[i + 1].max for i in range(2))
    assert metadata.row_group(0).column(severity).compression == "ZSTD"
    mask = metadata.schema.names.index("mask")
    assert not metadata.row_group(0).column(mask).is_stats_set


def test_a_part_may_lack_columns_and_hold_helpers() -> None:
    part = to_arrow_part(
        "cases", pd.DataFrame({"case_id": ["a"], "cluster": [None], "helper": [3]})
    )
    assert [str(field.type) for field in part.schema] == ["string", "string", "int64"]


def test_an_empty_table_keeps_its_types() -> None:
    frame = to_frame(to_arrow("slices", pd.DataFrame(columns=names("slices"))))
    assert frame.empty
    assert frame["images"].dtype == np.int64
    assert frame["worst_group"].dtype == bool


@pytest.mark.parametrize("content", [b"", b"PAR1 but not really", None])
def test_a_broken_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "cases.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RunError) as caught:
        read_table(path, "cases")
    assert caught.value.code == "run.unreadable"
