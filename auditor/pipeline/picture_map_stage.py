"""Where every picture lies on the map of all pictures: alike to the network, close on the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.saliency.pooled import POOLED_NUMBERS
from auditor.statistics.principal import Components, Moments, Vectors, principal
from auditor.storage.parts import Parts

POOLED = "pooled"
"""Helper column of the parts: little-endian float32."""
FEATURES = 32
"""Components that are kept of a picture; the first two are its place on the map."""


@dataclass(frozen=True)
class PictureMap:
    """The map of a run."""

    components: Components

    def columns(self, rows: pd.DataFrame) -> pd.DataFrame:
        """`map_x`, `map_y` and `features` by case_id; null where the features are not known.

        Args:
            rows: of a part of the cases.
        """
        known, vectors = _vectors(rows)
        places = self.components.of(vectors).astype(np.float32)
        return pd.DataFrame(
            {
                "map_x": places[:, 0].astype(np.float64),
                "map_y": places[:, 1].astype(np.float64),
                "features": [row.astype("<f2").tobytes() for row in places],
            },
            index=rows.loc[known, "case_id"],
        ).reindex(rows["case_id"])


def lay_out(parts: Parts) -> PictureMap:
    """The map from all parts, one of them in memory at a time; the same after `--resume`, since
    sums are taken in the order of the parts."""
    moments = Moments.nothing(POOLED_NUMBERS)
    for rows in parts.each("cases", ("case_id", POOLED)):
        moments = moments.with_rows(_vectors(rows)[1])
    return PictureMap(principal(moments, FEATURES))


def _vectors(rows: pd.DataFrame) -> tuple[pd.Series, Vectors]:
    """Which rows have features, and these."""
    if POOLED not in rows:
        return pd.Series(False, index=rows.index), np.zeros((0, POOLED_NUMBERS))
    known = rows[POOLED].notna()
    joined = b"".join(rows.loc[known, POOLED])
    found = np.frombuffer(joined, dtype="<f4").reshape(-1, POOLED_NUMBERS)
    return known, found.astype(np.float64)
