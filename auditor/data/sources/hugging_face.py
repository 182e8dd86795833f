"""Hugging Face's Parquet files: pictures as bytes in a column, class names in the file's metadata.

Pictures are written out once, to the cache folder, so that a case can be shown later.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow
import pyarrow.parquet
from PIL import Image

from auditor.data.cache import cache_home
from auditor.data.listing import Listing, listing_of
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.data.sources.hugging_face_labels import PictureLabels, picture_labels
from auditor.data.sources.table import refuse_claims
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskFile, MaskReference
from auditor.domain.messages import coded, error_text
from auditor.domain.multilabel import NONE
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.files import exists, is_file
from auditor.imagery.decode import FORMATS

ROWS_AT_ONCE: Final = 64
MASKS: Final = ("mask", "segmentation", "annotation", "segmentation_mask")


def is_hugging_face(path: Path) -> bool:
    """Whether a path is a Parquet file on this machine with a column of pictures as bytes."""
    if path.suffix.lower() != ".parquet" or not is_file(path):
        return False
    try:
        return bool(_pictures(pyarrow.parquet.read_schema(path)))
    except (OSError, ValueError, pyarrow.ArrowException):
        return False


@dataclass(frozen=True)
class _Columns:
    image: str
    labels: PictureLabels
    mask: str | None
    slices: tuple[str, ...]


def read_hugging_face(path: Path, options: SourceOptions) -> Listing:
    """The rows of a Parquet file whose pictures are bytes; a label's number becomes its name.

    Raises:
        DataError: no label column, unreadable, or the cache folder cannot be written.
    """
    try:
        refuse_claims(path)
        schema = pyarrow.parquet.read_schema(path)
        columns = _columns(schema, options)
        home = _home(path)
        home.mkdir(parents=True, exist_ok=True)
        records: list[Sample | Skip] = [*_records(path, home, columns, options)]
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise DataError(
            "The Parquet file of pictures cannot be read.",
            code="data.table_unreadable",
            expected="rows with a picture and a label, and a cache folder that can be written "
            "(AUDITOR_CACHE)",
            got=f"{path}: {error}",
            remedy="save it again, or write the pictures out with a .csv manifest",
        ) from None
    if options.masks is not None:
        records = with_mirrored_masks(
            records, options.masks, suffix=options.mask_suffix, values=options.mask_values
        )
    found = {r.label for r in records if isinstance(r, Sample) and r.label != NONE}
    return listing_of(
        records,
        kind="Hugging Face Parquet",
        root=home,
        classes=columns.labels.known(found),
        limit=options.limit,
        multilabel=columns.labels.several,
        warnings=[
            coded(
                "data.written",
                "its pictures were written to {folder}, where reports and dashboard find them",
                folder=str(home),
            )
        ],
    )


def _home(path: Path) -> Path:
    """A folder for a file as it is now."""
    stat = path.stat()
    name = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}".encode(errors="surrogateescape")
    return cache_home() / "pictures" / hashlib.sha256(name).hexdigest()[:16]


def _pictures(schema: pyarrow.Schema) -> list[str]:
    return [
        field.name
        for field in schema
        if pyarrow.types.is_struct(field.type)
        and {"bytes", "path"} <= {field.type.field(i).name for i in range(field.type.num_fields)}
    ]


def _columns(schema: pyarrow.Schema, options: SourceOptions) -> _Columns:
    labels = picture_labels(schema, listed=options.labels)
    pictures = _pictures(schema)
    mask = next((name for name in pictures if name.lower() in MASKS), None)
    image = next(name for name in (*pictures, "") if name != mask)
    if not image:
        raise ValueError(f"no column of pictures but the masks in {mask}")
    plain = [
        field.name
        for field in schema
        if field.name not in (image, labels.column, mask)
        and not pyarrow.types.is_nested(field.type)
    ]
    wanted = plain if options.slices is None else options.slices
    missing = set(wanted) - set(plain)
    if missing:
        raise ValueError(f"no column {', '.join(sorted(missing))} to slice by")
    return _Columns(image, labels, mask, tuple(wanted))


def _records(
    path: Path, home: Path, columns: _Columns, options: SourceOptions
) -> Iterator[Sample | Skip]:
    number = 0
    wanted = [columns.image, columns.labels.column, *columns.slices]
    wanted += [columns.mask] if columns.mask else []
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=wanted):
            for row in batch.to_pylist():
                number += 1
                yield from _row(row, number, home, columns, options)


def _row(
    row: Mapping[str, Any], number: int, home: Path, columns: _Columns, options: SourceOptions
) -> Iterator[Sample | Skip]:
    """A sample for each label of the picture."""
    image = _written(row[columns.image], home, f"{number:07}")
    if image is None:
        yield Skip(f"row {number}", coded("skip.no_image", "row {row} has no image", row=number))
        return
    try:
        labels = columns.labels.of(row[columns.labels.column], number)
    except ValueError as error:
        yield Skip(image, error_text(error))
        return
    mask: MaskReference | None = None
    if columns.mask is not None:
        drawn = _written(row[columns.mask], home, f"{number:07}_mask")
        mask = None if drawn is None else MaskFile(home / drawn, object_values=options.mask_values)
    slices = tuple((n, str(row[n])) for n in columns.slices if row[n] is not None)
    for label in labels:
        yield Sample(case_id_of(image, label), image, label, home / image, mask, slices=slices)


def _written(picture: Any, home: Path, stem: str) -> str | None:
    content = picture.get("bytes") if isinstance(picture, dict) else None
    if not content:
        return None
    name = f"{stem}{_suffix(content)}"
    path = home / name
    if not exists(path) or path.stat().st_size != len(content):
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    return name


def _suffix(content: bytes) -> str:
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return {"JPEG": ".jpg", "MPO": ".jpg"}.get(
                str(image.format), f".{str(image.format).lower()}"
            )
    except Exception:  # noqa: BLE001 - the decoder gives the reason when it is audited
        return ".png"


FORMAT: Final = SourceFormat(
    "Hugging Face Parquet", is_hugging_face, read_hugging_face, slices=True
)
