"""Decoded views of a dataset, kept on the disk while several networks look at the same pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch

from auditor.data.chunks import ImageChecks, Loaded
from auditor.domain.mask_references import MaskReference
from auditor.domain.samples import Sample, Skip
from auditor.tensors.batch import Batch
from auditor.tensors.scratch_file import ScratchFile

SHARE_OF_DISK: Final = 0.5
"""Of what is free in the folder for temporary files, when the first view is kept."""

_Key = tuple[Path, MaskReference | None]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a view lies in the file, and what is known of it besides its pixels.

    Attributes:
        at: its first byte; pixels come first, then object and ignored pixels as bits where any
            is set.
        size: height and width of the view.
        planes: which of object and ignored have bits.
        has_mask, object_cropped, original: as in `Batch`.
        checks: as in `Loaded`.
    """

    at: int
    size: tuple[int, int]
    planes: tuple[bool, bool]
    has_mask: bool
    object_cropped: float
    original: tuple[int, int]
    checks: ImageChecks


class DecodedViews:
    """What decoding gave for each picture with its mask, skips too: the same values again.

    A `ScratchFile` holds the pixels. Once it has taken its share of the free disk, further pictures
    are not kept and are decoded again.

    Args:
        most_bytes: of the file; None for `SHARE_OF_DISK`.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self._file = ScratchFile(SHARE_OF_DISK, most_bytes)
        self._kept: dict[_Key, _Kept | str] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def has(self, chunk: Sequence[Sample]) -> bool:
        """Whether every sample of a chunk is known."""
        return all(_key(sample) in self._kept for sample in chunk)

    def keep(self, chunk: Sequence[Sample], loaded: Loaded) -> None:
        """Keep what a chunk gave, as far as there is room.

        Args:
            chunk: what was asked for.
            loaded: of these samples; every tensor with memory of its own, or expanded.
        """
        batch, skips = loaded.batch, iter(loaded.skips)
        known = () if batch is None else batch.samples
        at = 0
        for sample in chunk:
            if at < len(known) and known[at] == sample:
                if batch is not None and _key(sample) not in self._kept:
                    self._keep_one(sample, batch, loaded.checks[at], at)
                at += 1
            else:
                self._kept.setdefault(_key(sample), next(skips).reason)

    def loaded(self, chunk: Sequence[Sample]) -> Loaded:
        """What a chunk gave, with these samples; `has` said that all of it is known."""
        found = [(sample, self._kept[_key(sample)]) for sample in chunk]
        skips = tuple(Skip(sample.image, why) for sample, why in found if isinstance(why, str))
        views = [(sample, kept) for sample, kept in found if isinstance(kept, _Kept)]
        if not views:
            return Loaded(None, skips)
        pixels, planes = zip(*(self._read(kept) for _, kept in views), strict=True)
        masks = torch.from_numpy(np.stack(planes))
        batch = Batch(
            samples=tuple(sample for sample, _ in views),
            images=torch.from_numpy(np.stack(pixels)),
            masks=masks[:, 0].contiguous(),
            ignored=masks[:, 1].contiguous(),
            has_mask=torch.tensor([kept.has_mask for _, kept in views]),
            object_cropped=torch.tensor(
                [kept.object_cropped for _, kept in views], dtype=torch.float32
            ),
            original_sizes=torch.tensor([kept.original for _, kept in views], dtype=torch.int64),
        )
        return Loaded(batch, skips, tuple(kept.checks for _, kept in views))

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()
        self._kept = {}

    def _keep_one(self, sample: Sample, batch: Batch, checks: ImageChecks, i: int) -> None:
        planes = [plane[i].numpy() for plane in (batch.masks, batch.ignored)]
        bits = [np.packbits(plane).tobytes() if plane.any() else b"" for plane in planes]
        content = batch.images[i].numpy().tobytes() + b"".join(bits)
        start = self._file.append(content)
        if start is None:
            return
        height, width = batch.images.shape[-2:]
        original = batch.original_sizes[i].tolist()
        self._kept[_key(sample)] = _Kept(
            start,
            (height, width),
            (bool(bits[0]), bool(bits[1])),
            bool(batch.has_mask[i]),
            float(batch.object_cropped[i]),
            (original[0], original[1]),
            checks,
        )

    def _read(self, kept: _Kept) -> tuple[np.ndarray, np.ndarray]:
        """(3, H, W) uint8 pixels and (2, H, W) bool planes."""
        height, width = kept.size
        area, packed = height * width, -(-height * width // 8)
        content = self._file.read(kept.at, 3 * area + packed * sum(kept.planes))
        planes = np.zeros((2, area), dtype=np.bool_)
        at = 3 * area
        for which, there in enumerate(kept.planes):
            if there:
                bits = np.frombuffer(content, np.uint8, packed, at)
                planes[which] = np.unpackbits(bits, count=area).astype(np.bool_)
                at += packed
        pixels = np.frombuffer(content, np.uint8, 3 * area).reshape(3, height, width)
        return pixels, planes.reshape(2, height, width)


def _key(sample: Sample) -> _Key:
    return sample.path, sample.mask
