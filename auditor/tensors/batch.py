"""A batch of images with their object masks, in the network's input geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from auditor.domain.samples import Sample
from auditor.tensors.tensor_ipc import packed, received


@dataclass(frozen=True)
class Batch:
    """N images as the network will see them, before normalisation.

    Attributes:
        samples: the N samples, in the order of the tensors.
        images: (N, 3, H, W) uint8 RGB.
        masks: (N, H, W) bool, True on the object; all False where `has_mask` is False.
        ignored: (N, H, W) bool, pixels that count on neither side.
        has_mask: (N,) bool.
        object_cropped: (N,) float32 share of the object that the crop cut off; NaN without mask.
        original_sizes: (N, 2) int64 height and width of the upright files.
    """

    samples: tuple[Sample, ...]
    images: Tensor
    masks: Tensor
    ignored: Tensor
    has_mask: Tensor
    object_cropped: Tensor
    original_sizes: Tensor

    def __len__(self) -> int:
        return len(self.samples)

    def __reduce__(self) -> tuple[Any, ...]:
        return received, (type(self), {name: packed(value) for name, value in vars(self).items()})

    def to(self, device: torch.device) -> Batch:
        """The same batch with pixels and masks on `device` (asynchronously from pinned memory)."""
        return replace(
            self,
            images=self.images.to(device, non_blocking=True),
            masks=self.masks.to(device, non_blocking=True),
            ignored=self.ignored.to(device, non_blocking=True),
            has_mask=self.has_mask.to(device, non_blocking=True),
        )

    def select(self, indices: Sequence[int]) -> Batch:
        """The samples at `indices`, in that order."""
        index = torch.as_tensor(list(indices), dtype=torch.long)
        on_device = index.to(self.images.device)
        return Batch(
            samples=tuple(self.samples[i] for i in indices),
            images=self.images[on_device],
            masks=self.masks[on_device],
            ignored=self.ignored[on_device],
            has_mask=self.has_mask[on_device],
            object_cropped=self.object_cropped[index],
            original_sizes=self.original_sizes[index],
        )

    @staticmethod
    def concatenate(batches: Sequence[Batch]) -> Batch:
        """One batch of all; every batch has the same H and W."""
        return Batch(
            samples=tuple(sample for batch in batches for sample in batch.samples),
            images=torch.cat([batch.images for batch in batches]),
            masks=torch.cat([batch.masks for batch in batches]),
            ignored=torch.cat([batch.ignored for batch in batches]),
            has_mask=torch.cat([batch.has_mask for batch in batches]),
            object_cropped=torch.cat([batch.object_cropped for batch in batches]),
            original_sizes=torch.cat([batch.original_sizes for batch in batches]),
        )
