"""Ctrl-C, SIGTERM, a closed terminal: finished parts are kept, and the error says how to resume."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from auditor.domain.errors import AuditInterrupted


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block every signal that asks to stop works as Ctrl-C does. Main thread only.

    Raises:
        AuditInterrupted: stopped by a signal before anything was begun that could be kept.
    """
    names = ("SIGTERM", "SIGHUP")
    asked = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # `nohup` ignores SIGHUP: it stays ignored.
    before = {
        one: signal.getsignal(one) for one in asked if signal.getsignal(one) != signal.SIG_IGN
    }
    for one in before:
        signal.signal(one, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise AuditInterrupted(
            "The audit was stopped.",
            code="audit.stopped",
            expected="to come to its end",
            got="it was told to stop before the first images were done",
            remedy="run the same command with --resume, if you named an --out",
        ) from None
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
