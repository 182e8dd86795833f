"""A segmenter that is always right: it finds the drawn mask of a picture by its pixels."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DRAWN = "AUDITOR_TEST_DRAWN"
"""Environment variable: the folder with `images` and, of the same names, `masks`."""


def segment(image: NDArray[np.uint8], label: str) -> NDArray[np.uint8] | None:
    """The drawn mask of one of the folder's pictures, None of any other."""
    del label
    folder = Path(os.environ[DRAWN])
    wanted = hashlib.sha256(image.tobytes()).digest()
    for path in sorted((folder / "images").iterdir()):
        with Image.open(path) as picture:
            if hashlib.sha256(np.asarray(picture.convert("RGB")).tobytes()).digest() == wanted:
                with Image.open(folder / "masks" / path.name) as mask:
                    return np.asarray(mask.convert("L"))
    return None
