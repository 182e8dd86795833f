"""Whether the audited images may be those that the network was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from auditor.domain.messages import coded

NEARLY_ALL: Final = 0.99
"""Share of right answers from which it is said."""
FEWEST: Final = 40
"""Images of a run; fewer may all be right by chance."""


def by_heart_warnings(cases: pd.DataFrame) -> Iterator[str]:
    """Say where nearly every image is answered right, and what follows if it was trained on.

    A network that knows its training images by heart loses by any change to them, a swapped
    background too: on networks trained with random labels classes were confirmed that have no cue.
    Nothing in a run tells whether its images were trained on, so this is said as a condition.

    Args:
        cases: `correct`, a row an image, one label an image.
    """
    right = int(cases["correct"].sum())
    if len(cases) >= FEWEST and right >= NEARLY_ALL * len(cases):
        yield coded(
            "data.by_heart",
            "{right:,} of {n:,} audited images are answered right. If the network was trained on"
            " these images, it may know them by heart: then any change to them costs it"
            " probability, and a confirmed class may be a false alarm. Audit images that it was"
            " not trained on",
            right=right,
            n=len(cases),
        )
