"""Files with an end: reading a pipe waits for its writer, reading a device never stops."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISDIR, S_ISREG


def regular_size(path: Path) -> int | None:
    """Bytes of a file; None for anything else, and for what is not there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size if S_ISREG(found.st_mode) else None


def is_endless(path: Path) -> bool:
    """Whether a path is a pipe, a socket or a device."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (S_ISREG(mode) or S_ISDIR(mode))


def refuse_endless(path: Path) -> None:
    """Before a file is opened.

    Raises:
        OSError: it is a pipe, a socket or a device.
    """
    if is_endless(path):
        raise OSError("a pipe, socket or device, not a file")
