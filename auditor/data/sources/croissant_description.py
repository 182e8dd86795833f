"""A Croissant description (MLCommons, 1.0 and 1.1): its files, and the fields of its records.

Akhtar et al. 2024, "Croissant: A Metadata Format for ML-Ready Datasets". Read is what describes
files of this machine; `auditor.data.sources.croissant` says what of it makes a dataset of images.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from auditor.domain.errors import DataError

LONGEST_PATTERN: Final = 1000
PLACES: Final = ("fileObject", "fileSet", "distribution", "field")
"""Keys under which a source names where it is from."""


@dataclass(frozen=True, slots=True)
class FileObject:
    """One file, such as a table or an archive. `place` is its `contentUrl`."""

    id: str
    place: str
    kind: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class FileSet:
    """The files below a folder, or in an archive, whose paths match a pattern."""

    id: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    contained_in: str | None


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a value is from.

    Attributes:
        node: id of a file or of a set of files; of a field until it is resolved.
        column: of a table, or None.
        property: of a file (`content`, `filename`, `filepath`, `fullpath`), or None.
        patterns: each replaces the value by its first group that matched, from the beginning.
    """

    node: str
    column: str | None
    property: str | None
    patterns: tuple[re.Pattern[str], ...]

    def changed(self, value: str) -> str:
        """The value after its patterns; one that does not match leaves it."""
        for pattern in self.patterns:
            match = pattern.match(value)
            groups = () if match is None else match.groups()
            value = next((group for group in groups if group is not None), value)
        return value


@dataclass(frozen=True, slots=True)
class Field:
    """A field of records; `types` without their prefixes, `references` what it is joined with."""

    id: str
    name: str
    types: frozenset[str]
    source: FieldSource | None
    references: FieldSource | None


@dataclass(frozen=True, slots=True)
class Description:
    """All that is described: files and sets of files by id, and the fields of each record set."""

    files: Mapping[str, FileObject]
    sets: Mapping[str, FileSet]
    records: Mapping[str, tuple[Field, ...]]

    def resolved(self, source: FieldSource) -> FieldSource:
        """The source with a field's own source in the place of the field's id."""
        if source.node in self.files or source.node in self.sets:
            return source
        fields = {field.id: field for each in self.records.values() for field in each}
        found = fields.get(source.node)
        if found is None or found.source is None:
            raise ValueError(f"nothing is described as {source.node!r}")
        return found.source


def read_description(path: Path) -> Description:
    """The description in a file.

    Raises:
        DataError: no JSON, or not in the form of Croissant.
    """
    try:
        content = _plain(json.loads(path.read_bytes()))
        listed = [_plain(each) for each in _listed(content.get("distribution"))]
        files = {each["@id"]: _file(each) for each in listed if _is(each, "FileObject")}
        sets = {each["@id"]: _file_set(each) for each in listed if _is(each, "FileSet")}
        records = {
            str(each["@id"]): tuple(_fields(each))
            for each in map(_plain, _listed(content.get("recordSet")))
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise undescribed(path, what or type(error).__name__) from None
    return Description(files, sets, records)


def undescribed(path: Path, got: str) -> DataError:
    """A description from which no data set of images can be made."""
    return DataError(
        "The Croissant description cannot be read as a dataset of images.",
        code="croissant.not_read",
        expected="a record set with a field of type sc:ImageObject and one of type cr:Label (or "
        "named label), from files beside the description: a FileSet, or a .csv or .parquet table "
        "joined with it by `references`",
        got=f"{path}: {got}",
        remedy="see docs/data.md for what is read of Croissant, or write a .csv manifest",
    )


def _plain(value: Any) -> dict[str, Any]:
    """An object with its keys without prefixes (`cr:field` is `field`)."""
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected, got {value!r:.60}")
    return {key if key[:1] == "@" else key.rsplit(":", 1)[-1]: v for key, v in value.items()}


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, _listed(value)))


def _is(entry: Mapping[str, Any], name: str) -> bool:
    return name in {each.rsplit(":", 1)[-1] for each in _names(entry.get("@type"))}


def _file(entry: Mapping[str, Any]) -> FileObject:
    digest = entry.get("sha256")
    return FileObject(
        str(entry["@id"]),
        str(entry.get("contentUrl", "")),
        str(entry.get("encodingFormat", "")),
        digest.lower() if isinstance(digest, str) else None,
    )


def _file_set(entry: Mapping[str, Any]) -> FileSet:
    holders = [_id_of(each) for each in _listed(entry.get("containedIn"))]
    return FileSet(
        str(entry["@id"]),
        _names(entry.get("includes")),
        _names(entry.get("excludes")),
        holders[0] if holders else None,
    )


def _fields(record_set: Mapping[str, Any]) -> Iterator[Field]:
    for each in map(_plain, _listed(record_set.get("field"))):
        yield Field(
            str(each["@id"]),
            str(each.get("name") or str(each["@id"]).rsplit("/", 1)[-1]),
            frozenset(
                t.rsplit(":", 1)[-1].rsplit("/", 1)[-1] for t in _names(each.get("dataType"))
            ),
            _source(each.get("source")),
            _source(each.get("references")),
        )


def _source(value: Any) -> FieldSource | None:
    if value is None:
        return None
    entry = _plain(value)
    node = next((_id_of(entry[key]) for key in PLACES if key in entry), None) or _id_of(entry)
    extract = _plain(entry.get("extract") or {})
    steps = [_plain(each) for each in _listed(entry.get("transform"))]
    odd = [key for step in steps for key in step if key != "regex" and key[:1] != "@"]
    odd += [key for key in extract if key not in ("column", "fileProperty") and key[:1] != "@"]
    if odd:
        raise ValueError(f"{odd[0]!r} of a source is not read")
    return FieldSource(
        node,
        extract.get("column"),
        extract.get("fileProperty"),
        tuple(_pattern(step["regex"]) for step in steps),
    )


def _pattern(text: Any) -> re.Pattern[str]:
    if not isinstance(text, str) or len(text) > LONGEST_PATTERN:
        raise ValueError(f"a pattern of at most {LONGEST_PATTERN} letters was expected")
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"pattern {text!r:.60}: {error}") from None


def _id_of(value: Any) -> str:
    return value if isinstance(value, str) else str(_plain(value)["@id"])
