"""What a run's files may claim: each bound holds at its edge and is refused beyond it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.bounds import MOST_CELLS, MOST_JSON_DEPTH, MOST_SIDE
from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.preprocess import Preprocess
from auditor.domain.reasons import Reason
from auditor.imagery.decode import MAX_PIXELS
from auditor.storage import checks
from auditor.storage.checks import check_table, held_to, manifest_in, no_run, read_json
from auditor.storage.manifest import manifest_values, read_manifest
from auditor.storage.rows import MOST_VALUE, ROUNDING, check_rows
from auditor.storage.run import Run, open_run
from auditor.storage.schema import arrow_schema, is_slice
from tests.fakes.coded import raises_coded
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "run", classes=1, per_class=2, images=False)


def fault(table: str = "cases", **columns: Any) -> str | None:
    """What is said of a row of these columns; None where it passes."""
    rows = pa.table({name: [value] for name, value in columns.items()})
    try:
        check_rows(Path("x.parquet"), table, rows)
    except RunError as error:
        return error.got
    return None


@pytest.mark.parametrize(
    ("low", "high", "columns"),
    [
        (1, MOST_CELLS, ("cam_height",)),
        (1, MOST_CELLS, ("cam_width",)),
        (1, MAX_PIXELS, ("image_height",)),
        (1, MAX_PIXELS, ("image_width",)),
    ],
)
def test_sides_hold_at_their_edges(low: int, high: int, columns: tuple[str, ...]) -> None:
    for name in columns:
        assert fault(**{name: low}) is None
        assert fault(**{name: high}) is None
        assert fault(**{name: low - 1}) is not None
        told = fault(**{name: high + 1})
        assert told is not None
        assert f"1..{high}" in told


def test_areas_hold_at_their_edges() -> None:
    assert fault(image_height=1, image_width=MAX_PIXELS) is None
    assert fault(image_height=2, image_width=MAX_PIXELS // 2 + 1) is not None
    assert fault(cam_height=256, cam_width=256) is None
    assert fault(cam_height=257, cam_width=256) is not None
    # Null is told as missing, not as a size.
    assert str(fault(cam_height=pa.scalar(None, pa.int64()))).startswith("cam_height ")


def test_a_map_has_the_bytes_of_its_size() -> None:
    size = {"cam_height": 2, "cam_width": 3}
    assert fault(cam=b"123456", **size) is None
    for cam in (b"12345", b"1234567", b""):
        assert fault(cam=cam, **size) is not None
    assert fault(cam=b"12345", cam_height=2) is None


def test_shares_hold_at_their_edges() -> None:
    for value in (0.0, 1.0, -ROUNDING / 2, 1.0 + ROUNDING / 2):
        assert fault(severity=value) is None
        assert fault("slices", accuracy=value) is None
    for value in (-2 * ROUNDING, 1.0 + 2 * ROUNDING):
        assert str(fault(severity=value)).startswith("severity ")
        assert str(fault("classes", shortcut_rate=value)).startswith("shortcut_rate ")


def test_numbers_hold_at_their_edges() -> None:
    for value in (MOST_VALUE, -MOST_VALUE):
        assert fault("classes", background_effect=value) is None
        assert str(fault("classes", background_effect=2 * value)).startswith("background_effect ")
    assert fault("classes", images=0) is None
    assert fault("classes", images=int(MOST_VALUE)) is None
    for count in (-1, int(MOST_VALUE) + 1):
        assert str(fault("classes", images=count)).startswith("images ")


def test_words_are_those_of_the_domain() -> None:
    assert fault(verdict="shortcut", mask_source="none") is None
    assert fault(verdict="x" * 50) == f"verdict {'x' * 40!r}"
    assert fault("hypotheses", standing="open") is None
    assert fault("hypotheses", standing="Open") == "standing 'Open'"
    # Columns of another table, or of none, are not looked at.
    assert fault("slices", standing="Open", images=1) is None


def test_json_is_bounded_in_size_and_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": 1}')
    monkeypatch.setattr(checks, "MOST_JSON_BYTES", 8)
    assert read_json(path) == {"a": 1}
    monkeypatch.setattr(checks, "MOST_JSON_BYTES", 7)
    with raises_coded(RunError, "run.unreadable", "7 bytes"):
        read_json(path)
    monkeypatch.undo()
    for levels, holds in ((MOST_JSON_DEPTH - 1, True), (MOST_JSON_DEPTH + 1, False)):
        path.write_text('{"a": ' + "[" * levels + "]" * levels + "}")
        if holds:
            assert "a" in read_json(path)
        else:
            with raises_coded(RunError, "run.unreadable", "nested"):
                read_json(path)
    for text in ("[]", "5", "null", '{"a": "\\udc00"}'):
        path.write_text(text)
        with pytest.raises(RunError):
            read_json(path)
    with raises_coded(RunError, "run.unreadable", "b.json"):
        read_json(tmp_path / "b.json")


@pytest.mark.parametrize(
    ("version", "remedy"),
    [(2, "upgrade"), (10**6, "upgrade"), (0, "audit again"), ("2", "audit again")],
)
def test_a_schema_of_another_version_is_told_apart(
    tmp_path: Path, version: Any, remedy: str
) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"schema_version": version}))
    with pytest.raises(RunError) as caught:
        manifest_in(tmp_path)
    assert caught.value.code == "run.schema_version"
    assert remedy in str(caught.value.remedy)


@pytest.mark.parametrize("table", ["classes", "cases"])
def test_a_table_may_claim_so_many_bytes(
    run: Run, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = run.table_path(table)
    footer = pq.read_metadata(path)
    claimed = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    own = "MOST_ROWS_BYTES" if table == "cases" else "MOST_TABLE_BYTES"
    other = "MOST_TABLE_BYTES" if table == "cases" else "MOST_ROWS_BYTES"
    monkeypatch.setattr(checks, other, 0)
    monkeypatch.setattr(checks, own, claimed)
    check_table(path, table)
    monkeypatch.setattr(checks, own, claimed - 1)
    with raises_coded(RunError, "run.unreadable", f"{claimed:,} bytes"):
        check_table(path, table)


def test_columns_are_held_to_their_types(run: Run, tmp_path: Path) -> None:
    table = pq.read_table(run.table_path("classes"))
    path = tmp_path / "classes.parquet"
    place = table.schema.get_field_index("class")
    cue = table.schema.get_field_index("cue")
    for stored, holds in (
        (table.set_column(place, "class", table["class"].cast(pa.large_string())), True),
        (table.set_column(cue, "cue", pa.nulls(len(table))), True),
        (table.drop_columns(["cue"]), True),
        (table.append_column("more", pa.nulls(len(table))), True),
        (table.drop_columns(["class"]), False),
        (table.set_column(place, "class", pa.array([1] * len(table))), False),
        (table.set_column(cue, "cue", pa.array([b"x"] * len(table))), False),
    ):
        pq.write_table(stored, path)
        if holds:
            check_table(path, "classes")
        else:
            with pytest.raises(RunError) as caught:
                check_table(path, "classes")
            assert caught.value.code == "run.unreadable"


def test_a_folder_that_is_no_run_is_told_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "begun" / "parts").mkdir(parents=True)
    told = {
        name: (str(no_run(tmp_path / name).got), str(no_run(tmp_path / name).remedy))
        for name in ("gone", "file", "begun", ".")
    }
    assert len({got for got, _ in told.values()}) == len(told)
    assert ["--resume" in told[name][1] for name in told] == [False, False, True, False]
    assert "manifest.json" in told["."][0]


def test_values_that_are_held_to_a_type_are_given_or_told() -> None:
    assert held_to(Path("a.json"), lambda values: values["a"], {"a": 3}) == 3

    def refuse(_: Any) -> None:
        raise ValueError("a is odd\nand more")

    with pytest.raises(RunError) as caught:
        held_to(Path("a.json"), refuse, {})
    assert caught.value.got == "a is odd"


@pytest.mark.parametrize(
    ("geometry", "holds"),
    [
        (Preprocess(resize=1, crop=1), True),
        (Preprocess(resize=MOST_SIDE, crop=MOST_SIDE), True),
        (Preprocess(resize=(1, MOST_SIDE), crop=None), True),
        (Preprocess(resize=(0, 5), crop=None), False),
        (Preprocess(resize=(5, MOST_SIDE + 1), crop=None), False),
        (Preprocess(crop=0), False),
        (Preprocess(mean=(0.5,), std=(0.5, 0.5, 0.5)), False),
        (Preprocess(mean=(0.5, float("nan"), 0.5)), False),
    ],
)
def test_a_geometry_holds_at_its_edges(geometry: Preprocess, holds: bool) -> None:
    values = manifest_values(Manifest(preprocess=geometry))
    if holds:
        assert read_manifest(values).preprocess == geometry
    else:
        with pytest.raises(ValueError, match="preprocess"):
            read_manifest(values)


def test_only_cases_take_slices() -> None:
    assert is_slice("cases", "slice_site") is True
    assert is_slice("cases", "site") is False
    assert is_slice("classes", "slice_site") is False
    schema = arrow_schema("cases", ["slice_site"])
    assert schema.field("slice_site").nullable
    assert schema.field("slice_site").metadata == {b"meaning": b"metadata of the dataset"}
    assert not schema.field("case_id").nullable
    assert schema.field("case_id").metadata is not None
    with pytest.raises(ValueError, match="slice_site"):
        arrow_schema("slices", ["slice_site"])


def test_a_lazily_opened_run_reads_no_digest_and_an_opened_one_all(
    run: Run, tmp_path: Path
) -> None:
    copy = make_run(tmp_path / "run", classes=1, per_class=2, images=False).path
    stamp = (copy / "skipped.csv").stat()
    (copy / "skipped.csv").write_bytes((copy / "skipped.csv").read_bytes() + b"x")
    os.utime(copy / "skipped.csv", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert open_run(copy, lazily=True).name == "run"
    with pytest.raises(RunError) as caught:
        open_run(copy)
    assert caught.value.code == "run.damaged"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(tmp_path: Path, number: str) -> None:
    path = tmp_path / "summary.json"
    path.write_text(f'{{"worst_group_accuracy": {number}}}')
    with pytest.raises(RunError, match=number):
        checks.read_json(path)
    path.write_text('{"worst_group_accuracy": 0.5, "groups": 3, "none": null}')
    assert checks.read_json(path)["worst_group_accuracy"] == 0.5
    with pytest.raises(ValueError, match="JSON"):
        Reason.from_json("clean", f'{{"lost": {number}}}')
