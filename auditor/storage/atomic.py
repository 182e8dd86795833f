"""Files that are either whole or not there, also after a crash or a full disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from auditor.domain.errors import AuditInterrupted


def write_whole(path: Path, write: Callable[[Path], None], *, scratch: Path) -> None:
    """Let `write` fill a file in `scratch`, flush it to the disk, then move it to `path`.

    Args:
        path: where the file will be; what is there is replaced in one step.
        write: fills the path that it is given.
        scratch: a folder on the same file system for the unfinished file.

    Raises:
        AuditInterrupted: if the disk refuses; `path` is as it was.
    """
    unfinished = scratch / f"{path.name}.unfinished"
    try:
        write(unfinished)
        with unfinished.open("rb+") as stream:
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise AuditInterrupted(
            f"{path.name} could not be written.",
            expected=f"room and permission to write {path}",
            got=error.strerror or str(error),
            remedy="free some space or mend the permissions, then go on with --resume",
        ) from None


def write_text(path: Path, text: str, *, scratch: Path) -> None:
    """`write_whole` for UTF-8 text, line ends as given."""
    write_whole(path, lambda at: _put(at, text.encode()), scratch=scratch)


def write_bytes(path: Path, content: bytes, *, scratch: Path) -> None:
    """`write_whole` for bytes."""
    write_whole(path, lambda at: _put(at, content), scratch=scratch)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` outlast a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
