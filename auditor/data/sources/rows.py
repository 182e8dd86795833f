"""Rows of a manifest as the images they are about: several rows an image, boxes as shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from auditor.domain.mask_references import MaskBox, MaskReference, MaskUnion, united
from auditor.domain.samples import Sample, Skip

CORNERS: Final = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x0", "y0", "x1", "y1"),
    ("x1", "y1", "x2", "y2"),
)
"""Columns that hold a box, one number each."""


def corner_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """The four columns of boxes that a table has; none where it has a column `box`."""
    if "box" in columns:
        return ()
    return next((four for four in CORNERS if set(four) <= set(columns)), ())


def one_an_image(records: Sequence[Sample | Skip]) -> tuple[list[Sample | Skip], int]:
    """Rows of one image and label with different masks become one sample with these united.

    Returns:
        The records, and how many images had several rows. Rows that repeat another are left to
        the listing, which tells of them.
    """
    masks: defaultdict[str, list[MaskReference]] = defaultdict(list)
    for record in records:
        if isinstance(record, Sample) and record.mask is not None:
            masks[record.case_id].append(record.mask)
    several = {case for case, found in masks.items() if len(set(found)) > 1}
    if not several:
        return list(records), 0
    kept: list[Sample | Skip] = []
    done: set[str] = set()
    for record in records:
        if isinstance(record, Skip) or record.case_id not in several:
            kept.append(record)
        elif record.case_id not in done:
            done.add(record.case_id)
            kept.append(replace(record, mask=united(masks[record.case_id])))
    return kept, len(several)


def with_relative_boxes(records: Sequence[Sample | Skip]) -> tuple[list[Sample | Skip], bool]:
    """The records, their boxes as shares of the image where no box reaches beyond 1."""
    samples = [record for record in records if isinstance(record, Sample)]
    boxes = [box for sample in samples for box in _boxes(sample.mask)]
    if not boxes or any(not 0 <= each <= 1 for b in boxes for each in (b.x0, b.y0, b.x1, b.y1)):
        return list(records), False
    changed = [
        replace(r, mask=_as_shares(r.mask)) if isinstance(r, Sample) and r.mask else r
        for r in records
    ]
    return changed, True


def _boxes(mask: MaskReference | None) -> Iterator[MaskBox]:
    if isinstance(mask, MaskBox):
        yield mask
    elif isinstance(mask, MaskUnion):
        for part in mask.parts:
            yield from _boxes(part)


def _as_shares(mask: MaskReference) -> MaskReference:
    if isinstance(mask, MaskBox):
        return replace(mask, relative=True)
    if isinstance(mask, MaskUnion):
        return MaskUnion(tuple(map(_as_shares, mask.parts)))
    return mask
