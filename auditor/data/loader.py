"""Samples to batches in order, in this process or by worker processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from auditor.data.checks.pictures import ENOUGH, refuse_constant
from auditor.data.chunks import Decoder, Loaded, SizesDiffer
from auditor.data.decoded_views import DecodedViews
from auditor.data.prefetch import TooSlow, prefetch
from auditor.domain.errors import AuditInterrupted, DataError
from auditor.domain.preprocess import Preprocess
from auditor.domain.remarks import Remark
from auditor.domain.samples import Sample

__all__ = ["Loaded", "Loader"]

AHEAD = 2
"""Chunks that wait, decoded, for each process or thread that decodes."""
PATIENCE = 300.0
"""Seconds to wait for a chunk before its reader is taken to hang."""


class Loader:
    """Decodes images and masks and moves both through one geometry.

    Nothing in it is random: the same samples give the same batches, value for value, with any
    number of workers. Samples are taken as they are needed, so a long iterable stays lazy.

    Args:
        preprocess: the network's geometry (normalisation is left to the device).
        batch_size: inputs a chunk.
        workers: decoding processes; 0 decodes in this one, in a thread.
        mask_fit: resize masks of another size but the same aspect ratio instead of skipping.
        hashes: hand on each view's perceptual hash.
        pin_memory: hand on page-locked memory, where there is a CUDA device.
        patience: seconds to wait for a chunk.
        views: what was decoded before with the same preprocessing and settings, and is kept of what
            is decoded now; None decodes every time.
    """

    def __init__(
        self,
        preprocess: Preprocess,
        *,
        batch_size: int,
        workers: int = 0,
        mask_fit: bool = False,
        hashes: bool = False,
        pin_memory: bool = False,
        patience: float = PATIENCE,
        views: DecodedViews | None = None,
    ) -> None:
        self._preprocess = preprocess
        self._batch_size = batch_size
        self._workers = workers
        self._mask_fit = mask_fit
        self._hashes = hashes
        self._pin_memory = pin_memory and torch.cuda.is_available()
        self._patience = patience
        self._views = views

    def load(self, samples: Iterable[Sample]) -> Iterator[Loaded]:
        """Chunk k is samples[k * batch_size : (k + 1) * batch_size], whatever fails in it.

        An image or mask that cannot be used is a skip of its chunk.

        Raises:
            DataError: if the views differ in size and so cannot stand in one batch, or of many
                images most have one colour throughout.
            AuditInterrupted: if a worker process died, or a chunk did not come in time.
        """
        first: tuple[str, tuple[int, int]] | None = None
        seen, constant = 0, 0
        for chunk in self._known_or_read(_chunked(samples, self._batch_size)):
            if isinstance(chunk, SizesDiffer):
                raise self._sizes_differ(chunk)
            if chunk.batch is not None:
                height, width = chunk.batch.images.shape[-2:]
                here = chunk.batch.samples[0].image, (height, width)
                first = first or here
                if here[1] != first[1]:
                    raise self._sizes_differ(SizesDiffer(first, here))
            seen += len(chunk.checks)
            constant += sum(Remark.CONSTANT in each.remarks for each in chunk.checks)
            if seen >= ENOUGH:
                refuse_constant(constant, seen)
            yield chunk

    def _known_or_read(self, chunks: Iterable[Sequence[Sample]]) -> Iterator[Loaded | SizesDiffer]:
        """Chunks in order; those that are not known are read ahead, as far as the next known."""
        views = self._views
        if views is None:
            yield from self._chunks(chunks)
            return
        for known, group in groupby(chunks, views.has):
            if known:
                yield from (self._own(views.loaded(chunk)) for chunk in group)
                continue
            given: list[Sequence[Sample]] = []
            for chunk in self._chunks(_noted(group, given)):
                if isinstance(chunk, Loaded):
                    views.keep(given.pop(0), chunk)
                yield chunk

    def _own(self, chunk: Loaded) -> Loaded:
        return chunk.pin_memory() if self._pin_memory else chunk

    def _chunks(self, chunks: Iterable[Sequence[Sample]]) -> Iterator[Loaded | SizesDiffer]:
        given: list[Sequence[Sample]] = []
        stream = self._by_processes if self._workers else self._by_a_thread
        try:
            for chunk in stream(_noted(chunks, given)):
                given.pop(0)
                yield chunk
        except TooSlow:
            raise self._too_slow(given[0]) from None
        except RuntimeError as error:
            if not str(error).startswith("DataLoader"):
                raise
            if "timed out" in str(error):
                raise self._too_slow(given[0]) from None
            raise AuditInterrupted(
                "A decoding process died.",
                code="loader.process_died",
                expected=f"{self._workers} worker processes until the last image",
                got=str(error).splitlines()[0],
                remedy="usually memory ran out: lower run.workers or run.batch_size, or give a "
                "container more shared memory (--shm-size); --resume goes on",
            ) from error

    def _by_a_thread(self, chunks: Iterable[Sequence[Sample]]) -> Iterator[Loaded | SizesDiffer]:
        decoder = self._decoder()
        decoded = (decoder[chunk] for chunk in chunks)
        pinned = self._pin_memory
        for chunk in prefetch(decoded, depth=AHEAD, patience=self._patience):
            if isinstance(chunk, SizesDiffer):
                yield chunk
            else:
                yield chunk.pin_memory() if pinned else chunk.whole()

    def _by_processes(self, chunks: Iterable[Sequence[Sample]]) -> Iterator[Loaded | SizesDiffer]:
        stream: DataLoader[Loaded | SizesDiffer] = DataLoader(
            self._decoder(),
            # The "indices" that it hands to its workers are the chunks themselves: no process
            # holds more of the dataset than it works on.
            sampler=chunks,
            batch_size=None,
            num_workers=self._workers,
            prefetch_factor=AHEAD,
            timeout=self._patience,
            pin_memory=self._pin_memory,
            # Its own, for the seeds of workers: the caller's random numbers stay as they are.
            generator=torch.Generator(),
        )
        for chunk in stream:
            # A copy gives shared memory and its file descriptor back at once: a caller that
            # keeps every batch would run out of both.
            copied = not self._pin_memory and isinstance(chunk, Loaded)
            yield chunk.with_tensors(Tensor.clone) if copied else chunk

    def _decoder(self) -> Decoder:
        return Decoder(self._preprocess, mask_fit=self._mask_fit, hashes=self._hashes)

    def _too_slow(self, chunk: Sequence[Sample]) -> AuditInterrupted:
        return AuditInterrupted(
            f"Timed out after {self._patience:g} s waiting for the data loader.",
            code="loader.timed_out",
            expected=f"every {len(chunk)} images within {self._patience:g} seconds",
            got=f"nothing of {chunk[0].path} and the {len(chunk) - 1} after it",
            remedy="see whether their disk or network answers, or raise run.read_timeout; "
            "--resume goes on",
        )

    def _sizes_differ(self, sizes: SizesDiffer) -> DataError:
        (name, (height, width)), (other, (h, w)) = sizes.first, sizes.second
        asked = self._preprocess
        return DataError(
            "The images differ in size, so they cannot stand in one batch.",
            code="data.sizes_differ",
            expected="one size for all after resize and crop",
            got=f"{name} is {width}x{height} and {other} {w}x{h} with resize = {asked.resize}, "
            f"crop = {asked.crop}",
            remedy="set model.preprocess.crop = 224, or model.preprocess.resize = [224, 224]",
        )


def _chunked(samples: Iterable[Sample], size: int) -> Iterator[Sequence[Sample]]:
    stream = iter(samples)
    while chunk := tuple(islice(stream, size)):
        yield chunk


def _noted(
    chunks: Iterable[Sequence[Sample]], given: list[Sequence[Sample]]
) -> Iterator[Sequence[Sample]]:
    """The chunks, each noted in `given` as it is handed out."""
    for chunk in chunks:
        given.append(chunk)
        yield chunk
