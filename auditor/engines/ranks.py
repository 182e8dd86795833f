"""The ranks of a job, as torchrun or a batch system starts them: each makes its share of parts.

All ranks write to one folder. They meet between the stages; when one dies the others are told at
once, and the job is begun again with `--resume` (torchrun --max-restarts does that by itself).
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import torch
import torch.distributed as dist

from auditor.domain.errors import AuditInterrupted
from auditor.ports import Progress, Result, Stage, Task

if TYPE_CHECKING:
    from torch.distributed.distributed_c10d import Store

LONGEST_WAIT = timedelta(days=7)
"""A rank may have to wait as long for the others; a dead one is noticed long before."""
PAUSE = 0.05
"""Seconds between two looks for ranks that are not here yet."""


@dataclass(frozen=True)
class RankPlace:
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


def place_in(environment: Mapping[str, str] | None = None) -> RankPlace | None:
    """This process's place in a job of several, None where it is alone."""
    given = os.environ if environment is None else environment
    world = int(given.get("WORLD_SIZE", "1"))
    if world < 2:
        return None
    rank = int(given["RANK"])
    return RankPlace(
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

    def __init__(self, worker: Any, place: RankPlace) -> None:
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
        self.meet()

    def meet(self) -> None:
        """See `auditor.ports.Engine`."""
        try:
            dist.barrier()
        except RuntimeError as error:
            raise AuditInterrupted(
                "Another rank of the job is gone.",
                code="engine.rank_gone",
                expected=f"all {dist.get_world_size()} ranks until the end",
                got=str(error).splitlines()[0],
                remedy="see its messages; start the job again with --resume",
            ) from None


@contextmanager
def job() -> Iterator[None]:
    """Find the other ranks, and let go of them in the end."""
    # Late: where torch is built without its distributed part there are no jobs.
    from torch.distributed.distributed_c10d import PrefixStore
    from torch.distributed.rendezvous import rendezvous

    store, rank, world = next(rendezvous("env://", timeout=LONGEST_WAIT))
    dist.init_process_group(
        "gloo",
        store=PrefixStore(start_of(store, rank, world), store),
        rank=rank,
        world_size=world,
        timeout=LONGEST_WAIT,
    )
    try:
        yield
    finally:
        dist.destroy_process_group()


def unanimous(place: RankPlace | None, word: str) -> bool:
    """Whether every rank of the job says the same word; a process alone agrees with itself."""
    if place is None:
        return True
    mine = torch.tensor([zlib.crc32(word.encode())])
    least, most = mine.clone(), mine.clone()
    dist.all_reduce(least, op=dist.ReduceOp.MIN)
    dist.all_reduce(most, op=dist.ReduceOp.MAX)
    return bool(least == most)


def start_of(store: Store, rank: int, world: int) -> str:
    """A name of this start of the job, the same on every rank and new each time.

    A store may outlive a start (torchrun keeps its own when it begins again), and with it the
    addresses of ranks that are dead: who reads one waits for good. So rank 0 answers whoever says
    hello under a name that nobody had before, until all are here.

    Args:
        store: that all ranks share.
        rank: of this process, from 0.
        world: how many there are.
    """
    own = uuid4().hex
    if rank > 0:
        store.set(f"hello/{rank}", own)
        start = str(store.get(f"welcome/{own}").decode())
        store.set(f"here/{start}/{rank}", "")
        return start
    missing = set(range(1, world))
    while missing:
        for other in missing:
            if store.check([f"hello/{other}"]):
                store.set(f"welcome/{store.get(f'hello/{other}').decode()}", own)
        missing = {other for other in missing if not store.check([f"here/{own}/{other}"])}
        time.sleep(PAUSE)
    return own
