"""Automatic masks for images that have none, and how good they are where there are drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from auditor.data.listing import named
from auditor.data.masks.grabcut import grabcut
from auditor.data.masks.reading import MaskFault, read_mask
from auditor.domain.mask_references import MaskAuto, MaskFile, MaskSource, mask_source
from auditor.domain.messages import coded, coded_n
from auditor.domain.samples import Sample
from auditor.imagery.decode import UnreadableImage, decode_image

HELD_AGAINST: Final = 64
"""Drawn masks that automatic ones are compared with, spread over the data."""


@dataclass(frozen=True)
class AutoMasks:
    """Automatic masks of a dataset (manifest key `auto_masks`).

    Attributes:
        method: that made them.
        images: that got one.
        drawn: drawn masks that they were held against.
        iou: 5%, 50% and 95% quantile of the intersection over union with those; None without any.
        mixed: classes with both drawn and automatic masks.
    """

    method: str
    images: int
    drawn: int
    iou: tuple[float, float, float] | None
    mixed: tuple[str, ...]

    def warnings(self) -> Iterator[str]:
        """What a user should hear, a sentence each."""
        how = coded(
            "data.auto_unknown",
            "there is no drawn mask to compare them with, so how good they are is unknown",
        )
        if self.iou is not None:
            low, middle, high = self.iou
            how = coded(
                "data.auto_overlap",
                "compared with {n:,} drawn masks, their median overlap (IoU) is {middle}, {low} to"
                " {high} for nine in ten",
                n=self.drawn,
                middle=f"{middle:.2f}",
                low=f"{low:.2f}",
                high=f"{high:.2f}",
            )
        yield coded_n(
            "data.auto_masks",
            "{n:,} image has an automatic mask ({method}), an estimate: {how}",
            "{n:,} images have an automatic mask ({method}), an estimate: {how}",
            self.images,
            method=self.method,
            how=how,
        )
        if self.method == "grabcut":
            yield coded(
                "data.grabcut",
                "GrabCut tells objects by their colours: its masks reach a median IoU of .90 on"
                " composites, .32 on photographs of everyday scenes and .00 on radiographs; bring a"
                " segmentation network (data.auto_mask) for anything but plain backgrounds",
            )
        if self.mixed:
            yield coded(
                "data.mixed_masks",
                "drawn and automatic masks are mixed in these classes: {names}",
                names=named(self.mixed),
            )


Make = Callable[[Sequence[Sample]], Mapping[str, Path]]
"""By case_id the files of masks that a network made; see `auditor.segmentation`."""


def with_auto_masks(
    samples: Sequence[Sample], method: str, *, fit: bool = False, make: Make | None = None
) -> tuple[list[Sample], AutoMasks]:
    """The samples with an automatic mask where they have none, and what is known of these.

    Args:
        method: value of `data.auto_mask`.
        fit: resize drawn masks of another size but the same aspect ratio.
        make: of a network or function; None for grabcut, whose masks are made as images are read.
    """
    bare = [s for s in samples if s.mask is None]
    drawn = _spread([s for s in samples if mask_source(s.mask) is MaskSource.FILE])
    files = {} if make is None else dict(make([*bare, *drawn]))
    marked = [
        s if s.mask is not None else replace(s, mask=MaskAuto(method, files.get(s.case_id)))
        for s in samples
    ]
    overlaps = list(_overlaps(drawn, files if make else None, fit=fit))
    automatic = {s.label for s in bare}
    by_hand = {s.label for s in samples if s.mask is not None}
    low, middle, high = np.quantile(overlaps, (0.05, 0.5, 0.95)) if overlaps else (0.0, 0.0, 0.0)
    return marked, AutoMasks(
        method=method,
        images=len(bare),
        drawn=len(overlaps),
        iou=(float(low), float(middle), float(high)) if overlaps else None,
        mixed=tuple(sorted(automatic & by_hand)),
    )


def _spread(drawn: Sequence[Sample]) -> Sequence[Sample]:
    step = max(1, len(drawn) // HELD_AGAINST)
    return drawn[::step][:HELD_AGAINST]


def _overlaps(
    drawn: Sequence[Sample], files: Mapping[str, Path] | None, *, fit: bool
) -> Iterator[float]:
    """Intersection over union of automatic and drawn masks; grabcut's where no files are given."""
    for sample in drawn:
        if sample.mask is None or (files is not None and sample.case_id not in files):
            continue
        try:
            image = decode_image(sample.path)
            mask, ignored = read_mask(sample.mask, image.shape[:2], fit=fit)
            guessed = (
                grabcut(image)
                if files is None
                else read_mask(MaskFile(files[sample.case_id]), image.shape[:2])[0]
            )
        except (UnreadableImage, MaskFault):
            continue
        found = guessed & ~ignored
        union = np.count_nonzero(found | mask)
        if union:
            yield np.count_nonzero(found & mask) / union
