"""What a run folder claims, before anything trusts it: a run folder is hostile input."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.bounds import (
    MOST_JSON_BYTES,
    MOST_JSON_DEPTH,
    MOST_ROWS_BYTES,
    MOST_SIDE,
    MOST_TABLE_BYTES,
    is_text,
    is_too_deep,
)
from auditor.domain.errors import RunError
from auditor.domain.preprocess import Interpolation
from auditor.domain.schema import SCHEMA_VERSION, TABLES
from auditor.files import exists, is_dir
from auditor.storage.digests import check_seal
from auditor.storage.layout import MANIFEST, PARTS, SUMMARY
from auditor.storage.manifest import preprocess_of
from auditor.storage.schema import ARROW_TYPES
from auditor.storage.tables import TABLE_FAULTS, unreadable

Holds = Callable[[Any], bool]
LARGE = {"string": pa.large_string(), "bytes": pa.large_binary()}
READ_IN_GROUPS = ("cases", "evidence", "trials")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return type(value) is int


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _list_of(holds: Holds) -> Holds:
    return lambda value: isinstance(value, list) and all(map(holds, value))


def _object_of(holds: Holds) -> Holds:
    return lambda value: (
        isinstance(value, dict) and all(inner is None or holds(inner) for inner in value.values())
    )


TEXTS, NUMBERS, COUNTS = _object_of(_is_text), _object_of(_is_number), _object_of(_is_count)
MANIFEST_KINDS: Mapping[str, tuple[str, Holds]] = {
    **dict.fromkeys(
        ("created", "device", "target_layer", "method", "data_root"), ("a text", _is_text)
    ),
    **dict.fromkeys(("versions", "fingerprints", "lost_classes"), ("an object of texts", TEXTS)),
    **dict.fromkeys(
        ("environment", "sanity", "auto_masks", "leakage", "preprocess"), ("an object", _is_object)
    ),
    **dict.fromkeys(("classes", "warnings"), ("a list of texts", _list_of(_is_text))),
    **dict.fromkeys(("counts", "peak_memory"), ("an object of integers", COUNTS)),
    "timings": ("an object of numbers", NUMBERS),
    "config": ("an object of sections", _object_of(_is_object)),
    "seed": ("an integer", _is_count),
    "throughput": ("a number", _is_number),
    "deterministic": ("true or false", _is_flag),
}
SUMMARY_KINDS: Mapping[str, tuple[str, Holds]] = {
    "verdicts": ("an object of texts", TEXTS),
    "leak": ("an object", _is_object),
    **dict.fromkeys(("confirmed", "images", "tested"), ("an integer", _is_count)),
    **dict.fromkeys(
        ("shortcut_rate", "accuracy", "worst_group_accuracy"), ("a number", _is_number)
    ),
    "worst_group": ("a text", _is_text),
    "saliency_sane": ("true or false", _is_flag),
}
"""What a key holds where it is there and not null: in words, and whether a value is that."""


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
    _check_kinds(path, manifest, MANIFEST_KINDS)
    _check_preprocess(path, manifest)
    return manifest


def summary_in(folder: Path) -> dict[str, Any]:
    """The summary of a finished run. Raises as `manifest_in`."""
    summary = read_json(folder / SUMMARY)
    _check_kinds(folder / SUMMARY, summary, SUMMARY_KINDS)
    return summary


def no_run(folder: Path) -> RunError:
    """Why a folder without a manifest is no run."""
    if not exists(folder):
        got, remedy = "no such folder", "check the path; runs are where --out put them"
    elif not is_dir(folder):
        got, remedy = "a file", "give the folder that holds manifest.json"
    elif (folder / PARTS).is_dir():
        got, remedy = "an audit that did not finish", "run the same audit again with --resume"
    else:
        got, remedy = f"no {MANIFEST} in it", "give the folder that an audit wrote with --out"
    return RunError(
        "This is no finished run.",
        expected=f"a folder with {MANIFEST} at {folder}",
        got=got,
        remedy=remedy,
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of bounded size and depth.

    Raises:
        RunError: it is missing, larger or deeper than any run's, or no JSON object.
    """
    try:
        if path.stat().st_size > MOST_JSON_BYTES:
            raise unreadable(path, ValueError(f"more than {MOST_JSON_BYTES:,} bytes"))
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(path, error) from None
    if not isinstance(value, dict):
        raise unreadable(path, ValueError(f"{type(value).__name__} instead of an object"))
    if is_too_deep(value):
        raise unreadable(path, ValueError(f"values nested deeper than {MOST_JSON_DEPTH} levels"))
    if not is_text(json.dumps(value, ensure_ascii=False)):
        raise unreadable(path, ValueError("text with half of a surrogate pair"))
    return value


def check_table(path: Path, table: str) -> None:
    """Hold a table's footer to the schema and to what a table may claim; reads no row.

    Raises:
        RunError: the file is missing or no Parquet, claims too many bytes, or a column that is
            never null is missing, or a column has another type.
    """
    try:
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
        f"The run in {folder} is of another schema version.",
        expected=f"schema_version {SCHEMA_VERSION}",
        got=f"schema_version {version!r:.40}",
        remedy="upgrade shortcut-auditor" if newer else "audit again with this version",
    )


def _check_kinds(
    path: Path, value: Mapping[str, Any], kinds: Mapping[str, tuple[str, Holds]]
) -> None:
    """What a reader takes for a text, a number or a list is one."""
    for key, (words, holds) in kinds.items():
        if value.get(key) is not None and not holds(value[key]):
            raise unreadable(path, ValueError(f"{key} is {value[key]!r:.40}, not {words}"))


def _check_preprocess(path: Path, manifest: Mapping[str, Any]) -> None:
    if manifest.get("preprocess") is None:
        return
    try:
        found = preprocess_of(manifest)
    except (TypeError, ValueError) as error:
        raise unreadable(path, ValueError(f"preprocess: {error}")) from None
    resize = found.resize if isinstance(found.resize, tuple) else (found.resize,) * 2
    sides = [side for side in (*resize, found.crop) if side is not None]
    fits = len(resize) == 2 and all(type(s) is int and 0 < s <= MOST_SIDE for s in sides)
    for channel in (found.mean, found.std):
        fits &= isinstance(channel, tuple) and len(channel) == 3 and all(map(_is_number, channel))
    if not fits or found.interpolation not in get_args(Interpolation):
        raise unreadable(path, ValueError(f"preprocess is {manifest['preprocess']!r:.80}"))
