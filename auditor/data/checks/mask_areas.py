"""How much of each image its mask covers, and what is odd about the masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from auditor.data.masks.quality import mask_digest, mask_doubt, repeated_masks
from auditor.data.masks.reading import MaskFault, mask_pixels
from auditor.domain.mask_doubts import MaskDoubt
from auditor.domain.mask_references import MaskReference
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import UnreadableImage, read_header

CELL: Final = 1 / 49
"""One cell of a 7x7 saliency map."""

AREA_QUANTILES: Final = (0.05, 0.25, 0.50, 0.75, 0.95)


@dataclass(frozen=True)
class Areas:
    """Share of the image that is object, 0..1, at `AREA_QUANTILES`, what is odd, and images whose
    masks have soft edges."""

    measured: int
    quantiles: tuple[float, ...]
    doubts: tuple[tuple[MaskDoubt, tuple[str, ...]], ...]
    soft: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Measured:
    """What is kept of a mask: pixels of hundreds of photos would fill the memory."""

    image: str
    area: float
    doubt: MaskDoubt | None
    digest: bytes
    soft: bool


def mask_areas(samples: Sequence[Sample], *, fit: bool) -> tuple[Areas | None, list[Skip]]:
    """Masks decoded and measured, and a skip for each that cannot be used.

    Args:
        fit: masks of another size but the same aspect ratio are right.
    """
    measured: list[_Measured] = []
    skips: list[Skip] = []
    for sample in samples:
        if sample.mask is None:
            continue
        try:
            measured.append(_measured(sample, sample.mask, fit=fit))
        except (UnreadableImage, MaskFault) as fault:
            skips.append(Skip(sample.image, fault.reason))
    if not measured:
        return None, skips
    quantiles = np.quantile([each.area for each in measured], AREA_QUANTILES)
    soft = tuple(each.image for each in measured if each.soft)
    areas = Areas(len(measured), tuple(map(float, quantiles)), tuple(_doubts(measured)), soft)
    return areas, skips


def _measured(sample: Sample, reference: MaskReference, *, fit: bool) -> _Measured:
    header = read_header(sample.path)
    found = mask_pixels(reference, (header.height, header.width), fit=fit)
    mask = found.chosen
    doubt = mask_doubt(mask, found.ignored, least_area=CELL)
    return _Measured(sample.image, float(mask.mean()), doubt, mask_digest(mask), found.soft)


def _doubts(measured: Sequence[_Measured]) -> Iterator[tuple[MaskDoubt, tuple[str, ...]]]:
    found: dict[MaskDoubt, list[str]] = {}
    for each in measured:
        if each.doubt is not None:
            found.setdefault(each.doubt, []).append(each.image)
    # Empty and full masks are all alike: they have a word of their own.
    distinct = [
        (each.image, each.digest)
        for each in measured
        if each.doubt not in (MaskDoubt.EMPTY, MaskDoubt.FULL)
    ]
    repeated = [name for group in repeated_masks(distinct) for name in group]
    if repeated:
        found[MaskDoubt.REPEATED] = repeated
    for doubt in sorted(found):
        yield doubt, tuple(found[doubt])
