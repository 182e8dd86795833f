"""This process alone; decoding may have processes of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from auditor.ports import Progress, Result, Stage, Task


class Local:
    """Does every task here.

    Args:
        worker: what the stages take.
    """

    leads = True

    def __init__(self, worker: Any) -> None:
        self._worker = worker

    def each(
        self, stage: Stage[Task, Result], tasks: Iterable[tuple[int, Task]], progress: Progress
    ) -> Iterator[tuple[int, Result]]:
        """See `auditor.ports.Engine`."""
        yield from stage(self._worker, tasks, progress)

    def meet(self) -> None:
        """See `auditor.ports.Engine`: there is nobody to wait for."""
