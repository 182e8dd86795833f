"""How tables lie on the disk: row groups, compression, what is left out; parts by their names."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.errors import AuditInterrupted, RunError
from auditor.domain.schema import names
from auditor.storage import parts as module
from auditor.storage.csv_text import csv_bytes, guard, holds_bytes, read_text_csv, unguard
from auditor.storage.digests import beside
from auditor.storage.parts import Parts
from auditor.storage.run import open_run
from auditor.storage.tables import (
    parquet_options,
    read_parquet,
    read_table,
    to_arrow,
    to_arrow_part,
    to_frame,
    unreadable,
    with_added_columns,
    write_parquet,
)
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run


@pytest.mark.parametrize(
    ("table", "rows", "groups"),
    [("cases", 5_000, 1), ("cases", 5_001, 2), ("evidence", 64, 1), ("evidence", 65, 2),
     ("classes", 50_000, 1), ("classes", 50_001, 2)],
)  # fmt: skip
def test_row_groups_are_small(tmp_path: Path, table: str, rows: int, groups: int) -> None:
    write_parquet(pa.table({"a": pa.array(range(rows))}), tmp_path / "x", table=table)
    assert pq.read_metadata(tmp_path / "x").num_row_groups == groups


def test_blobs_and_masks_have_neither_dictionary_nor_bounds(tmp_path: Path) -> None:
    table = pa.table({"cam": [b"x"] * 9, "mask": ["m"] * 9, "label": ["cat"] * 9})
    options = parquet_options(table.schema)
    assert options["use_dictionary"] == ["label"]
    assert options["write_statistics"] == ["label"]
    assert options["write_page_checksum"] is True
    write_parquet(table, tmp_path / "x", table="cases")
    columns = pq.read_metadata(tmp_path / "x").row_group(0)
    stored = {columns.column(i).path_in_schema: columns.column(i) for i in range(3)}
    assert {name for name, each in stored.items() if each.is_stats_set} == {"label"}
    assert {each.compression for each in stored.values()} == {"ZSTD"}


def test_a_flipped_bit_of_a_page_is_refused(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"a": ["abcdefgh"] * 99}),
        tmp_path / "x",
        compression="none",
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    )
    content = bytearray((tmp_path / "x").read_bytes())
    content[content.index(b"abcdefgh")] ^= 1
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(OSError, match="CRC"):
        read_parquet(tmp_path / "x")


def test_frames_have_the_types_that_their_nulls_ask_for() -> None:
    table = pa.table(
        {
            "flag": [True, False],
            "maybe": [True, None],
            "count": [1, 2],
            "some": pa.array([1, None], pa.int64()),
            "share": [0.5, None],
            "text": ["a", None],
        }
    )
    for used_up in (False, True):
        frame = to_frame(table.combine_chunks() if used_up else table, used_up=used_up)
        kinds = {str(name): str(kind) for name, kind in frame.dtypes.items()}
        assert (kinds["flag"], kinds["maybe"]) == ("bool", "boolean")
        assert (kinds["count"], kinds["some"]) == ("int64", "Int64")
        assert kinds["share"] == "float64"
        assert list(frame.columns) == table.column_names
        assert frame["flag"].tolist() == [True, False]
        assert frame["count"].tolist() == [1, 2]
        assert frame["some"].isna().tolist() == [False, True]


def test_columns_that_came_later_stand_where_they_belong() -> None:
    first, second, third = names("slices")[:3]
    bare = pa.table({first: ["a"], third: [1]})
    found = with_added_columns(bare, "slices")
    assert found.column_names == names("slices")
    assert found[second].to_pylist() == [None]
    few = with_added_columns(bare, "slices", (first, second))
    assert few.column_names[:2] == [first, second]
    assert set(few.column_names) == {first, second, third}


def test_only_the_asked_columns_are_read_and_every_slice(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=2, per_class=3, images=False)
    found = run.cases(("case_id", "label"))
    assert list(found.columns) == ["case_id", "label", "slice_camera", "slice_night"]
    assert len(found) == 6
    case = str(found["case_id"].iloc[2])
    assert run.case(case)["case_id"] == case
    with pytest.raises(RunError) as caught:
        run.case("nobody")
    assert (caught.value.code, caught.value.got) == ("run.unknown_case", "'nobody'")
    assert run.trials().empty
    assert list(run.trials().columns) == names("trials")
    assert run.hypotheses().empty
    rows = read_table(run.table_path("cases"), "cases", filters=[("case_id", "==", case)])
    assert rows["case_id"].tolist() == [case]


def test_a_table_that_the_manifest_lists_and_that_is_gone_is_no_empty_one(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=5, per_class=3, images=False, hypotheses=True)
    assert len(run.hypotheses()) == 2
    (run.path / "hypotheses.parquet").unlink()
    with pytest.raises(RunError) as caught:
        open_run(run.path, lazily=True).hypotheses()
    assert caught.value.code == "run.damaged"


def test_why_a_table_cannot_be_read_is_one_line() -> None:
    assert unreadable(Path("a.parquet"), ValueError("first\nsecond")).got == "first"
    missing = unreadable(Path("a.parquet"), FileNotFoundError("a.parquet"))
    assert missing.got != "a.parquet"
    assert missing.code == "run.unreadable"


def test_types_that_a_part_does_not_have_are_the_schemas() -> None:
    frame = pd.DataFrame({"case_id": ["a"], "iou": [None], "slice_site": [None], "helper": [3]})
    schema = to_arrow_part("cases", frame).schema
    assert schema.field("iou").type == pa.float64()
    assert schema.field("slice_site").type == pa.string()
    assert schema.field("helper").type == pa.int64()
    assert to_arrow_part("other", frame).schema.field("helper").type == pa.int64()


def test_evidence_is_stored_by_case(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=1, per_class=3)
    mixed = run.evidence().sample(frac=1.0, random_state=2, ignore_index=True)
    stored = to_arrow("evidence", mixed).to_pandas()
    assert stored["case_id"].is_monotonic_increasing
    # What was made of one case stays in its order.
    for case, rows in stored.groupby("case_id"):
        own = mixed[mixed["case_id"] == case]["intervention"]
        assert rows["intervention"].tolist() == own.tolist()


def test_parts_are_named_by_stage_and_number(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    for index in (10, 2):
        parts.write("cases", index, pd.DataFrame({"case_id": [f"c{index}"]}))
    parts.write("cases-more", 0, pd.DataFrame({"case_id": ["x"]}))
    assert [path.name for path in parts.paths("cases")] == [
        "cases-000002.parquet",
        "cases-000010.parquet",
    ]
    assert [frame["case_id"].tolist() for frame in parts.each("cases")] == [["c2"], ["c10"]]
    (few,) = list(parts.each("cases-more", ("label",)))
    assert list(few.columns) == []
    parts.remove("cases")
    assert {path.name for path in tmp_path.iterdir()} == {
        "cases-more-000000.parquet",
        beside(parts.path("cases-more", 0)).name,
    }


def test_repeating_text_is_read_as_categories_where_columns_are_chosen(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    rows = {"case_id": ["a", "b"], "label": ["cat", "cat"], "slice_site": ["x", "x"]}
    parts.write("cases", 0, pd.DataFrame(rows))
    light = parts.read("cases", ("case_id", "label"))
    kinds = {name: isinstance(light[name].dtype, pd.CategoricalDtype) for name in light}
    assert kinds == {"case_id": False, "label": True, "slice_site": True}
    whole = parts.read("cases")
    assert not isinstance(whole["label"].dtype, pd.CategoricalDtype)
    assert parts.read("nothing").empty
    assert list(parts.read("nothing").columns) == []


def test_parts_are_waited_for_once_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(tmp_path)
    clock, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds
        if len(slept) == 3:
            parts.write("cases", 0, pd.DataFrame({"case_id": ["a"]}))

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", sleep)
    parts.expect("cases", [0])
    assert slept == [1.0] * 3
    slept.clear()
    with pytest.raises(AuditInterrupted) as caught:
        parts.expect("cases", [0, 7])
    assert caught.value.code == "run.parts_missing"
    assert "cases-000007.parquet" in caught.value.got
    assert "2" in caught.value.expected
    assert len(slept) == module.PATIENCE + 1


def test_cells_that_a_spreadsheet_runs_are_quoted_once_and_come_back(tmp_path: Path) -> None:
    for text in ("=1", "+1", "-1", "@a", "\ta", "\ra", "'=1", "''=1"):
        assert guard(text) == f"'{text}"
        assert unguard(f"'{text}") == text
    for text in ("a=1", "'a", "", "1", "'"):
        assert guard(text) == text
        assert unguard(text) == text
    assert guard(-1) == -1
    frame = pd.DataFrame({"=a": ["=1", None], "n": [-1.5, 2.0], "cam": [None, None]})
    content = csv_bytes(frame)
    assert content == b"'=a,n\n'=1,-1.5\n,2.0\n"
    (tmp_path / "x.csv").write_bytes(content)
    assert read_text_csv(tmp_path / "x.csv").to_dict("list") == {
        "=a": ["=1", ""],
        "n": ["-1.5", "2.0"],
    }
    assert holds_bytes(pd.Series([None, b"x"], dtype=object, name="a"))
    assert not holds_bytes(pd.Series(["x"], dtype=object, name="a"))
    assert holds_bytes(pd.Series([1.0], name="picture"))
    assert np.isfinite(frame["n"]).all()


def test_skips_of_an_earlier_version_have_no_code(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=1, per_class=1, images=False)
    assert list(run.skipped().columns) == names("skipped")
    (run.path / "skipped.csv").write_bytes(b"image,reason\na.jpg,empty file\n")
    reseal(run.path)
    (row,) = open_run(run.path).skipped().to_dict("records")
    assert row == {
        "image": "a.jpg",
        "reason": "empty file",
        "reason_code": "",
        "reason_numbers": "",
    }
    (run.path / "skipped.csv").write_bytes(b"image\na.jpg\n")
    reseal(run.path)
    with pytest.raises(RunError) as caught:
        open_run(run.path).skipped()
    assert caught.value.code == "run.unreadable"
