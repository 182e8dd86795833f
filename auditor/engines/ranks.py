"""The ranks of a job, as torchrun or a batch system starts them: each makes its share of parts.

All ranks write to one folder. They meet between the stages; when one dies the others are told at
once, and the job is begun again with `--resume` (torchrun --max-restarts does that by itself).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch.distributed as dist

from auditor.domain.errors import AuditInterrupted
from auditor.ports import Progress, Result, Stage, Task

LONGEST_WAIT = timedelta(days=7)
"""A rank may have to wait as long for the others; a dead one is noticed long before."""


@dataclass(frozen=True)
class Place:
    """Attributes:
    rank: of this process, from 0.
    world: how many processes there are.
    local: number of this process on its machine.
    again: this is not the job's first start.
    """

    rank: int
    world: int
    local: int
    again: bool


def place_in(environment: Mapping[str, str] | None = None) -> Place | None:
    """This process's place in a job of several, None where it is alone."""
    given = os.environ if environment is None else environment
    world = int(given.get("WORLD_SIZE", "1"))
    if world < 2:
        return None
    rank = int(given["RANK"])
    return Place(
        rank=rank,
        world=world,
        local=int(given.get("LOCAL_RANK", rank)),
        again=int(given.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0,
    )


class Ranks:
    """Does every `world`-th task here.

    Args:
        worker: what the stages take.
        place: of this process.
    """

    def __init__(self, worker: Any, place: Place) -> None:
        self._worker = worker
        self._place = place

    @property
    def leads(self) -> bool:
        """Rank 0 brings the audit to its end."""
        return self._place.rank == 0

    def each(
        self, stage: Stage[Task, Result], tasks: Iterable[tuple[int, Task]], progress: Progress
    ) -> Iterator[tuple[int, Result]]:
        """See `auditor.ports.Engine`."""
        own = (task for task in tasks if task[0] % self._place.world == self._place.rank)
        yield from stage(self._worker, own, progress)
        meet()


@contextmanager
def job() -> Iterator[None]:
    """Find the other ranks, and let go of them in the end."""
    dist.init_process_group("gloo", timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        dist.destroy_process_group()


def meet() -> None:
    """Wait until every rank is here.

    Raises:
        AuditInterrupted: one of them is gone.
    """
    try:
        dist.barrier()
    except RuntimeError as error:
        raise AuditInterrupted(
            "Another rank of the job is gone.",
            expected=f"all {dist.get_world_size()} ranks until the end",
            got=str(error).splitlines()[0],
            remedy="see its messages; start the job again with --resume",
        ) from None
