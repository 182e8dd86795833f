"""Files of one content under several names: they are not independent evidence."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Final

from auditor.domain.samples import Sample
from auditor.files import open_binary, read_bytes, size
from auditor.imagery.regular import is_endless

PROBE: Final = 4096


def identical(samples: Sequence[Sample]) -> list[tuple[Sample, ...]]:
    """Groups of two or more different files whose bytes are the same, in the order of the samples.

    Files are compared by size first, then by their head, and only what is left by every byte, so
    that a dataset without duplicates costs little more than asking for each file's size.
    """
    groups: Iterable[Sequence[Sample]] = [_one_each(samples)]
    for key in (_size, _head, _digest):
        groups = [part for group in groups for part in _parts(group, key)]
    return [tuple(group) for group in groups]


def _one_each(samples: Sequence[Sample]) -> list[Sample]:
    """One sample a file: an image with two labels is no duplicate of itself."""
    return list({sample.path: sample for sample in reversed(samples)}.values())[::-1]


def _parts(
    group: Sequence[Sample], key: Callable[[Path], Hashable | None]
) -> Iterable[Sequence[Sample]]:
    parts: defaultdict[Hashable, list[Sample]] = defaultdict(list)
    for sample in group:
        value = _readable(key, sample.path)
        if value is not None:
            parts[value].append(sample)
    return [part for part in parts.values() if len(part) > 1]


def _readable(key: Callable[[Path], Hashable | None], path: Path) -> Hashable | None:
    try:
        return key(path)
    except (OSError, ValueError):
        return None


def _size(path: Path) -> int | None:
    return None if is_endless(path) else size(path) or None


def _head(path: Path) -> bytes:
    return read_bytes(path, PROBE)


def _digest(path: Path) -> bytes:
    with open_binary(path) as file:
        return hashlib.file_digest(file, "sha256").digest()
