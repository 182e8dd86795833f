"""Actors of a Ray cluster. The driver hands out parts, takes the results and writes them.

A part whose actor dies is done again by another one.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from auditor.domain.errors import AuditInterrupted, ConfigError
from auditor.ports import Progress, Result, Silent, Stage, Task
from auditor.tensors.determinism import deterministic
from auditor.threads import settings_of_one

IN_FLIGHT = 2
"""Parts that an actor has got: one that it does and one that waits."""
ATTEMPTS = 4
"""Actors that may die over one part before the part itself is suspected."""


class Actors:
    """Does the tasks on a Ray cluster, or on this machine where there is none.

    Args:
        build: makes a worker, in the actor; a function at the top of a module, or a partial of one.
        actors: how many; None for one for each GPU, or for each two cores without.
        gpus: the actors' share of a GPU, 0 or 1.
    """

    leads = True

    def __init__(self, build: Callable[[], Any], *, actors: int | None, gpus: int) -> None:
        self._ray = _ray()
        self._build = build
        self._gpus = gpus
        self._count = actors or self._fitting()
        self._pool: list[Any] = []

    def each(
        self, stage: Stage[Task, Result], tasks: Iterable[tuple[int, Task]], progress: Progress
    ) -> Iterator[tuple[int, Result]]:
        """See `auditor.ports.Engine`."""
        given = iter(tasks)
        if not self._pool:
            self._pool = [self._new_actor() for _ in range(self._count)]
        free = deque(list(range(self._count)) * IN_FLIGHT)
        again: deque[tuple[int, Task, int]] = deque()
        waiting: dict[Any, tuple[int, Any, int, Task, int]] = {}
        while True:
            while free and (work := _next(again, given)):
                index, task, attempt = work
                place = free.popleft()
                actor = self._pool[place]
                waiting[actor.do.remote(stage, index, task)] = (place, actor, *work)
            if not waiting:
                return
            (done, *_), _ = self._ray.wait(list(waiting), num_returns=1)
            place, actor, index, task, attempt = waiting.pop(done)
            free.append(place)
            try:
                result = self._ray.get(done)
            except self._ray.exceptions.RayTaskError as error:
                raise error.cause from None
            except self._ray.exceptions.RayError as error:
                if attempt == ATTEMPTS:
                    raise _lost(index, error) from None
                again.append((index, task, attempt + 1))
                if self._pool[place] is actor:
                    self._pool[place] = self._new_actor()
                continue
            progress.advance(len(task))
            yield index, result

    def meet(self) -> None:
        """See `auditor.ports.Engine`: the driver alone writes, actors wait for it."""

    def _new_actor(self) -> Any:
        settings = {"env_vars": settings_of_one()}
        kind = self._ray.remote(num_cpus=1, num_gpus=self._gpus, runtime_env=settings)(_Actor)
        return kind.remote(self._build)

    def _fitting(self) -> int:
        there = self._ray.cluster_resources()
        micro_batcher = there.get("GPU", 0) if self._gpus else there.get("CPU", 2) // 2
        return max(1, int(micro_batcher))


class _Actor:
    """One process of the cluster."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._worker: Any = None

    def do(self, stage: Stage[Task, Result], index: int, task: Task) -> Result:
        with deterministic():
            if self._worker is None:
                # Not when the actor is made: what goes wrong would come as the actor's death.
                self._worker = self._build()
            ((_, result),) = stage(self._worker, [(index, task)], Silent())
        return result


def _next(
    again: deque[tuple[int, Task, int]], given: Iterator[tuple[int, Task]]
) -> tuple[int, Task, int] | None:
    if again:
        return again.popleft()
    return next(((index, task, 1) for index, task in given), None)


def _ray() -> Any:
    try:
        import ray
    except ImportError:
        raise ConfigError(
            ["run.engine: 'ray' needs the extra: pip install 'shortcut-auditor[ray]'"],
            source="the resolved configuration",
        ) from None
    if not ray.is_initialized():
        found = os.pathsep.join(path or os.getcwd() for path in sys.path)  # noqa: PTH109
        ray.init(
            log_to_driver=False,
            include_dashboard=False,
            configure_logging=False,
            runtime_env={"env_vars": {"PYTHONPATH": found}},
        )
    return ray


def _lost(index: int, error: Exception) -> AuditInterrupted:
    return AuditInterrupted(
        "A part could not be made.",
        code="engine.part_failed",
        expected=f"part {index} from one of {ATTEMPTS} attempts",
        got=str(error).strip().splitlines()[-1].strip(),
        remedy="usually memory ran out: lower run.batch_size or run.actors; --resume goes on",
    )
