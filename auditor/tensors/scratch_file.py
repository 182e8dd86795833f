"""Bytes on the disk that a process needs again and nobody after it."""

from __future__ import annotations

import shutil
import tempfile
from typing import IO


class ScratchFile:
    """An unlinked temporary file: nothing of it is left behind, whatever happens.

    Args:
        share: of what is free in the folder for temporary files when the first bytes come; no
            more is taken.
        most_bytes: the bound itself; None for `share`.
    """

    def __init__(self, share: float, most_bytes: int | None = None) -> None:
        self._share = share
        self._most = most_bytes
        self._file: IO[bytes] | None = None
        self._end = 0

    def append(self, content: bytes) -> int | None:
        """Where it begins; None where there is no room for it."""
        file = self._opened()
        if self._most is None or self._end + len(content) > self._most:
            return None
        try:
            file.seek(self._end)
            file.write(content)
            file.flush()
        except OSError:  # a full disk: what is there stays, nothing is added
            self._most = self._end
            return None
        self._end += len(content)
        return self._end - len(content)

    def read(self, start: int, size: int) -> bytes:
        """What was appended there."""
        file = self._opened()
        file.seek(start)
        return file.read(size)

    def close(self) -> None:
        """Give the disk back; what was appended is gone."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="shortcut-auditor-")  # noqa: SIM115
            if self._most is None:
                self._most = int(shutil.disk_usage(tempfile.gettempdir()).free * self._share)
        return self._file
