"""One process at a time in a run folder. The system lets go of the lock when a process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Self

from auditor.domain.errors import RunError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_NAME = ".lock"


class FolderLock:
    """An exclusive lock on a folder, held by a file `.lock` in it until `release`."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle: int | None = handle

    @classmethod
    def acquire(cls, folder: Path) -> Self:
        """Lock an existing folder.

        Raises:
            RunError: if another process holds it, or the folder may not be written.
        """
        path = folder / LOCK_NAME
        while True:
            handle = _open(path)
            try:
                _try_lock(handle)
            except OSError:
                os.close(handle)
                raise RunError(
                    "Another process writes this run.",
                    expected=f"no other audit in {folder}",
                    got=f"{path} is locked",
                    remedy="wait for the other audit to end, or give another --out",
                ) from None
            if _still_at(path, handle):
                return cls(path, handle)
            # The holder before us removed the file after we had opened it: lock the new one.
            os.close(handle)

    def release(self) -> None:
        """Remove the lock file and let go. A second call does nothing."""
        if self._handle is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunError(
            "The run folder cannot be written.",
            expected=f"permission and room to write in {path.parent}",
            got=error.strerror or str(error),
            remedy="mend the permissions, or give another --out",
        ) from None


def _still_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
