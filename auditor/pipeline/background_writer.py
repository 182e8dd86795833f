"""Parts are written by a thread while the next one is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")


def keep(made: Iterable[tuple[int, Made]], write: Callable[[int, Made], None]) -> None:
    """Write every numbered part; at most one waits for the disk, so memory does not grow.

    Whatever stops the making, the part that was handed over is written first.

    Raises:
        AuditInterrupted: as `write` raises it, before another part is taken.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="parts") as writer:
        waiting: Future[None] | None = None
        for index, part in made:
            if waiting is not None:
                waiting.result()
            waiting = writer.submit(write, index, part)
        if waiting is not None:
            waiting.result()
