"""What makes automatic masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class Segmenter(Protocol):
    """Finds the object of pictures."""

    @property
    def identity(self) -> str:
        """Changes with everything that the masks depend on: the method, its weights."""
        ...

    def masks(self, pictures: Sequence[Picture], labels: Sequence[str]) -> list[Mask | None]:
        """One mask for each picture.

        Args:
            pictures: (H, W, 3) uint8 RGB, upright, of any sizes.
            labels: the pictures' classes.

        Returns:
            (H, W) bool, True on the object; None where no object was found.
        """
        ...
