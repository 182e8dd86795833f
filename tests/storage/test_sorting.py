"""A table sorted on the disk is the table sorted in memory, byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.storage import sorting
from auditor.storage.parts import Parts
from auditor.storage.schema import arrow_schema
from auditor.storage.sorting import write_sorted
from auditor.storage.tables import ROWS_A_GROUP, to_arrow, write_parquet
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    run = make_run(tmp_path_factory.mktemp("run") / "run", classes=5, per_class=30)
    return run.cases().sample(frac=1.0, random_state=3, ignore_index=True)


@pytest.mark.parametrize("most", [200, 3])
def test_many_parts_become_one_sorted_file(
    cases: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setitem(ROWS_A_GROUP, "cases", 7)
    monkeypatch.setattr(sorting, "GROUPS_A_BUCKET", 2)
    monkeypatch.setattr(sorting, "BUCKETS_AT_MOST", most)
    monkeypatch.setattr(sorting, "ROWS_AT_ONCE", 40)
    parts = Parts(tmp_path)
    for i, start in enumerate(range(0, len(cases), 16)):
        parts.write_arrow("judged", i, to_arrow("cases", cases.iloc[start : start + 16]))
    slices = [name for name in cases.columns if name.startswith("slice_")]
    schema = arrow_schema("cases", slices)
    write_sorted(
        parts.paths("judged"), tmp_path / "sorted", schema, table="cases", scratch=tmp_path
    )
    write_parquet(to_arrow("cases", cases), tmp_path / "at once", table="cases")
    assert (tmp_path / "sorted").read_bytes() == (tmp_path / "at once").read_bytes()
    assert pq.read_metadata(tmp_path / "sorted").num_row_groups == -(-len(cases) // 7)
    assert not (tmp_path / "sorting").exists()


def test_a_slice_that_a_part_lacks_is_null_there(cases: pd.DataFrame, tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    bare = cases.drop(columns=[name for name in cases.columns if name.startswith("slice_")])
    parts.write_arrow("judged", 0, to_arrow("cases", bare.iloc[:3]))
    parts.write_arrow("judged", 1, to_arrow("cases", bare.iloc[3:5].assign(slice_site="Basel")))
    schema = arrow_schema("cases", ["slice_site"])
    write_sorted(parts.paths("judged"), tmp_path / "x", schema, table="cases", scratch=tmp_path)
    sites = pq.read_table(tmp_path / "x").to_pandas().set_index("case_id")["slice_site"]
    assert sites.notna().sum() == 2
    assert set(sites[sites.notna()].index) == set(bare["case_id"].iloc[3:5])


def test_no_part_is_an_empty_file(tmp_path: Path) -> None:
    schema = arrow_schema("cases")
    write_sorted([], tmp_path / "x", schema, table="cases", scratch=tmp_path)
    assert pq.read_table(tmp_path / "x").num_rows == 0
    assert pq.read_schema(tmp_path / "x").names == schema.names


@settings(max_examples=25, deadline=None)
@given(places=st.lists(st.integers(0, 3), min_size=1, max_size=40), data=st.data())
def test_the_order_of_parts_and_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, places: list[int], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    cases = make_cases(len(places))
    cases["severity"] = np.array(places) / 4
    shuffled = cases.iloc[data.draw(st.permutations(range(len(cases))))]
    parts = Parts(folder)
    for i, start in enumerate(range(0, len(cases), 9)):
        parts.write_arrow("judged", i, to_arrow("cases", shuffled.iloc[start : start + 9]))
    schema = arrow_schema("cases")
    write_sorted(parts.paths("judged"), folder / "x", schema, table="cases", scratch=folder)
    write_parquet(to_arrow("cases", cases), folder / "y", table="cases")
    assert (folder / "x").read_bytes() == (folder / "y").read_bytes()


def make_cases(count: int) -> pd.DataFrame:
    """Rows that fit the schema and say nothing."""
    plain = {"string": "x", "float": 0.5, "int": 1, "bool": True, "bytes": b"\x00"}
    schema = arrow_schema("cases")
    kinds = {"string": "string", "double": "float", "int64": "int", "bool": "bool"}
    columns = {f.name: [plain[kinds.get(str(f.type), "bytes")]] * count for f in schema}
    columns["case_id"] = [f"{i:04}" for i in range(count)]
    return pd.DataFrame(columns)
