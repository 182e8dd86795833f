"""Standard output and error on terminals that know few letters, and behind `| head`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO


def speak_any_letter() -> None:
    """Letters that a terminal's encoding lacks are printed as escapes (\\u732b)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def is_gone() -> bool:
    """Whether typer met a reader that has left; it wraps the streams and leaves with 1."""
    return type(sys.stdout).__name__ == "PacifyFlushWrapper"


def flushed() -> bool:
    """Write out what is buffered; False where the reader has closed it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        return False
    return True


def silence() -> None:
    """Nothing is written any more, not even when the process ends (docs.python.org, SIGPIPE)."""
    for stream in (sys.__stdout__, sys.__stderr__):
        _to_nowhere(stream)


def _to_nowhere(stream: TextIO | None) -> None:
    if stream is None:
        return
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
