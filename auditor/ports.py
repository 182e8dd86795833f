"""The few seams between the pipeline and what it can be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from auditor.domain.notices import Notice
from auditor.domain.samples import Sample, Skip


class DatasetSource(Protocol):
    """Where samples come from: class folders, a manifest, COCO, VOC."""

    @property
    def root(self) -> Path:
        """Folder that the images' names are relative to."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Label names in sorted order, those without any image too."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should hear, a sentence each."""
        ...

    @property
    def others(self) -> tuple[Sample, ...]:
        """Images of the splits that were not asked for."""
        ...

    def items(self) -> Iterator[Sample | Skip]:
        """Every input once, in a stable order: something to audit or a recorded skip."""
        ...


class Progress(Protocol):
    """Who hears how far an audit is."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins; `total` steps are to come."""
        ...

    def advance(self, steps: int = 1) -> None:
        """`steps` of the stage are done."""
        ...


class Notifier(Protocol):
    """What carries a message: a webhook, mail."""

    def send(self, notice: Notice) -> None:
        """Deliver it once.

        Raises:
            NotificationError: it was not taken; says whether a later try may succeed.
        """
        ...


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        ...


class Silent:
    """A `Progress` that says nothing."""

    def stage(self, name: str, total: int | None) -> None:
        """Nothing."""

    def advance(self, steps: int = 1) -> None:
        """Nothing."""


Task = TypeVar("Task", bound=Sized)
Result = TypeVar("Result")
Stage = Callable[[Any, Iterable[tuple[int, Task]], Progress], Iterator[tuple[int, Result]]]
"""A function at the top of a module: a process's worker, numbered tasks and a progress to numbered
results. A task's length is the steps of progress that it stands for."""


class Engine(Protocol):
    """Where the parts of an audit are made: here, on a cluster, or by the ranks of a job."""

    @property
    def leads(self) -> bool:
        """Whether this process brings the audit to its end; the others only make parts."""
        ...

    def each(
        self,
        stage: Stage[Task, Result],
        tasks: Iterable[tuple[int, Task]],
        progress: Progress,
    ) -> Iterator[tuple[int, Result]]:
        """The numbered results of this process's tasks, in any order.

        When the iterator ends, every task is done, here or elsewhere. A task may be done more than
        once; what it gives follows from the task alone.
        """
        ...

    def meet(self) -> None:
        """Wait until every process that makes parts has come here.

        Raises:
            AuditInterrupted: one of them is gone.
        """
        ...
