"""How far two columns of categories go together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cramers_v(table: NDArray[np.int64]) -> float | None:
    """Bias-corrected Cramér's V (Bergsma 2013, J. Korean Stat. Soc. 42:323), 0..1.

    Null where either side has one value only, or where the correction leaves nothing.

    Args:
        table: (r, k) counts; rows and columns without counts are ignored.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.size:
        counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    total = counts.sum()
    if counts.size == 0 or min(counts.shape) < 2 or total < 2:
        return None
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    phi2 = float(((counts - expected) ** 2 / expected).sum() / total)
    r, k = counts.shape
    corrected = max(0.0, phi2 - (r - 1) * (k - 1) / (total - 1))
    sides = min(r - (r - 1) ** 2 / (total - 1), k - (k - 1) ** 2 / (total - 1)) - 1
    return None if sides <= 0 else float(min(1.0, np.sqrt(corrected / sides)))
