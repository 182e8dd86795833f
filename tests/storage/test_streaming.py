"""A table in the order of its parts: the file that it would be if it were written at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.domain.schema import TABLES, names
from auditor.storage import streaming, tables
from auditor.storage.streaming import write_in_turn
from auditor.storage.tables import to_arrow, write_parquet


def _rows(start: int, count: int) -> pd.DataFrame:
    """Trials; every other one has a donor."""
    numbers = {column.name: 0.5 for column in TABLES["trials"] if column.kind == "float"}
    rows = [
        dict.fromkeys(names("trials"), "a") | numbers | {"case_id": f"{i}", "donor": donor}
        for i in range(start, start + count)
        for donor in ["d" if i % 2 else None]
    ]
    return pd.DataFrame(rows, columns=names("trials"))


@pytest.mark.parametrize("sizes", [[], [3], [4, 4], [1, 9, 2, 0, 6], [25]])
def test_it_is_the_file_of_the_whole_table(
    sizes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (streaming, tables):
        monkeypatch.setattr(module, "ROWS_ELSEWHERE", 4)
    frames = [_rows(sum(sizes[:i]), size) for i, size in enumerate(sizes)]
    arrows = [to_arrow("trials", frame) for frame in [_rows(0, 0), *frames]]
    whole = pa.concat_tables(arrows).combine_chunks()
    write_parquet(whole, tmp_path / "whole", table="trials")
    # As parts hold them: no column is said to be without null.
    loose = [pa.table(dict(zip(a.column_names, a.columns, strict=True))) for a in arrows[1:]]
    write_in_turn(iter(loose), tmp_path / "turns", table="trials")
    assert (tmp_path / "turns").read_bytes() == (tmp_path / "whole").read_bytes()
    groups = pq.ParquetFile(tmp_path / "turns").metadata
    assert groups.num_rows == sum(sizes)
    assert all(groups.row_group(i).num_rows == 4 for i in range(groups.num_row_groups - 1))


def test_a_null_where_the_schema_allows_none(tmp_path: Path) -> None:
    part = pa.Table.from_pandas(_rows(0, 2).assign(answer=[None, "a"]), preserve_index=False)
    with pytest.raises(ValueError, match="answer"):
        write_in_turn([part], tmp_path / "turns", table="trials")
