"""Samples to batches, a fixed chunk at a time: the work of one decoding process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, default_collate

from auditor.data.checks.perceptual import picture_signatures
from auditor.data.checks.pictures import picture_remarks
from auditor.data.geometry import View, to_view
from auditor.data.masks.grabcut import grabcut
from auditor.data.masks.quality import mask_doubt
from auditor.data.masks.reading import MaskFault, mask_pixels
from auditor.data.pixels import read_picture
from auditor.domain.mask_doubts import MaskDoubt
from auditor.domain.mask_references import MaskAuto, MaskReference
from auditor.domain.preprocess import Preprocess
from auditor.domain.remarks import Remark
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import UnreadableImage
from auditor.imagery.mask_image import MaskImage
from auditor.tensors.batch import Batch


@dataclass(frozen=True, slots=True)
class ImageChecks:
    """What is found out of one image while its pixels are at hand.

    Attributes:
        doubt: about its mask, before any crop.
        animated: only the first frame or page of its file was looked at.
        perceptual_hash: signature of the network's view, if hashes are asked for.
        remarks: on the picture and its mask.
    """

    doubt: MaskDoubt | None = None
    animated: bool = False
    perceptual_hash: bytes | None = None
    remarks: tuple[Remark, ...] = ()


def check_columns(checks: Sequence[ImageChecks]) -> dict[str, list[Any]]:
    """`mask_doubt` (text or None), `animated`, `perceptual_hash` (bytes or None), `remarks` (text
    with blanks between, or None), a value per image."""
    return {
        "animated": [each.animated for each in checks],
        "mask_doubt": [None if each.doubt is None else each.doubt.value for each in checks],
        "perceptual_hash": [each.perceptual_hash for each in checks],
        "remarks": [" ".join(each.remarks) or None for each in checks],
    }


@dataclass(frozen=True)
class Loaded:
    """One chunk of inputs: what could be read, and why the rest could not.

    Attributes:
        batch: None where nothing of the chunk could be read.
        skips: the rest, in order.
        checks: one for each sample of the batch.
    """

    batch: Batch | None
    skips: tuple[Skip, ...]
    checks: tuple[ImageChecks, ...] = ()

    def pin_memory(self) -> Loaded:
        """The same in page-locked memory (torch's DataLoader calls it)."""
        return self.whole().with_tensors(Tensor.pin_memory)

    def whole(self) -> Loaded:
        """The same with memory of its own for every value of every tensor."""
        return self.with_tensors(lambda each: each.contiguous() if 0 in each.stride() else each)

    def with_tensors(self, change: Callable[[Tensor], Tensor]) -> Loaded:
        """The same with every tensor changed."""
        if self.batch is None:
            return self
        tensors: dict[str, Any] = {
            name: change(value)
            for name, value in vars(self.batch).items()
            if isinstance(value, Tensor)
        }
        return replace(self, batch=replace(self.batch, **tensors))


@dataclass(frozen=True)
class SizesDiffer:
    """Two samples of a chunk whose views cannot stand in one batch. Heights and widths."""

    first: tuple[str, tuple[int, int]]
    second: tuple[str, tuple[int, int]]


class Decoder(Dataset[Loaded | SizesDiffer]):
    """A chunk of samples to a batch, whatever fails in it. Its index is the chunk itself."""

    def __init__(self, preprocess: Preprocess, *, mask_fit: bool, hashes: bool = False) -> None:
        self._preprocess = preprocess
        self._mask_fit = mask_fit
        self._hashes = hashes

    def __getitem__(self, chunk: Sequence[Sample]) -> Loaded | SizesDiffer:
        rows: list[_Row] = []
        skips: list[Skip] = []
        for sample in chunk:
            try:
                rows.append(self._read(sample))
            except (UnreadableImage, MaskFault) as fault:
                skips.append(Skip(sample.image, fault.reason))
        odd = [row for row in rows if row.shape != rows[0].shape]
        if odd:
            return SizesDiffer(
                (rows[0].sample.image, rows[0].shape), (odd[0].sample.image, odd[0].shape)
            )
        if not rows:
            return Loaded(None, tuple(skips))
        batch = _batch(rows)
        hashes = picture_signatures(batch.images) if self._hashes else (None,) * len(rows)
        checks = tuple(
            ImageChecks(row.doubt, row.animated, value, row.remarks)
            for row, value in zip(rows, hashes, strict=True)
        )
        return Loaded(batch, tuple(skips), checks)

    def _read(self, sample: Sample) -> _Row:
        picture = read_picture(sample.path)
        image = picture.pixels
        size = image.shape[1], image.shape[2]
        mask = self._mask(sample.mask, image)
        planes = None if mask is None else (mask.chosen, mask.ignored)
        view = to_view(image, planes, self._preprocess)
        doubt = None if planes is None else mask_doubt(*planes)
        remarks = [*picture_remarks(image, deep=picture.deep)]
        if mask is not None and mask.soft:
            remarks.append(Remark.SOFT_MASK)
        return _Row(sample, view, size, doubt, picture.animated, tuple(remarks))

    def _mask(self, mask: MaskReference | None, image: Tensor) -> MaskImage | None:
        if mask is None:
            return None
        if isinstance(mask, MaskAuto) and mask.file is None:
            guessed = grabcut(image.permute(1, 2, 0).numpy())
            return MaskImage(guessed, np.zeros_like(guessed))
        return mask_pixels(mask, (image.shape[1], image.shape[2]), fit=self._mask_fit)


@dataclass(frozen=True)
class _Row:
    sample: Sample
    view: View
    size: tuple[int, int]
    doubt: MaskDoubt | None
    animated: bool
    remarks: tuple[Remark, ...]

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.view.image.shape[-2:]
        return height, width


def _batch(rows: Sequence[_Row]) -> Batch:
    # Channels last, as decoders and networks have it: copied row by row, and never turned again.
    # In a worker `default_collate` writes straight into the memory that it shares.
    images = default_collate([row.view.image.permute(1, 2, 0) for row in rows])
    return Batch(
        samples=tuple(row.sample for row in rows),
        images=images.permute(0, 3, 1, 2),
        masks=_planes(rows, 0),
        ignored=_planes(rows, 1),
        has_mask=torch.tensor([row.sample.mask is not None for row in rows]),
        object_cropped=torch.tensor([row.view.object_cropped for row in rows], dtype=torch.float32),
        original_sizes=torch.tensor([row.size for row in rows], dtype=torch.int64),
    )


def _planes(rows: Sequence[_Row], which: int) -> Tensor:
    """(N, H, W) bool; one byte stands for all where nothing is marked (`Loaded.whole`)."""
    nothing = torch.zeros((), dtype=torch.bool).expand(rows[0].shape)
    found = [nothing if row.view.planes is None else row.view.planes[which] for row in rows]
    if not any(plane.any() for plane in found if plane is not nothing):
        return nothing.expand(len(rows), *rows[0].shape)
    planes: Tensor = default_collate(found)
    return planes
