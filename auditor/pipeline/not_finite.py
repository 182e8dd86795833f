"""Images that the network answers with NaN or infinity: a few are left out, many stop the audit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd

from auditor.data.listing import named
from auditor.domain.messages import coded, coded_n
from auditor.domain.samples import Sample, Skip
from auditor.saliency.capture import not_finite

REASON: Final = coded("skip.not_finite", "the network answers with NaN or infinity")
MOST: Final = 0.1
"""Share of the images that may be left out; one always may."""


def skip_of(sample: Sample) -> Skip:
    """The row of skipped.csv for an image that has no finite answer."""
    return Skip(sample.image, REASON)


def counted(skips: pd.DataFrame) -> int:
    """How many of some skips (rows of skipped.csv) are of this kind."""
    return int((skips["reason"] == REASON).sum())


def refuse_many(broken: int, images: int) -> None:
    """Raise ModelError where so many of all images have no finite answer that it is no accident."""
    if broken > 1 and broken > MOST * images:
        raise not_finite(broken, images)


def untested_words(images: Collection[str]) -> tuple[str, ...]:
    """What to say of images whose changed versions have no finite answer."""
    if not images:
        return ()
    return (
        coded_n(
            "network.not_finite",
            "The network answers with NaN or infinity to changed versions of {n:,} image, which"
            " could not be tested: {names}.",
            "The network answers with NaN or infinity to changed versions of {n:,} images, which"
            " could not be tested: {names}.",
            len(images),
            names=named(images),
        ),
    )
