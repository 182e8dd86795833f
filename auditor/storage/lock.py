"""One process at a time in a run folder. The system releases the lock when a process dies."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from auditor.domain.errors import RunError
from auditor.domain.messages import N_, phrase

LOCK_NAME = ".lock"


class FolderLock:
    """An exclusive lock on a folder, held by a file `.lock` in it until `release`."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self._path = path
        self._lock = lock

    @classmethod
    def acquire(cls, folder: Path) -> Self:
        """Lock an existing folder.

        Raises:
            RunError: if another process holds it, or the folder may not be written.
        """
        path = folder / LOCK_NAME
        lock = FileLock(path, timeout=0, is_singleton=False)
        try:
            lock.acquire()
        except Timeout:
            raise RunError(
                N_("Another process writes this run."),
                code="run.locked",
                expected=phrase("no other audit in {folder}", folder=folder),
                got=phrase("{path} is locked", path=path),
                remedy=N_("wait for the other audit to end, or give another --out"),
            ) from None
        except OSError as error:
            raise RunError(
                N_("The run folder cannot be written."),
                code="run.folder_not_writable",
                expected=phrase("permission and room to write in {folder}", folder=folder),
                got=error.strerror or str(error),
                remedy=N_("correct the permissions, or give another --out"),
            ) from None
        return cls(path, lock)

    def release(self) -> None:
        """Remove the lock file and release the lock. A second call does nothing."""
        if self._lock.is_locked:
            self._path.unlink(missing_ok=True)
            self._lock.release()
