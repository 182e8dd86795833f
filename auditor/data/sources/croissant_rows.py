"""The rows behind a Croissant description: files by path, tables by column, joined."""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auditor.data.sources.croissant_description import Description, Field, FieldSource, FileSet
from auditor.data.sources.table import read_table
from auditor.data.walking import files_under
from auditor.files import is_dir, is_file

PATH: Final = "\0path"
"""Where a file's path stands among the values of its row."""

Row = Mapping[str, str]


@dataclass(frozen=True)
class DescribedRows:
    """Attributes:
    home: folder of the description.
    described: what it says.
    """

    home: Path
    described: Description

    def joined(self, fields: Sequence[Field]) -> Iterator[dict[str, Row]]:
        """By record the row of every node (file, or set of files) that the fields are from.

        Rows are those of the first field's node; where a row has no partner in another node, that
        one's row is empty.

        Raises:
            ValueError: a file is missing or another, or nothing joins two nodes.
        """
        first, *others = dict.fromkeys(self._source(field).node for field in fields)
        keys = {node: self._join(first, node) for node in others}
        partners = {node: self._indexed(right) for node, (_, right) in keys.items()}
        for row in self._rows(first):
            found = {first: row}
            for node, (left, _) in keys.items():
                found[node] = partners[node].get(_value(left, row), {})
            yield found

    def value(self, field: Field, rows: Mapping[str, Row]) -> str:
        """A record's value as text, "" where there is none.

        Raises:
            ValueError: no such column or property.
        """
        source = self._source(field)
        return _value(source, rows[source.node])

    def _source(self, field: Field) -> FieldSource:
        if field.source is None:
            raise ValueError(f"field {field.id!r} has no source")
        return self.described.resolved(field.source)

    def _join(self, first: str, other: str) -> tuple[FieldSource, FieldSource]:
        """What of a row of `first` equals what of a row of `other`."""
        for field in (field for each in self.described.records.values() for field in each):
            if field.source is None or field.references is None:
                continue
            one = self.described.resolved(field.source)
            two = self.described.resolved(field.references)
            if (one.node, two.node) == (first, other):
                return one, two
            if (one.node, two.node) == (other, first):
                return two, one
        raise ValueError(f"no field joins {first!r} with {other!r} by `references`")

    def _indexed(self, key: FieldSource) -> dict[str, Row]:
        return {_value(key, row): row for row in self._rows(key.node)}

    def _rows(self, node: str) -> Iterator[Row]:
        if node in self.described.sets:
            yield from ({PATH: name} for name in self._files(self.described.sets[node]))
            return
        stored = self.described.files[node]
        file = self.home / inside(stored.place)
        if not is_file(file):
            raise ValueError(f"{stored.place!r} is not there")
        if stored.sha256 is not None and len(stored.sha256) == 64:
            found = hashlib.sha256(file.read_bytes()).hexdigest()
            if found != stored.sha256:
                told = f"{found[:12]}..., not {stored.sha256[:12]}..."
                raise ValueError(f"{stored.place!r} has the sha256 {told}")
        yield from (row.cells for row in read_table(file).rows())

    def _files(self, wanted: FileSet) -> list[str]:
        """Paths of a set's files below the description's folder, in order."""
        for base in self._bases(wanted):
            folder = self.home / base
            names = (
                [n for n in files_under(folder) if _matches(n, wanted)] if is_dir(folder) else []
            )
            if names:
                return sorted(posixpath.join(base, name) for name in names)
        raise ValueError(f"no file of {wanted.id!r} is there (unpack an archive beside it)")

    def _bases(self, wanted: FileSet) -> tuple[str, ...]:
        """Where files of a set may lie: in its folder, or where its archive was unpacked."""
        if wanted.contained_in is None:
            return ("",)
        holder = self.described.files.get(wanted.contained_in)
        place = inside("" if holder is None else holder.place)
        return place, posixpath.splitext(place)[0], posixpath.dirname(place)


def inside(place: str) -> str:
    """A path below the description's folder, "" for none.

    Raises:
        ValueError: an address, or a path that leads out of it.
    """
    name = posixpath.normpath(place.replace("\\", "/")) if place else ""
    if "://" in place or posixpath.isabs(name) or name.split("/")[0] == "..":
        raise ValueError(f"{place!r} is not below the description's folder")
    return "" if name == "." else name


def _matches(name: str, wanted: FileSet) -> bool:
    included = any(fnmatch.fnmatchcase(name, each) for each in wanted.includes)
    return included and not any(fnmatch.fnmatchcase(name, each) for each in wanted.excludes)


def _value(source: FieldSource, row: Row) -> str:
    if source.column is not None:
        if row and source.column not in row:
            raise ValueError(f"{source.node!r} has no column {source.column!r}")
        return source.changed(row.get(source.column, ""))
    path = row.get(PATH, "")
    match source.property:
        case "filename":
            return source.changed(posixpath.basename(path))
        case "fullpath" | "filepath" | "content":
            return source.changed(path)
    raise ValueError(f"{source.property!r} of {source.node!r} is not read")
