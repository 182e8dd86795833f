"""A dataset's fingerprint: changes with any name, label or content, and is the same anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from auditor.data.contents import Content, Contents, stamp_of
from auditor.data.listing import named
from auditor.domain.mask_references import encode_mask_reference, mask_files
from auditor.domain.messages import coded_n
from auditor.domain.samples import Sample
from auditor.files import forget

AT_ONCE: Final = 256
"""Samples whose files are looked up, and read, together."""
KEPT: Final = 8
"""Bytes of a stamp and of a digest that are kept of each file."""


@dataclass(frozen=True)
class DatasetState:
    """A dataset as it was when it was read.

    Attributes:
        fingerprint: as `fingerprint`.
        files: 16 bytes a file in the order of the samples: what the file system said of it, and
            the beginning of its digest.
    """

    fingerprint: str
    files: bytes = field(repr=False)

    def changed(self, samples: Iterable[Sample]) -> list[str]:
        """Images that, or whose masks, have another content now.

        Args:
            samples: the same, in the same order. Only files of another size, time or inode are
                read again.
        """
        forget()
        changed: list[str] = []
        at = 0
        with Contents() as contents:
            for sample in samples:
                for path in _files(sample):
                    stamp, digest = (
                        self.files[at : at + KEPT],
                        self.files[at + KEPT : at + 2 * KEPT],
                    )
                    at += 2 * KEPT
                    if stamp != stamp_of(path) and digest != _kept(contents.of([path])[0])[KEPT:]:
                        changed.append(sample.image)
        return list(dict.fromkeys(changed))


def changed_warning(images: Sequence[str]) -> str:
    """What a user should hear of images that changed during a run."""
    return coded_n(
        "data.changed",
        "{n:,} image or its mask changed while the audit ran, so its row may be of another content"
        " than the dataset's fingerprint ({names}): audit again",
        "{n:,} images or their masks changed while the audit ran, so their rows may be of another"
        " content than the dataset's fingerprint ({names}): audit again",
        len(images),
        names=named(images),
    )


def fingerprint(samples: Iterable[Sample]) -> str:
    """SHA-256 in hex over the samples, whatever their order.

    Names, labels, splits, groups, slices, mask geometry and every byte of every file count. Where
    the files lie does not, so a copy has the same fingerprint. A file is read once and again when
    its size, times or inode differ (`Contents`). Remote files are not read: what their store says
    of their content counts (an ETag, a checksum, a time).

    Every sample has a digest of its own and their sum is hashed (a multiset hash, AdHash of Bellare
    and Micciancio 1997), so that no list of all samples is held or sorted.
    """
    return dataset_state(samples).fingerprint


def dataset_state(samples: Iterable[Sample]) -> DatasetState:
    """The fingerprint, and what is needed to tell later which files have changed."""
    forget()
    count, summed = 0, 0
    files = bytearray()
    with Contents() as contents:
        for sample, found in _read(samples, contents):
            count += 1
            summed += int.from_bytes(_digest(sample, found), "big")
            for content in found:
                files += _kept(content)
    text = f"{count} {summed % 2**256:064x}"
    return DatasetState(hashlib.sha256(text.encode()).hexdigest(), bytes(files))


def _read(samples: Iterable[Sample], contents: Contents) -> Iterator[tuple[Sample, list[Content]]]:
    stream = iter(samples)
    while chunk := list(islice(stream, AT_ONCE)):
        paths = [_files(sample) for sample in chunk]
        found = iter(contents.of([path for several in paths for path in several]))
        for sample, several in zip(chunk, paths, strict=True):
            yield sample, list(islice(found, len(several)))


def _digest(sample: Sample, files: Iterable[Content]) -> bytes:
    digest = hashlib.sha256()
    _add(digest, _identity(sample))
    for content in files:
        _add(digest, (str(content.length),))
        digest.update(content.digest or b"unreadable")
    return digest.digest()


def _kept(content: Content) -> bytes:
    return content.stamp.ljust(KEPT, b"\0") + content.digest[:KEPT].ljust(KEPT, b"\0")


def _identity(sample: Sample) -> Iterable[str]:
    yield from (sample.image, sample.label, sample.split or "", sample.duplicate_group or "")
    for column, value in sample.slices:
        yield from (column, value)
    if sample.mask is not None:
        yield encode_mask_reference(sample.mask, paths=False)


def _files(sample: Sample) -> tuple[Path, ...]:
    return sample.path, *mask_files(sample.mask)


def _add(digest: hashlib._Hash, parts: Iterable[str]) -> None:
    for part in parts:
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
