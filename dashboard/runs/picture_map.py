"""The map of a run's pictures: where each lies, and what it is coloured by. Pure: no cache."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.verdicts import CASE_VERDICTS
from dashboard.runs.filters import RANK
from dashboard.runs.queries import Cases

VERDICTS = tuple(str(verdict) for verdict in CASE_VERDICTS)
HIDDEN = 255
"""Code of a verdict that is not told."""


@dataclass(frozen=True, slots=True)
class CaseMap:
    """The cases of a run by rank.

    Attributes:
        verdicts: (n,) places in `VERDICTS`.
        labels: (n,) places in `classes`.
        classes: names, the largest class first.
    """

    verdicts: NDArray[np.uint8]
    labels: NDArray[np.uint16]
    classes: tuple[str, ...]


def picture_map(cases: Cases) -> CaseMap:
    """What the map is coloured by."""
    rows = cases.ask("label, verdict", (), f"ORDER BY {RANK}").df()
    classes = rows["label"].value_counts().index.astype(str)
    labels = pd.Categorical(rows["label"], categories=classes).codes.astype(np.uint16)
    verdicts = pd.Categorical(rows["verdict"], categories=list(VERDICTS)).codes.astype(np.uint8)
    return CaseMap(verdicts, labels, tuple(classes))


def packed(flags: NDArray[np.bool_]) -> bytes:
    """Eight flags a byte, the first in the lowest bit."""
    return np.packbits(flags, bitorder="little").tobytes()
