"""Small datasets on disk for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.domain.mask_references import MaskReference
from auditor.domain.samples import Sample, case_id_of

UPRIGHT_TO_RAW: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    # EXIF 2.3, tag 0x0112: which side of the scene the 0th row and 0th column of the file show.
    1: lambda a: a,  # top, left
    2: np.fliplr,  # top, right
    3: lambda a: np.rot90(a, 2),  # bottom, right
    4: np.flipud,  # bottom, left
    5: lambda a: np.swapaxes(a, 0, 1),  # left, top
    6: lambda a: np.rot90(a, 1),  # right, top: the camera was turned, the scene lies on its side
    7: lambda a: np.swapaxes(np.rot90(a, 2), 0, 1),  # right, bottom
    8: lambda a: np.rot90(a, -1),  # left, bottom
}


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) uint8, no two neighbours alike."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def scene(seed: int) -> Image.Image:
    """A picture with detail on all scales, as photographs have."""
    generator = np.random.default_rng(seed)
    layers = [
        np.asarray(
            Image.fromarray(generator.integers(0, 256, (n, n, 3), dtype=np.uint8)).resize(
                (224, 224), Image.Resampling.BICUBIC
            ),
            dtype=np.float32,
        )
        for n in (3, 12, 48)
    ]
    return Image.fromarray(np.average(layers, axis=0, weights=(4, 2, 1)).astype(np.uint8))


def save(path: Path, pixels: NDArray[np.generic], **options: object) -> Path:
    """Write pixels, making the folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def save_mask(path: Path, mask: NDArray[np.bool_]) -> Path:
    """Write a 0/255 mask."""
    return save(path, mask.astype(np.uint8) * 255)


def sample(path: Path, label: str = "cat", mask: MaskReference | None = None) -> Sample:
    """A sample named after its file."""
    return Sample(case_id_of(path.name, label), path.name, label, path, mask)
