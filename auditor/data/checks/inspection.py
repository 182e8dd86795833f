"""What was understood of a dataset, in seconds on a hundred thousand files.

Counts and files of one content are of all records. Sizes come from the headers, mask areas and
looks from the pixels, of a number of images spread over the dataset; how many is said beside them.
A thorough inspection opens everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from auditor.data.checks.duplicates import identical
from auditor.data.checks.lookalikes import Lookalikes, look_over
from auditor.data.checks.mask_areas import Areas, mask_areas
from auditor.data.listing import Listing, named
from auditor.domain.remarks import Remark, remark_told
from auditor.domain.samples import (
    Sample,
    Skip,
)
from auditor.imagery.decode import Header, UnreadableImage, read_header

HEADERS: Final = 2000
MASKS: Final = 400
COMPARED_AT_MOST: Final = 2000
LOOKED_AT: Final = 300_000_000
"""Pixels that are decoded to compare images: seconds' worth, in small images or in large ones."""


@dataclass(frozen=True)
class ClassCount:
    """A class: its images, and how many of them have a mask."""

    name: str
    images: int
    masks: int


@dataclass(frozen=True)
class SliceCount:
    """A column to slice by: images with a value, and the images of each value, most first."""

    column: str
    images: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Sizes:
    """Upright images by their headers: (width, height) by area, and how many of what kind."""

    measured: int
    smallest: tuple[int, int]
    median: tuple[int, int]
    largest: tuple[int, int]
    rotated: int
    animated: int


@dataclass(frozen=True)
class Inspection:
    """A dataset as it was understood.

    Attributes:
        kind: class folders, manifest, COCO or VOC.
        root: folder that the images' names are relative to.
        images: samples; skips: inputs that cannot be audited, as far as was looked.
        classes: sorted by name, those without an image too.
        splits: images a split; mask_kinds: images by the kind of their mask, or none.
        sizes, areas: None where nothing could be measured.
        identical: groups of files with the same bytes; of these, groups that reach over splits
            (leakage) and over labels (contradiction).
        lookalikes: images that look alike.
        thorough: every header, mask and image was opened, not a sample of them.
        warnings: what a user should hear, a sentence each.
    """

    kind: str
    root: str
    images: int
    skips: tuple[Skip, ...]
    classes: tuple[ClassCount, ...]
    splits: tuple[tuple[str, int], ...]
    mask_kinds: tuple[tuple[str, int], ...]
    slices: tuple[SliceCount, ...]
    sizes: Sizes | None
    areas: Areas | None
    identical: tuple[tuple[str, ...], ...]
    identical_across_splits: int
    identical_across_labels: int
    lookalikes: Lookalikes
    thorough: bool
    warnings: tuple[str, ...]


def inspect_source(
    source: Listing,
    *,
    mask_fit: bool = False,
    thorough: bool = False,
    headers: int = HEADERS,
    masks: int = MASKS,
    compared: int = COMPARED_AT_MOST,
) -> Inspection:
    """Look a dataset over.

    Args:
        mask_fit: masks of another size but the same aspect ratio are right.
        thorough: open every header, mask and image, whatever it takes.
        headers: else images at most whose header is read.
        masks: else images at most whose mask is decoded.
        compared: else images at most that are decoded and compared, fewer where they are large.
    """
    every = [record for record in source.items() if isinstance(record, Sample)]
    # An image with several labels has a record of each.
    samples = list({s.image: s for s in every}.values()) if source.multilabel else every
    sizes, unreadable = _sizes(_spread(samples, len(samples) if thorough else headers))
    masked = [sample for sample in samples if sample.mask is not None]
    areas, misfits = mask_areas(_spread(masked, len(masked) if thorough else masks), fit=mask_fit)
    same = identical(samples)
    refused = {skip.image for skip in unreadable}
    alike, broken = look_over(
        [sample for sample in samples if sample.image not in refused],
        same,
        len(samples) if thorough else min(compared, _affordable(sizes)),
    )
    listed = tuple(record for record in source.items() if isinstance(record, Skip))
    return Inspection(
        kind=source.kind,
        root=str(source.root),
        images=len(samples),
        skips=(*listed, *dict.fromkeys((*unreadable, *broken, *misfits))),
        classes=tuple(_classes(source.classes, every)),
        splits=tuple(sorted(Counter(s.split for s in samples if s.split is not None).items())),
        mask_kinds=tuple(
            sorted(Counter("none" if s.mask is None else s.mask.kind for s in samples).items())
        ),
        slices=tuple(_slices(samples)),
        sizes=sizes,
        areas=areas,
        identical=tuple(tuple(sample.image for sample in group) for group in same),
        identical_across_splits=sum(len({s.split for s in group}) > 1 for group in same),
        identical_across_labels=sum(len({s.label for s in group}) > 1 for group in same),
        lookalikes=alike,
        thorough=thorough,
        warnings=(*source.warnings, *_remark_warnings(alike, areas)),
    )


def _affordable(sizes: Sizes | None) -> int:
    """Images of the median size that may be decoded."""
    return 0 if sizes is None else LOOKED_AT // max(1, sizes.median[0] * sizes.median[1])


def _spread(samples: Sequence[Sample], most: int) -> list[Sample]:
    if len(samples) <= most:
        return list(samples)
    return [samples[i * len(samples) // most] for i in range(most)]


def _classes(names: Sequence[str], samples: Sequence[Sample]) -> Iterator[ClassCount]:
    images = Counter(sample.label for sample in samples)
    masks = Counter(sample.label for sample in samples if sample.mask is not None)
    for name in names:
        yield ClassCount(name, images[name], masks[name])


def _slices(samples: Sequence[Sample]) -> Iterator[SliceCount]:
    counts: dict[str, Counter[str]] = {}
    for sample in samples:
        for column, value in sample.slices:
            counts.setdefault(column, Counter())[value] += 1
    for column in sorted(counts):
        values = sorted(counts[column].items(), key=lambda item: (-item[1], item[0]))
        yield SliceCount(column, counts[column].total(), tuple(values))


def _sizes(samples: Sequence[Sample]) -> tuple[Sizes | None, list[Skip]]:
    headers: list[Header] = []
    skips: list[Skip] = []
    for sample in samples:
        try:
            headers.append(read_header(sample.path))
        except UnreadableImage as fault:
            skips.append(Skip(sample.image, fault.reason))
    if not headers:
        return None, skips
    sides = sorted(((h.width, h.height) for h in headers), key=lambda s: (s[0] * s[1], s))
    return (
        Sizes(
            measured=len(headers),
            smallest=sides[0],
            median=sides[len(sides) // 2],
            largest=sides[-1],
            rotated=sum(header.orientation != 1 for header in headers),
            animated=sum(header.animated for header in headers),
        ),
        skips,
    )


def _remark_warnings(lookalikes: Lookalikes, areas: Areas | None) -> Iterator[str]:
    """What a run would say of pictures and masks, as far as they were looked at."""
    soft = () if areas is None else areas.soft
    for remark, images in (*lookalikes.remarks, (Remark.SOFT_MASK, soft)):
        if images:
            yield remark_told(remark, images=len(images), names=named(images))
