"""Automatic masks where the data has none: GrabCut, started from a frame around the image.

Source: Rother, Kolmogorov, Blake, "GrabCut: interactive foreground extraction using iterated graph
cuts", SIGGRAPH 2004, as OpenCV has it (extra `automask`).
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGER_SIDE: Final = 256
"""Pixels at which is cut; a finer outline is lost on a saliency map anyway."""

FRAME: Final = 0.06
"""Share of each side that is taken for background: the object is somewhere inside."""

ROUNDS: Final = 3


def is_available() -> bool:
    """Whether OpenCV is installed."""
    return find_spec("cv2") is not None


def grabcut(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W) bool: what stands out from the frame of the image by its colours.

    A guess. Where nothing stands out, or the image is too small to say, no pixel is object. The
    same image always gives the same mask.

    Args:
        image: (H, W, 3) uint8 RGB, upright.
    """
    import cv2

    height, width = image.shape[:2]
    scale = min(1.0, LONGER_SIDE / max(height, width))
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(np.ascontiguousarray(image), (across, down), interpolation=cv2.INTER_AREA)
    marks = np.full((down, across), cv2.GC_PR_FGD, dtype=np.uint8)
    edge = max(1, round(FRAME * min(across, down)))
    inside = np.zeros_like(marks, dtype=bool)
    inside[edge:-edge, edge:-edge] = True
    marks[~inside] = cv2.GC_BGD
    nothing = np.zeros((height, width), dtype=bool)
    if not inside.any():
        return nothing
    ground, thing = np.zeros((1, 65)), np.zeros((1, 65))
    # Its colour clusters start from random numbers of OpenCV's own.
    cv2.setRNGSeed(0)
    try:
        cv2.grabCut(small, marks, (0, 0, 1, 1), ground, thing, ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return nothing
    found = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8)
    enlarged = cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(enlarged, dtype=bool)
