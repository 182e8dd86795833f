"""Images that the network answers with NaN or infinity: a few are left out, many stop the audit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd

from auditor.domain.samples import Sample, Skip
from auditor.saliency.capture import not_finite

REASON: Final = "the network answers with NaN or infinity"
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


def untested_words(images: Collection[str], *, shown: int = 6) -> tuple[str, ...]:
    """What to say of images whose changed versions have no finite answer."""
    if not images:
        return ()
    named = ", ".join(sorted(images)[:shown])
    more = f" and {len(images) - shown} more" if len(images) > shown else ""
    return (
        f"The network answers with NaN or infinity to changed versions of {len(images):,} "
        f"image{'' if len(images) == 1 else 's'}, which could not be tested: {named}{more}.",
    )
