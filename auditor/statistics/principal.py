"""Principal components of vectors that come a part at a time (Pearson 1901; Hotelling 1933).

Vectors have entries of at most about 1. They are rounded to fixed steps before they are multiplied,
so that every sum is exact in float64 and the answer is the same however the vectors come in parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float64]

SUMMED, PLACED, TURNED = 14, 24, 20
"""Steps of 2 to minus this: of vectors that are summed (exact for four million), of those that are
placed, and of the axes."""


@dataclass(frozen=True)
class Moments:
    """Sums over the vectors so far.

    Attributes:
        count: of the vectors.
        total: (d,) their sum.
        products: (d, d) the sum of their outer products.
    """

    count: int
    total: Vectors
    products: Vectors

    @classmethod
    def nothing(cls, size: int) -> Moments:
        """Before the first of vectors of that size."""
        return cls(0, np.zeros(size), np.zeros((size, size)))

    def with_rows(self, rows: Vectors) -> Moments:
        """With further vectors, (n, d)."""
        steps = _rounded(rows, SUMMED)
        return Moments(
            self.count + len(rows), self.total + steps.sum(axis=0), self.products + steps.T @ steps
        )


@dataclass(frozen=True)
class Components:
    """The axes along which vectors differ most.

    Attributes:
        mean: (d,) of the vectors.
        axes: (d, k) unit columns, the widest first; the entry that is largest in size is positive,
            so that the same vectors give the same signs.
        unit: standard deviation along the first axis, 1 where there is none.
    """

    mean: Vectors
    axes: Vectors
    unit: float

    def of(self, rows: Vectors) -> Vectors:
        """(n, k) coordinates in units of the first axis's standard deviation."""
        axes = _rounded(self.axes, TURNED)
        found: Vectors = (_rounded(rows, PLACED) @ axes - self.mean @ axes) / self.unit
        return found


def principal(moments: Moments, most: int) -> Components:
    """At most `most` components, as many as the vectors have numbers.

    Without two different vectors every coordinate is 0.
    """
    count = max(moments.count, 1)
    mean = moments.total / count
    spread = moments.products / count - np.outer(mean, mean)
    values, vectors = np.linalg.eigh((spread + spread.T) / 2.0)
    axes = vectors[:, ::-1][:, :most]
    largest = np.abs(axes).argmax(axis=0)
    signs = np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    variance = float(values[-1])
    # What is left of equal vectors is rounding: no axis to stretch.
    flat = variance <= 1e-12 * max(float(np.trace(moments.products)) / count, 1e-300)
    if flat:
        return Components(mean, np.zeros_like(axes), 1.0)
    return Components(mean, axes * signs, variance**0.5)


def _rounded(values: Vectors, steps: int) -> Vectors:
    """To the nearest multiple of 2 to minus `steps`."""
    found: Vectors = np.round(values * 2.0**steps) / 2.0**steps
    return found
