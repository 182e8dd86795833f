"""A dataset's fingerprint: changes with any name, label or content, and is the same anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from auditor.domain.samples import Sample, encode_mask_reference, mask_files
from auditor.files import forget, is_remote, mark, size
from auditor.imagery.regular import is_endless

WHOLE_UP_TO: Final = 256 * 2**20
"""Bytes of images and masks up to which every byte is hashed (about a second)."""

PROBE: Final = 4096
"""Bytes hashed at the head and the tail of each file of a larger dataset."""


def fingerprint(samples: Iterable[Sample]) -> str:
    """SHA-256 in hex over the samples, whatever their order.

    Names, labels, splits, groups, slices, mask geometry and file sizes always count. Of the files'
    content every byte counts up to 256 MiB in all; above that the first and last 4 KiB of each,
    which see any change of a file's header, metadata or end, but not one that keeps size, head
    and tail. Where the files lie does not count, so a copy has the same fingerprint. Remote files
    are not read: what their store says of their content counts (an ETag, a checksum, a time).

    Every sample has a digest of its own and their sum is hashed (a multiset hash, AdHash of Bellare
    and Micciancio 1997), so that no list of all samples is held or sorted.

    Args:
        samples: iterated twice.
    """
    forget()
    total = sum(_size(path) or 0 for sample in samples for path in _files(sample))
    whole = total <= WHOLE_UP_TO
    count, summed = 0, 0
    for sample in samples:
        count += 1
        summed += int.from_bytes(_digest(sample, whole=whole), "big")
    text = f"{count} {summed % 2**256:064x}"
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(sample: Sample, *, whole: bool) -> bytes:
    digest = hashlib.sha256()
    _add(digest, _identity(sample))
    for path in _files(sample):
        length = _size(path)
        _add(digest, (str(length),))
        if length is not None:
            digest.update(_content(path, length, whole=whole))
    return digest.digest()


def _identity(sample: Sample) -> Iterable[str]:
    yield from (sample.image, sample.label, sample.split or "", sample.duplicate_group or "")
    for column, value in sample.slices:
        yield from (column, value)
    if sample.mask is not None:
        yield encode_mask_reference(sample.mask, paths=False)


def _files(sample: Sample) -> tuple[Path, ...]:
    return sample.path, *mask_files(sample.mask)


def _size(path: Path) -> int | None:
    try:
        return None if is_endless(path) else size(path)
    except (OSError, ValueError):
        return None


def _content(path: Path, length: int, *, whole: bool) -> bytes:
    if is_remote(path):
        return mark(path).encode()
    try:
        with path.open("rb") as file:
            if whole or length <= 2 * PROBE:
                return hashlib.file_digest(file, "sha256").digest()
            head = file.read(PROBE)
            file.seek(-PROBE, 2)
            return hashlib.sha256(head + file.read(PROBE)).digest()
    except OSError:
        return b"unreadable"


def _add(digest: hashlib._Hash, parts: Iterable[str]) -> None:
    for part in parts:
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
