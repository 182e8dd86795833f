"""Croissant: images and labels as a JSON-LD description tells them, from files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auditor.data.listing import Listing, listing_of
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.sources.croissant_description import (
    Description,
    Field,
    read_description,
    undescribed,
)
from auditor.data.sources.croissant_rows import DescribedRows, Row, inside
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.domain.mask_references import MaskFile
from auditor.domain.messages import coded
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.files import is_file

SUFFIXES: Final = (".json", ".jsonld")
HEAD: Final = 1 << 16
"""Bytes in which a description names its context: it stands first."""
LABEL_NAMES: Final = ("label", "labels", "class", "category", "target")


@dataclass(frozen=True)
class Chosen:
    """The fields of the record set that is audited."""

    image: Field
    label: Field
    mask: Field | None
    split: Field | None
    slices: tuple[Field, ...]

    def all(self) -> tuple[Field, ...]:
        """Every field that a record takes its values from."""
        optional = (field for field in (self.mask, self.split) if field is not None)
        return (self.image, self.label, *optional, *self.slices)


def is_croissant(path: Path) -> bool:
    """Whether a path is JSON-LD that describes files or records."""
    if path.suffix.lower() not in SUFFIXES or not is_file(path):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    return b'"@context"' in head and b"mlcommons.org" in head


def read_croissant(path: Path, options: SourceOptions) -> Listing:
    """The records of the first record set with images and labels.

    Raises:
        DataError: the description cannot be read so, a file of it is missing or is another than it
            says, or no record has the split.
    """
    described = read_description(path)
    chosen = _chosen(path, described, options.slices)
    rows = DescribedRows(path.parent, described)
    try:
        records = [_record(chosen, rows, each, options) for each in rows.joined(chosen.all())]
    except ValueError as error:
        raise undescribed(path, str(error)) from None
    wanted = [r for r in records if options.split is None or _split(r) == options.split]
    if not wanted:
        raise undescribed(path, f"no record of the split {options.split!r}")
    others = [] if options.split is None else [r for r in records if _split(r) != options.split]
    if options.masks is not None:
        wanted = with_mirrored_masks(
            wanted, options.masks, suffix=options.mask_suffix, values=options.mask_values
        )
    return listing_of(
        wanted,
        kind="Croissant",
        root=path.parent,
        classes={r.label for r in records if isinstance(r, Sample)},
        limit=options.limit,
        others=others,
    )


def _split(record: Sample | Skip) -> str | None:
    return record.split if isinstance(record, Sample) else None


def _chosen(path: Path, described: Description, wanted: Sequence[str] | None) -> Chosen:
    for fields in described.records.values():
        sourced = [field for field in fields if field.source is not None]
        masks = [f for f in sourced if "SegmentationMask" in f.types or f.name == "mask"]
        images = [f for f in sourced if "ImageObject" in f.types and f not in masks]
        labels = [f for f in sourced if "Label" in f.types]
        labels += [f for name in LABEL_NAMES for f in sourced if f.name == name]
        splits = [f for f in sourced if "Split" in f.types or f.name == "split"]
        if images and labels:
            used = {each.id for each in (*images, *masks, *labels[:1], *splits[:1])}
            rest = [f for f in sourced if f.id not in used and not f.references]
            slices = tuple(f for f in rest if wanted is None or f.name in wanted)
            return Chosen(
                images[0],
                labels[0],
                masks[0] if masks else None,
                splits[0] if splits else None,
                slices,
            )
    raise undescribed(path, f"record sets {', '.join(described.records) or 'none'}")


def _record(
    chosen: Chosen, rows: DescribedRows, row: Mapping[str, Row], options: SourceOptions
) -> Sample | Skip:
    def value(field: Field | None) -> str:
        return "" if field is None else rows.value(field, row)

    image, label, mask = inside(value(chosen.image)), value(chosen.label), value(chosen.mask)
    if not image:
        return Skip("(a record)", coded("skip.record_no_image", "a record without an image"))
    if not label:
        return Skip(image, coded("skip.record_no_label", "a record without a label"))
    file = rows.home / inside(mask) if mask else None
    return Sample(
        case_id_of(image, label),
        image,
        label,
        rows.home / image,
        None if file is None else MaskFile(file, object_values=options.mask_values),
        value(chosen.split) or None,
        slices=tuple((field.name, text) for field in chosen.slices if (text := value(field))),
    )


FORMAT: Final = SourceFormat("Croissant", is_croissant, read_croissant, slices=True)
