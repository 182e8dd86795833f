"""Files that a command hands out: whole or not at all, and a clear word if they cannot be."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from auditor.domain.errors import RunError


def write_output(out: Path, content: bytes | str) -> None:
    """Replace `out` in one step; text is written as UTF-8.

    Raises:
        RunError: if it cannot be written; what was there is as it was.
    """
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content.encode() if isinstance(content, str) else content)
        unfinished.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise RunError(
            "The file cannot be written.",
            expected=f"a file that can be written, {out}",
            got=error.strerror or str(error),
            remedy="make the folder, free some space, or name another file with --out",
        ) from None
