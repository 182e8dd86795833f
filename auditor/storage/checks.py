"""What a run folder claims, before anything trusts it: a run folder is hostile input."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.bounds import (
    MOST_JSON_BYTES,
    MOST_JSON_DEPTH,
    MOST_ROWS_BYTES,
    MOST_TABLE_BYTES,
    is_text,
    is_too_deep,
)
from auditor.domain.errors import RunError
from auditor.domain.messages import N_, phrase
from auditor.domain.schema import SCHEMA_VERSION, TABLES
from auditor.files import exists, is_dir
from auditor.imagery.regular import refuse_endless
from auditor.storage.digests import check_seal
from auditor.storage.layout import MANIFEST, PARTS, SUMMARY
from auditor.storage.manifest import read_manifest, read_summary
from auditor.storage.schema import ARROW_TYPES
from auditor.storage.tables import TABLE_FAULTS, unreadable

T = TypeVar("T")
LARGE = {"string": pa.large_string(), "bytes": pa.large_binary()}
READ_IN_GROUPS = ("cases", "evidence", "trials")


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run.

    Raises:
        RunError: it cannot be read, is of another schema, is not as it was written, or holds
            something else than a manifest does.
    """
    path = folder / MANIFEST
    manifest = read_json(path)
    _check_version(folder, manifest)
    check_seal(path, manifest)
    held_to(path, read_manifest, manifest)
    return manifest


def summary_in(folder: Path) -> dict[str, Any]:
    """The summary of a finished run. Raises as `manifest_in`."""
    summary = read_json(folder / SUMMARY)
    held_to(folder / SUMMARY, read_summary, summary)
    return summary


def held_to(path: Path, read: Callable[[Mapping[str, Any]], T], values: Mapping[str, Any]) -> T:
    """The values of a JSON file as `read` makes them out.

    Raises:
        RunError: they are not of the types of a manifest or a summary.
    """
    try:
        return read(values)
    except ValueError as error:
        raise unreadable(path, error) from None


def no_run(folder: Path) -> RunError:
    """Why a folder without a manifest is no run."""
    if not exists(folder):
        got, remedy = N_("no such folder"), N_("check the path; runs are where --out put them")
    elif not is_dir(folder):
        got, remedy = N_("a file"), N_("give the folder that holds manifest.json")
    elif (folder / PARTS).is_dir():
        got = N_("an audit that did not finish")
        remedy = N_("run the same audit again with --resume")
    else:
        got = phrase("no {file} in it", file=MANIFEST)
        remedy = N_("give the folder that an audit wrote with --out")
    return RunError(
        N_("This is no finished run."),
        code="run.not_finished",
        expected=phrase("a folder with {manifest} at {folder}", manifest=MANIFEST, folder=folder),
        got=got,
        remedy=remedy,
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of bounded size and depth.

    Raises:
        RunError: it is missing, larger or deeper than any run's, no JSON object, or has a number
            that is none (Python's reader takes `NaN`, `Infinity` and 1e999).
    """
    try:
        refuse_endless(path)
        if path.stat().st_size > MOST_JSON_BYTES:
            raise unreadable(path, ValueError(f"more than {MOST_JSON_BYTES:,} bytes"))
        text = path.read_text(encoding="utf-8")
        value = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(path, error) from None
    if not isinstance(value, dict):
        raise unreadable(path, ValueError(f"{type(value).__name__} instead of an object"))
    if is_too_deep(value):
        raise unreadable(path, ValueError(f"values nested deeper than {MOST_JSON_DEPTH} levels"))
    if not is_text(json.dumps(value, ensure_ascii=False)):
        raise unreadable(path, ValueError("text with half of a surrogate pair"))
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


def check_table(path: Path, table: str) -> None:
    """Hold a table's footer to the schema and to what a table may claim; reads no row.

    Raises:
        RunError: the file is missing or no Parquet, claims too many bytes, or a column that is
            never null is missing, or a column has another type.
    """
    try:
        refuse_endless(path)
        footer = pq.read_metadata(path)
        stored = footer.schema.to_arrow_schema()
    except TABLE_FAULTS as error:
        raise unreadable(path, error) from None
    most = MOST_ROWS_BYTES if table in READ_IN_GROUPS else MOST_TABLE_BYTES
    claimed = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    if claimed > most:
        raise unreadable(path, ValueError(f"it claims {claimed:,} bytes, more than {most:,}"))
    # Columns that may be null can have been added since the run was written.
    needed = [column.name for column in TABLES[table] if not column.nullable]
    missing = [name for name in needed if name not in stored.names]
    if missing:
        raise unreadable(path, ValueError(f"column {missing[0]} is missing"))
    for column in TABLES[table]:
        if column.name in stored.names:
            kind = stored.field(column.name).type
            if kind not in (ARROW_TYPES[column.kind], LARGE.get(column.kind), pa.null()):
                raise unreadable(path, ValueError(f"column {column.name} is of type {kind}"))


def _check_version(folder: Path, manifest: Mapping[str, Any]) -> None:
    version = manifest.get("schema_version")
    if version == SCHEMA_VERSION:
        return
    newer = isinstance(version, int) and version > SCHEMA_VERSION
    raise RunError(
        phrase("The run in {folder} is of another schema version.", folder=folder),
        code="run.schema_version",
        expected=phrase("schema_version {version}", version=SCHEMA_VERSION),
        got=phrase("schema_version {version:.40}", version=repr(version)),
        remedy=(N_("upgrade shortcut-auditor") if newer else N_("audit again with this version")),
    )
