"""Files that are either whole or not there, also after a crash or a full disk. The only writer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from auditor.domain.errors import AuditInterrupted, RunError

Write = Callable[[Path], object]


def replace_file(path: Path, write: Write, *, unfinished: Path, flush: bool) -> None:
    """Let `write` fill `unfinished`, on the same file system, then move it to `path` in one step.

    Args:
        path: where the file will be.
        write: fills the path that it is given.
        unfinished: taken away where the disk refuses.
        flush: whether the content and the name have to outlast a power cut.

    Raises:
        OSError: the disk refuses; `path` is as it was.
    """
    try:
        write(unfinished)
        if flush:
            with unfinished.open("rb+") as stream:
                os.fsync(stream.fileno())
        unfinished.replace(path)
        if flush:
            sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def write_whole(path: Path, write: Write, *, scratch: Path, flush: bool = True) -> None:
    """Write a file of a run by way of `scratch`, a folder on the same file system.

    Raises:
        AuditInterrupted: if the disk refuses; `path` is as it was.
    """
    try:
        replace_file(path, write, unfinished=scratch / f"{path.name}.unfinished", flush=flush)
    except OSError as error:
        raise AuditInterrupted(
            f"{path.name} could not be written.",
            code="output.disk",
            expected=f"room and permission to write {path}",
            got=error.strerror or str(error),
            remedy="free some space or correct the permissions, then go on with --resume",
        ) from None


def write_text(path: Path, text: str, *, scratch: Path) -> None:
    """`write_whole` for UTF-8 text, line ends as given."""
    write_whole(path, lambda at: _put(at, text.encode()), scratch=scratch)


def write_bytes(path: Path, content: bytes, *, scratch: Path) -> None:
    """`write_whole` for bytes."""
    write_whole(path, lambda at: _put(at, content), scratch=scratch)


def write_output(out: Path, content: bytes | str) -> None:
    """Replace a file that a command hands out; text is written as UTF-8.

    Raises:
        RunError: if it cannot be written; what was there is as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        replace_file(out, lambda at: _put(at, data), unfinished=unfinished, flush=False)
    except OSError as error:
        raise RunError(
            "The file cannot be written.",
            code="output.not_written",
            expected=f"a file that can be written, {out}",
            got=error.strerror or str(error),
            remedy="make the folder, free some space, or name another file with --out",
        ) from None


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
