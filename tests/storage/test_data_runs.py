"""Folders of data audits: which one belongs to a run, and what of them is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.errors import RunError
from auditor.domain.manifest import Fingerprints
from auditor.storage import data_tables
from auditor.storage.data_runs import (
    FINDINGS,
    MANIFEST,
    PLACES,
    DataRun,
    data_run_of,
    list_data_runs,
    open_data_run,
)
from auditor.storage.data_tables import FINDING_SCHEMA, PLACE_SCHEMA, read_data_table
from auditor.storage.run import Run
from tests.fakes.runs import make_run

FINDING: dict[str, Any] = {
    "class": "teapot",
    "trait": "border",
    "verdict": "possible",
    "auroc": 0.7,
    "object_seen": False,
    "reason_code": "data_possible",
    "reason": "As stored.",
}
PLACE: dict[str, Any] = {"class": "teapot", "share": 0.2, "null": 0.1, "picture": b"x"}


def audit(folder: Path, **manifest: Any) -> Path:
    """A data audit with one finding and one place."""
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([FINDING], FINDING_SCHEMA), folder / FINDINGS)
    pq.write_table(pa.Table.from_pylist([PLACE], PLACE_SCHEMA), folder / PLACES)
    (folder / MANIFEST).write_text(json.dumps({"kind": "data"} | manifest))
    return folder


def run_of(
    home: Path, *, dataset: str = "", path: str | None = None, named: str | None = None
) -> Run:
    """A run of a dataset in a folder `runs` below `home`."""
    run = make_run(home / "runs" / "run", classes=1, per_class=2, images=False)
    data = {"path": path, "audit": named}
    meta = replace(
        run.metadata, fingerprints=Fingerprints(dataset, ""), config={"data": data, "model": {}}
    )
    run.__dict__["metadata"] = meta
    return run


def test_the_tables_are_read_with_null_as_none_in_text(tmp_path: Path) -> None:
    found = open_data_run(audit(tmp_path / "a")).findings()
    assert list(found.columns) == FINDING_SCHEMA.names
    row = found.iloc[0]
    assert (row["class"], row["auroc"], row["column"]) == ("teapot", 0.7, None)
    assert pd.isna(row["auroc_low"])
    places = open_data_run(tmp_path / "a").places()
    assert places["picture"].tolist() == [b"x"]
    assert places["where"].tolist() == [None]


def test_columns_that_came_later_are_null(tmp_path: Path) -> None:
    path = audit(tmp_path / "a")
    bare = pa.Table.from_pylist([PLACE], PLACE_SCHEMA).drop_columns(["mean", "where"])
    pq.write_table(bare, path / PLACES)
    found = open_data_run(path).places()
    assert list(found.columns) == PLACE_SCHEMA.names
    assert found["where"].tolist() == [None]
    assert found["mean"].isna().all()


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("verdict", pa.array(["surely"])),
        ("trait", pa.array(["smell"])),
        ("class", pa.array([None], pa.string())),
        ("class", pa.array([5])),
        ("auroc", pa.array([float("inf")])),
        ("object_seen", pa.array(["yes"])),
        ("reason", None),
    ],
)
def test_findings_that_no_data_audit_writes_are_refused(
    tmp_path: Path, column: str, values: pa.Array | None
) -> None:
    path = audit(tmp_path / "a")
    table = pq.read_table(path / FINDINGS)
    place = table.schema.get_field_index(column)
    table = (
        table.remove_column(place) if values is None else table.set_column(place, column, values)
    )
    pq.write_table(table, path / FINDINGS)
    with pytest.raises(RunError) as caught:
        open_data_run(path).findings()
    assert caught.value.code == "data_audit.not_finished"
    assert column in caught.value.got


@pytest.mark.parametrize("field", [*FINDING_SCHEMA, *PLACE_SCHEMA], ids=lambda field: field.name)
def test_null_is_refused_in_columns_that_always_have_a_value(
    tmp_path: Path, field: pa.Field
) -> None:
    always = ("class", "trait", "verdict", "object_seen", "reason_code", "reason")
    schema, row = (
        (FINDING_SCHEMA, FINDING) if field in list(FINDING_SCHEMA) else (PLACE_SCHEMA, PLACE)
    )
    if schema is PLACE_SCHEMA:
        always = ("class", "share", "null", "picture")
    loose = pa.schema([pa.field(each.name, each.type) for each in schema])
    pq.write_table(pa.Table.from_pylist([row | {field.name: None}], loose), tmp_path / "x")
    if field.name in always:
        with pytest.raises(ValueError, match=field.name):
            read_data_table(tmp_path / "x", schema)
    else:
        assert len(read_data_table(tmp_path / "x", schema)) == 1


def test_a_table_may_claim_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = audit(tmp_path / "a") / FINDINGS
    footer = pq.read_metadata(path)
    claimed = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    monkeypatch.setattr(data_tables, "MOST_TABLE_BYTES", claimed)
    assert len(read_data_table(path, FINDING_SCHEMA)) == 1
    monkeypatch.setattr(data_tables, "MOST_TABLE_BYTES", claimed - 1)
    with pytest.raises(ValueError, match=f"{claimed:,}|{claimed}"):
        read_data_table(path, FINDING_SCHEMA)


def test_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    path = audit(tmp_path / "a")
    table = pa.Table.from_pylist([FINDING] * 50, FINDING_SCHEMA)
    pq.write_table(table, path / FINDINGS, write_page_checksum=True, compression="none")
    content = bytearray((path / FINDINGS).read_bytes())
    content[content.index(b"As stored.")] ^= 1
    (path / FINDINGS).write_bytes(content)
    with pytest.raises(RunError) as caught:
        open_data_run(path).findings()
    assert FINDINGS in caught.value.got


@pytest.mark.parametrize(
    "manifest",
    [
        {"kind": "model"},
        {"counts": 5},
        {"counts": {"images": -1}},
        {"counts": {"images": True}},
        {"counts": {"images": 10**13}},
        {"classes": "abc"},
        {"classes": [1]},
        {"gives_away": {"a": 1}},
        {"contradictions": [5]},
        {"contradictions": "a"},
        {"contradictions": [["a", None]]},
        {"created": 5},
        {"fingerprint": []},
        {"nested": json.loads("[" * 40 + "]" * 40)},
    ],
)
def test_a_manifest_that_no_data_audit_writes_is_refused(
    tmp_path: Path, manifest: dict[str, Any]
) -> None:
    path = audit(tmp_path / "a", **manifest)
    with pytest.raises(RunError) as caught:
        open_data_run(path)
    assert caught.value.code == "data_audit.not_finished"
    assert list_data_runs(tmp_path) == []


@pytest.mark.parametrize("text", ["", "[]", "{", "5"])
def test_what_is_no_object_is_no_manifest(tmp_path: Path, text: str) -> None:
    path = audit(tmp_path / "a")
    (path / MANIFEST).write_text(text)
    with pytest.raises(RunError):
        open_data_run(path)
    with pytest.raises(RunError):
        open_data_run(tmp_path)


def test_the_whole_manifest_of_an_audit_passes(tmp_path: Path) -> None:
    told = {
        "counts": {"images": 0, "read": 10**12},
        "classes": ["a"],
        "contradictions": [["a.jpg", "b.jpg"]],
        "created": "2026",
    }
    assert open_data_run(audit(tmp_path / "a", **told)).manifest["counts"]["images"] == 0
    assert open_data_run(audit(tmp_path / "b", contradictions=None)).path == tmp_path / "b"


def test_they_are_listed_newest_first(tmp_path: Path) -> None:
    for name, created in (("a", "2026-01"), ("b", "2026-03"), ("c", "2026-02")):
        audit(tmp_path / name, created=created)
    (tmp_path / "other").mkdir()
    assert [each.path.name for each in list_data_runs(tmp_path)] == ["b", "c", "a"]
    assert list_data_runs(tmp_path / "nowhere") == []


def test_the_audit_of_a_run_is_the_one_that_it_names(tmp_path: Path) -> None:
    named = audit(tmp_path / "elsewhere")
    audit(tmp_path / "runs" / "same", fingerprint="f")
    found = data_run_of(run_of(tmp_path, dataset="f", named=str(named)))
    assert found is not None
    assert found.path == named
    assert data_run_of(run_of(tmp_path / "b", dataset="f", named=str(tmp_path / "gone"))) is None


def test_else_the_newest_one_beside_it_of_the_same_data(tmp_path: Path) -> None:
    audit(tmp_path / "runs" / "old", fingerprint="f", created="2026-01")
    audit(tmp_path / "runs" / "new", fingerprint="f", created="2026-02")
    audit(tmp_path / "runs" / "path", data=str(tmp_path / "data"), created="2026-03")
    both = data_run_of(run_of(tmp_path, dataset="f", path=str(tmp_path / "data")))
    assert both is not None
    assert both.path.name == "new"


def test_else_one_of_the_same_path(tmp_path: Path) -> None:
    audit(tmp_path / "runs" / "other", fingerprint="g", data=str(tmp_path / "more"))
    audit(tmp_path / "runs" / "path", fingerprint="g", data=str(tmp_path / "x" / ".." / "data"))
    (tmp_path / "x").mkdir()
    found = data_run_of(run_of(tmp_path, dataset="f", path=str(tmp_path / "data")))
    assert found is not None
    assert found.path.name == "path"
    # Nothing is like what has no fingerprint and no path.
    assert data_run_of(run_of(tmp_path / "b")) is None


def test_an_odd_name_of_the_data_is_nobodys(tmp_path: Path) -> None:
    audit(tmp_path / "runs" / "odd", data="a\x00b")
    assert data_run_of(run_of(tmp_path, path=str(tmp_path / "data"))) is None


def test_a_folder_with_something_in_it_is_not_written_to(tmp_path: Path) -> None:
    DataRun.refuse_existing(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    DataRun.refuse_existing(tmp_path / "empty")
    (tmp_path / "file").write_text("x")
    for name in ("file", ""):
        with pytest.raises(RunError) as caught:
            DataRun.refuse_existing(tmp_path / name)
        assert caught.value.code == "folder.not_empty"
