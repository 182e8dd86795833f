"""Parts made by Ray actors: the same numbers, and a part whose actor dies is done again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

import auditor
from auditor.domain.errors import AuditInterrupted, DataError
from auditor.ports import Progress, Silent
from auditor.storage.run import Run
from tests.engines.conftest import assert_the_same, config

ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")

from auditor.engines.actors import ATTEMPTS, Actors  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    os.environ |= {"RAY_memory_monitor_refresh_ms": "0"}
    root = str(Path(__file__).parents[2])
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        configure_logging=False,
        runtime_env={"env_vars": {"PYTHONPATH": root, "OMP_NUM_THREADS": "1"}},
    )
    yield
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(1800)  # three processes import torch: slow on a busy machine
def test_two_actors_find_what_one_process_finds(local: Run, planted: Path, tmp_path: Path) -> None:
    run = auditor.audit(config(planted, tmp_path / "run", engine="ray", actors=2))
    assert_the_same(local, run)
    assert run.classes()["mask_stability"].notna().any()


@dataclass(frozen=True)
class Bench:
    """A worker that notes who did what, and dies where it is told to."""

    notes: Path
    deadly: frozenset[int]
    deaths: int


def build(notes: Path, deadly: frozenset[int], deaths: int) -> Bench:
    return Bench(notes, deadly, deaths)


def square(
    bench: Bench, tasks: Iterable[tuple[int, range]], progress: Progress
) -> Iterator[tuple[int, int]]:
    for index, task in tasks:
        with (bench.notes / f"{index}").open("a") as note:
            note.write(f"{os.getpid()}\n")
        tries = len((bench.notes / f"{index}").read_text().splitlines())
        if index in bench.deadly and tries <= bench.deaths:
            os.kill(os.getpid(), signal.SIGKILL)
        if len(task) == 0:
            raise DataError("No.", expected="some", got="none", remedy="give some")
        time.sleep(0.01)
        yield index, len(task) ** 2


class Count(Silent):
    steps = 0

    def advance(self, steps: int = 1) -> None:
        self.steps += steps


def tasks(count: int) -> list[tuple[int, range]]:
    return [(i, range(i + 1)) for i in range(count)]


@pytest.mark.slow
def test_the_part_of_a_killed_actor_is_done_again(tmp_path: Path) -> None:
    progress = Count()
    actors = Actors(partial(build, tmp_path, frozenset((2, 7)), 1), actors=2, gpus=0)
    found = dict(actors.each(square, tasks(12), progress))
    assert found == {i: (i + 1) ** 2 for i in range(12)}
    assert progress.steps == sum(range(13))
    for index in (2, 7):
        assert len((tmp_path / f"{index}").read_text().splitlines()) >= 2
    assert len({pid for note in tmp_path.iterdir() for pid in note.read_text().split()}) > 2


@pytest.mark.slow  # Ray waits before it starts a process anew
def test_a_part_that_kills_every_actor_stops_the_audit(tmp_path: Path) -> None:
    actors = Actors(partial(build, tmp_path, frozenset((1,)), 99), actors=1, gpus=0)
    with pytest.raises(AuditInterrupted) as error:
        list(actors.each(square, tasks(2), Silent()))
    assert error.value.code == "engine.part_failed"
    assert "--resume" in error.value.remedy
    assert len((tmp_path / "1").read_text().splitlines()) == ATTEMPTS


@pytest.mark.slow
def test_what_goes_wrong_in_an_actor_is_told_as_here(tmp_path: Path) -> None:
    actors = Actors(partial(build, tmp_path, frozenset(), 0), actors=1, gpus=0)
    with pytest.raises(DataError, match="give some"):
        list(actors.each(square, [(0, range(0))], Silent()))
