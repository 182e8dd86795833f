"""Runs of which one file is damaged, and everything that reads them."""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.comparison import compare
from auditor.domain.errors import AuditorError
from auditor.gate import DEFAULT_LIMITS, check_run, documents
from auditor.reports import render_html, render_markdown
from auditor.reports.contents import contents_of
from auditor.storage.run import open_run
from auditor.verification import verify
from dashboard.runs.filters import Filters
from dashboard.runs.images import layers
from dashboard.runs.queries import Cases, plain_rows
from dashboard.runs.ranks import Decided, Ranking
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run
from tests.fuzz.mutations import damaged


def run_folders(home: Path) -> Callable[[Path, random.Random], Path]:
    """A run of which one file is damaged and, half of the time, all digests are made to fit."""
    template = make_run(home / "template", classes=4, per_class=6, hypotheses=True).path

    def make(folder: Path, drawn: random.Random) -> Path:
        run = Path(shutil.copytree(template, folder / "run"))
        name = drawn.choice(
            (
                "manifest.json",
                "summary.json",
                "skipped.csv",
                "cases",
                "classes",
                "slices",
                "evidence",
                "hypotheses",
            )
        )
        if name.endswith(("json", "csv")):
            (run / name).write_bytes(damaged((run / name).read_bytes(), drawn, [b"{}", b"[]"]))
        elif drawn.random() < 0.3:
            path = run / f"{name}.parquet"
            path.write_bytes(damaged(path.read_bytes(), drawn, [b"PAR1"]))
        else:
            _spoil(run / f"{name}.parquet", drawn)
        if drawn.random() < 0.7:
            # It may be no object any more.
            with suppress(ValueError, RecursionError, AttributeError, TypeError):
                reseal(run)
        return run

    return make


def _spoil(path: Path, drawn: random.Random) -> None:
    """A cell that no audit writes, in a table that is whole."""
    table = pq.read_table(path)
    if not len(table):
        return
    place = drawn.randrange(table.num_columns)
    field = table.schema.field(place)
    values = table.column(place).to_pylist()
    row = drawn.randrange(len(values))
    odd: tuple[Any, ...] = (None,)
    if pa.types.is_string(field.type):
        odd = ("", "\x00", "a" * 100_000, '{"size": [999999, 999999], "counts": "0"}', "{", "nan",
               '{"size": 5, "counts": "0"}', "[" * 5000, "<b>", "0.1 0.2", "-1")  # fmt: skip
    elif pa.types.is_floating(field.type):
        odd = (float("nan"), float("inf"), -1.0, 1e308, 5e-324)
    elif pa.types.is_integer(field.type):
        odd = (-1, 0, 2**31, 2**62)
    elif pa.types.is_binary(field.type):
        odd = (b"", b"\x00", b"x" * 100_000)
    values[row] = drawn.choice(odd)
    loose = pa.field(field.name, field.type, metadata=field.metadata)
    pq.write_table(table.set_column(place, loose, pa.array(values, field.type)), path)


def read_run(base: Path) -> Callable[[Path], None]:
    def read(path: Path) -> None:
        uses = (
            lambda: render_html(contents_of(open_run(path))),
            lambda: render_markdown(contents_of(open_run(path))),
            lambda: documents.junit(check_run(open_run(path), DEFAULT_LIMITS, open_run(base))),
            lambda: compare(open_run(path), open_run(base)).to_dict(),
            lambda: open_run(path).show(open_run(path).cases()["case_id"].iloc[0]),
            lambda: _gallery(path),
        )
        # One of the slow ones an input, the same for the same input.
        chosen = zlib.crc32((path / "manifest.json").read_bytes()) % len(uses)
        for use in (lambda: contents_of(open_run(path)), lambda: verify(path), uses[chosen]):
            try:
                use()
            except AuditorError:
                continue

    return read


def _gallery(path: Path) -> None:
    """What the dashboard asks of a run for its first page and its first case."""
    run = open_run(path, lazily=True)
    connection = duckdb.connect(":memory:")
    ranking = Ranking(connection, run.table_path("cases"))
    decided = Decided.nothing(ranking)
    cases = Cases(connection.cursor(), run.table_path("cases"), ranking, decided)
    shown = plain_rows(cases.page(cases.ranks(Filters())[:24]))
    for row in shown:
        layers(row, run.metadata, 288)
    if shown:
        cases.case(str(shown[0]["case_id"]))
    cases.verdicts()
    cases.progress()
