"""SHA-256 of files, remembered between runs by what the file system says of them.

A file is read again as soon as its size, its times of change or its inode differ. The memory is a
small database in the cache folder that holds digests and no names; where it cannot be written,
every file is read.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auditor.data.cache import cache_home
from auditor.files import is_remote, mark, size
from auditor.imagery.regular import is_endless

FRESH: Final = 2_000_000_000
"""Nanoseconds: a file that changed so lately may change again within one tick of its clock."""
THREADS: Final = min(8, os.cpu_count() or 1)
WAIT: Final = 5.0
"""Seconds to wait for another process that writes to the database."""
TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS contents (path BLOB PRIMARY KEY, stamp BLOB, digest BLOB)"
)


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was read.

    Attributes:
        length: bytes; None where there is no such file.
        stamp: 8 bytes that change with size, times and inode.
        digest: SHA-256 of every byte (of a remote file: of what its store says of it); empty
            where it cannot be read.
    """

    length: int | None
    stamp: bytes
    digest: bytes


class Contents:
    """Digests of files.

    Args:
        folder: where they are remembered; the user's cache folder when None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._database = _opened(cache_home() if folder is None else folder)
        self._pool = ThreadPoolExecutor(THREADS)

    def __enter__(self) -> Contents:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.commit()
            self._database.close()

    def of(self, paths: Sequence[Path]) -> list[Content]:
        """What is in some files, each read once; several at a time."""
        stamps = [_stamp(path) for path in paths]
        known = self._known(paths)
        tasks = [
            (path, found, known.get(_key(path))) for path, found in zip(paths, stamps, strict=True)
        ]
        contents = list(self._pool.map(_content, tasks))
        fresh = time.time_ns() - FRESH
        self._remember(
            (_key(path), content.stamp, content.digest)
            for (path, found, held), content in zip(tasks, contents, strict=True)
            if found is not None
            and content.digest
            and not is_remote(path)
            and found.changed < fresh
            and held != (content.stamp, content.digest)
        )
        return contents

    def _known(self, paths: Sequence[Path]) -> dict[bytes, tuple[bytes, bytes]]:
        if self._database is None:
            return {}
        keys = [_key(path) for path in paths]
        asked = (
            f"SELECT path, stamp, digest FROM contents WHERE path IN ({','.join('?' * len(keys))})"  # noqa: S608
        )
        try:
            rows = self._database.execute(asked, keys).fetchall()
        except sqlite3.Error:
            self._give_up()
            return {}
        return {path: (stamp, digest) for path, stamp, digest in rows}

    def _remember(self, rows: Iterable[tuple[bytes, bytes, bytes]]) -> None:
        if self._database is None:
            return
        try:
            self._database.executemany("INSERT OR REPLACE INTO contents VALUES (?, ?, ?)", rows)
            self._database.commit()
        except sqlite3.Error:
            self._give_up()

    def _give_up(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None


def stamp_of(path: Path) -> bytes:
    """8 bytes that change with a file's size, times and inode; zeros where there is none."""
    found = _stamp(path)
    return bytes(8) if found is None else found.value


@dataclass(frozen=True, slots=True)
class _Stamp:
    length: int
    changed: int
    value: bytes


def _stamp(path: Path) -> _Stamp | None:
    """What the file system, or a remote store, says of a file."""
    try:
        if is_remote(path):
            told = mark(path)
            return _Stamp(size(path), 0, _short(told.encode()))
        if is_endless(path):
            return None
        stat = path.stat()
    except (OSError, ValueError):
        return None
    changed = max(stat.st_mtime_ns, stat.st_ctime_ns)
    parts = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev)
    return _Stamp(stat.st_size, changed, _short(repr(parts).encode()))


def _content(task: tuple[Path, _Stamp | None, tuple[bytes, bytes] | None]) -> Content:
    path, stamp, held = task
    if stamp is None:
        return Content(None, b"", b"")
    if is_remote(path):
        return Content(stamp.length, stamp.value, hashlib.sha256(mark(path).encode()).digest())
    if held is not None and held[0] == stamp.value:
        return Content(stamp.length, stamp.value, held[1])
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
    except OSError:
        digest = b""
    return Content(stamp.length, stamp.value, digest)


def _opened(folder: Path) -> sqlite3.Connection | None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = sqlite3.connect(folder / "contents.sqlite", timeout=WAIT)
        database.execute(TABLE)
    except (OSError, sqlite3.Error):
        return None
    return database


def _key(path: Path) -> bytes:
    return _short(os.fsencode(path.absolute()), 16)


def _short(content: bytes, length: int = 8) -> bytes:
    return hashlib.blake2b(content, digest_size=length).digest()
