"""Runs of which one file is damaged: what an attacker, a disk or another program leaves behind."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.schema import names
from auditor.storage.layout import table_file
from auditor.storage.run import Run
from auditor.storage.tables import to_arrow, write_parquet
from tests.fakes.resealing import reseal
from tests.fakes.worded import make_worded_run
from tests.fuzz.mutations import damaged

WHOLE = ("manifest.json", "summary.json", "skipped.csv")
TABLES = ("cases", "classes", "slices", "evidence", "hypotheses", "trials")
SEALED = 0.9
"""Share of the runs whose digests are made to fit: readers refuse the others at once."""
STRINGS = (
    "", "\x00", "{", "nan", "<b>", "0.1 0.2", "-1", "a" * 100_000, "[" * 5000, "..", "/etc/passwd",
    # Masks.
    '{"size": [999999, 999999], "counts": "0"}', '{"size": 5, "counts": "0"}',
    '{"size": [0, 5], "counts": "0"}', '{"size": [1, 16777216], "counts": "PPPPPPP0"}',
    '{"size": [-1, -1], "counts": "1"}', '{"size": [1e400, 1], "counts": "1"}',
    # Places and locations.
    "patch nan nan nan", "patch 1e9 0 -1", "edge 0 0 0 -5", "region top inf", "region nowhere 0.1",
    "property tint", "colours 0 0 0 0 0 " + "9" * 5000, '{"cue": "nothing"}',
    '{"patches": [["top left", "x"]]}', '{"place": "patch 0 0 0"}', '{"cue": "blur", "pair": 5}',
    # Numbers of a reason.
    "[]", "null", '{"name": null}', '{"loss": {"a": 1}, "n": "x", "notes": 5}',
    '{"loss": 1e999, "loss_low": null, "images": "many", "shares": [[]]}', '{"\\ud800": 1}',
)  # fmt: skip
NUMBERS = (float("nan"), float("inf"), -1.0, 0.0, 0.5, 1.0, 1e308, 1e11, 5e-324)
COUNTS = (-1, 0, 1, 2**16, 2**31, 10**12, 2**62)
# The last is a whole JPEG header of 65535 x 65535 pixels.
BLOBS = (
    b"", b"\x00", b"x" * 100_000, b"\x89PNG\r\n\x1a\n", b"\xff" * 64,
    bytes.fromhex("ffd8ffc0000b08ffffffff01011100ffda0008010100003f00"),
)  # fmt: skip


def run_template(folder: Path) -> Run:
    """A whole run with every table, told by codes and numbers."""
    run = make_worded_run(folder, classes=4, per_class=3, images=True)
    cases = run.cases(("case_id", "label"))
    rows = [
        {
            "case_id": case,
            "label": label,
            "group": case,
            "intervention": "salient_removed",
            "fill": "blur",
            "p_label": 0.2,
            "p_label_control": 0.9,
            "answer": label,
            "place": "patch 0.100 0.200 0.250",
        }
        for case, label in zip(cases["case_id"], cases["label"], strict=True)
    ]
    trials = to_arrow("trials", pd.DataFrame(rows, columns=names("trials")))
    write_parquet(trials, folder / table_file("trials"), table="trials")
    reseal(folder)
    return run


def run_folders(template: Path) -> Callable[[Path, random.Random], Path]:
    """Copies of a run of which one file is damaged and, mostly, all digests are made to fit.

    Beside each copy the file `use` holds a number that says who reads it.
    """

    def make(folder: Path, drawn: random.Random) -> Path:
        run = Path(shutil.copytree(template, folder / "run"))
        (folder / "use").write_text(str(drawn.randrange(2**16)))
        # Half of the time a table of cases: they have most columns and most readers.
        name = drawn.choice((*WHOLE, *TABLES, *("cases",) * 5, *("classes",) * 2))
        if name in WHOLE:
            (run / name).write_bytes(damaged((run / name).read_bytes(), drawn, [b"{}", b"[]"]))
        elif drawn.random() < 0.2:
            path = run / table_file(name)
            path.write_bytes(damaged(path.read_bytes(), drawn, [b"PAR1"]))
        else:
            spoil(run / table_file(name), drawn)
        if drawn.random() < SEALED:
            # It may be no object any more.
            with suppress(ValueError, RecursionError, AttributeError, TypeError):
                reseal(run)
        return run

    return make


def spoil(path: Path, drawn: random.Random) -> None:
    """A cell, or a whole column, that no audit writes, in a table that is whole."""
    table = pq.read_table(path, partitioning=None)
    if not len(table):
        return
    place = drawn.randrange(table.num_columns)
    field = table.schema.field(place)
    values = table.column(place).to_pylist()
    value = drawn.choice(_odd(field.type))
    rows = range(len(values)) if drawn.random() < 0.3 else [drawn.randrange(len(values))]
    for row in rows:
        values[row] = value
    loose = pa.field(field.name, field.type, metadata=field.metadata)
    pq.write_table(table.set_column(place, loose, pa.array(values, field.type)), path)


def _odd(kind: pa.DataType) -> tuple[Any, ...]:
    if pa.types.is_string(kind):
        return (None, *STRINGS)
    if pa.types.is_floating(kind):
        return (None, *NUMBERS)
    if pa.types.is_integer(kind):
        return (None, *COUNTS)
    if pa.types.is_binary(kind):
        return (None, *BLOBS)
    return (None, True, False) if pa.types.is_boolean(kind) else (None,)
