"""Which images of a dataset look alike, told before any network is asked; torch-free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.data.checks.near_duplicates import near_duplicates
from auditor.data.checks.phash import SMALL, signatures
from auditor.data.checks.pictures import picture_remarks
from auditor.domain.preprocess import Preprocess
from auditor.domain.remarks import Remark
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import UnreadableImage, open_upright
from auditor.imagery.view import model_view

VIEW: Final = Preprocess()
"""What most networks see. A run compares the views of its own network."""

TOGETHER: Final = 5
"""Images in a row that a sample takes: copies and frames of one film stand beside each other."""


@dataclass(frozen=True)
class Lookalikes:
    """Images that look like another one and are not the same file.

    Attributes:
        compared: images that were decoded and compared.
        left: images that were not opened.
        alike: groups of names; of these, groups that reach over splits (leakage) and over labels
            (contradiction).
        remarks: names of images that show nothing, by what is odd about them.
    """

    compared: int
    left: int
    alike: tuple[tuple[str, ...], ...]
    across_splits: int
    across_labels: int
    remarks: tuple[tuple[Remark, tuple[str, ...]], ...] = ()


def look_over(
    samples: Sequence[Sample], same: Sequence[Sequence[Sample]], most: int
) -> tuple[Lookalikes, list[Skip]]:
    """Decode images and compare their pixels.

    Args:
        same: groups of identical files, which are no news.
        most: images at most; of more, runs of `TOGETHER` are spread evenly.

    Returns:
        What looks alike, and a skip for each image that could not be decoded.
    """
    seen: list[Sample] = []
    hashes: list[bytes] = []
    skips: list[Skip] = []
    odd: defaultdict[Remark, list[str]] = defaultdict(list)
    chosen = _runs(samples, most)
    for sample in chosen:
        try:
            small = _small(sample)
            hashes += signatures(small[None])
            for remark in picture_remarks(small.transpose(2, 0, 1), deep=False):
                odd[remark].append(sample.image)
        except UnreadableImage as fault:
            skips.append(Skip(sample.image, fault.reason))
        else:
            seen.append(sample)
    known = [{sample.image for sample in group} for group in same]
    groups = [tuple(seen[i] for i in members) for members in near_duplicates(hashes)]
    alike = [g for g in groups if not any({s.image for s in g} <= names for names in known)]
    lookalikes = Lookalikes(
        compared=len(seen),
        left=len(samples) - len(chosen),
        alike=tuple(tuple(sample.image for sample in group) for group in alike),
        across_splits=sum(len({s.split for s in group}) > 1 for group in alike),
        across_labels=sum(len({s.label for s in group}) > 1 for group in alike),
        remarks=tuple((remark, tuple(odd[remark])) for remark in sorted(odd)),
    )
    return lookalikes, skips


def _runs(samples: Sequence[Sample], most: int) -> Sequence[Sample]:
    if len(samples) <= most:
        return samples
    runs = max(1, most // TOGETHER)
    starts = (i * len(samples) // runs for i in range(runs))
    return [sample for start in starts for sample in samples[start : start + TOGETHER]]


def _small(sample: Sample) -> NDArray[np.uint8]:
    view = model_view(open_upright(sample.path), VIEW)
    return np.asarray(view.resize((SMALL, SMALL), Image.Resampling.BILINEAR))
