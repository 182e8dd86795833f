"""Small datasets on disk for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.domain.samples import MaskReference, Sample, case_id_of


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) uint8, no two neighbours alike."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


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
