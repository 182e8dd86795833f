"""Samples to batches in order, in this process or by worker processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from auditor.data.chunks import Chunks, Loaded, SizesDiffer
from auditor.domain.errors import AuditInterrupted, DataError
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample

__all__ = ["Loaded", "Loader"]


class Loader:
    """Decodes images and masks and moves both through one geometry.

    Nothing in it is random: the same samples give the same batches, value for value, with any
    number of workers.

    Args:
        preprocess: the network's geometry (normalisation is left to the device).
        batch_size: inputs a chunk.
        workers: decoding processes; 0 decodes in this one.
        mask_fit: resize masks of another size but the same aspect ratio instead of skipping.
        pin_memory: hand on page-locked memory, where there is a CUDA device.
    """

    def __init__(
        self,
        preprocess: Preprocess,
        *,
        batch_size: int,
        workers: int = 0,
        mask_fit: bool = False,
        pin_memory: bool = False,
    ) -> None:
        self._preprocess = preprocess
        self._batch_size = batch_size
        self._workers = workers
        self._mask_fit = mask_fit
        self._pin_memory = pin_memory and torch.cuda.is_available()

    def load(self, samples: Sequence[Sample]) -> Iterator[Loaded]:
        """Chunk k is samples[k * batch_size : (k + 1) * batch_size], whatever fails in it.

        An image or mask that cannot be used is a skip of its chunk.

        Raises:
            DataError: if the views differ in size and so cannot stand in one batch.
            AuditInterrupted: if a worker process died.
        """
        first: tuple[str, tuple[int, int]] | None = None
        for chunk in self._chunks(samples):
            if isinstance(chunk, SizesDiffer):
                raise self._sizes_differ(chunk)
            if chunk.batch is not None:
                height, width = chunk.batch.images.shape[-2:]
                here = chunk.batch.samples[0].image, (height, width)
                first = first or here
                if here[1] != first[1]:
                    raise self._sizes_differ(SizesDiffer(first, here))
            yield chunk

    def _chunks(self, samples: Sequence[Sample]) -> Iterator[Loaded | SizesDiffer]:
        chunks = Chunks(samples, self._batch_size, self._preprocess, mask_fit=self._mask_fit)
        stream = DataLoader(
            chunks,
            batch_size=None,
            num_workers=min(self._workers, len(chunks)),
            pin_memory=self._pin_memory,
            # Its own, for the seeds of workers: the caller's random numbers stay as they are.
            generator=torch.Generator(),
        )
        shared = self._workers > 0 and not self._pin_memory
        try:
            for chunk in stream:
                # A copy gives shared memory and its file descriptor back at once: a caller that
                # keeps every batch would run out of both.
                copied = shared and isinstance(chunk, Loaded)
                yield chunk.with_tensors(Tensor.clone) if copied else chunk
        except RuntimeError as error:
            if not str(error).startswith("DataLoader worker"):
                raise
            raise AuditInterrupted(
                "A decoding process died.",
                expected=f"{self._workers} worker processes until the last image",
                got=str(error).splitlines()[0],
                remedy="usually memory ran out: lower run.workers or run.batch_size, or give a "
                "container more shared memory (--shm-size); --resume goes on",
            ) from error

    def _sizes_differ(self, sizes: SizesDiffer) -> DataError:
        (name, (height, width)), (other, (h, w)) = sizes.first, sizes.second
        asked = self._preprocess
        return DataError(
            "The images differ in size, so they cannot stand in one batch.",
            expected="one size for all after resize and crop",
            got=f"{name} is {width}x{height} and {other} {w}x{h} with resize = {asked.resize}, "
            f"crop = {asked.crop}",
            remedy="set model.preprocess.crop = 224, or model.preprocess.resize = [224, 224]",
        )
