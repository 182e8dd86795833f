"""Parts made by the ranks of a job, started by torchrun as a user starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch.distributed as dist

from auditor.engines.ranks import RankPlace, place_in, start_of
from auditor.storage.run import Run
from tests.engines.conftest import ROOT, assert_the_same, config, reopened


@contextmanager
def job(planted: Path, out: Path, *more: str, restarts: int = 0) -> Iterator[subprocess.Popen[str]]:
    """A job under torchrun; what still runs in the end is stopped, so that no test hangs."""
    file = out.parent / "audit.toml"
    file.write_text(config(planted, out).to_toml())
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--max-restarts", str(restarts)]
    command += ["--master-port", "0", "--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
    launched = subprocess.Popen(
        [*command, "-m", "auditor", "run", str(file), *more],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with launched:
        try:
            yield launched
        finally:
            launched.terminate()


@pytest.mark.slow
def test_a_killed_rank_loses_nothing(local: Run, planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with job(planted, out) as first:
        _kill_at_work(first, out)
        _, said = first.communicate(timeout=300)
        assert first.returncode != 0, said
    assert not (out / "manifest.json").exists()
    assert list(out.glob("parts/cases-*.parquet"))
    with job(planted, out, "--resume", "--json") as again:
        summary, said = again.communicate(timeout=300)
        assert again.returncode == 0, said
    assert summary.count('"verdicts"') == 1
    assert_the_same(local, reopened(out))
    assert not (out / "parts").exists()


@pytest.mark.slow
def test_torchrun_begins_again_by_itself(local: Run, planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with job(planted, out, restarts=2) as whole:
        _kill_at_work(whole, out)
        _, said = whole.communicate(timeout=300)
        assert whole.returncode == 0, said
    assert_the_same(local, reopened(out))
    assert not (out / "parts").exists()


def test_every_start_has_a_name_that_all_ranks_know_and_no_earlier_start_had() -> None:
    store = dist.HashStore()
    names = [_started(store, world=3) for _ in range(3)]
    assert all(len(of_ranks) == 1 for of_ranks in names)
    assert len(set.union(*names)) == 3


def test_who_died_before_the_start_is_not_taken_for_its_successor() -> None:
    store = dist.HashStore()
    store.set("hello/1", "of a rank that is dead")
    assert len(_started(store, world=2)) == 1


def _started(store: dist.HashStore, world: int) -> set[str]:
    """What the ranks of one start are told."""
    told: list[str] = []
    ranks = [
        threading.Thread(target=lambda r=rank: told.append(start_of(store, r, world)), daemon=True)
        for rank in range(world)
    ]
    for rank in ranks:
        rank.start()
    for rank in ranks:
        rank.join(timeout=60)
    assert len(told) == world, "a rank waits for good"
    return set(told)


def _kill_at_work(launched: subprocess.Popen[str], out: Path) -> None:
    """Kill a rank as soon as there is something to lose."""
    until = time.monotonic() + 300
    while not list(out.glob("parts/cases-*.parquet")) and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(_rank_of(launched.pid), signal.SIGKILL)


def _rank_of(launcher: int) -> int:
    """A process that torchrun has started."""
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    return int(children[-1])


def test_the_place_in_a_job() -> None:
    assert place_in({}) is None
    assert place_in({"WORLD_SIZE": "1", "RANK": "0"}) is None
    given = {"WORLD_SIZE": "8", "RANK": "5", "LOCAL_RANK": "1"}
    assert place_in(given) == RankPlace(rank=5, world=8, local=1, again=False)
    assert place_in(given | {"TORCHELASTIC_RESTART_COUNT": "1"}).again
