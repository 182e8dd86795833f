"""Threads that fit the cores, and a wait policy that leaves them to others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor import threads
from auditor.cli.thread_notes import notes_on_threads
from auditor.threads import (
    CHOSEN,
    PASSIVE,
    ThreadSettings,
    choose_threads,
    settings_of_one,
    usable_cores,
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight processors, two of each core, no quota."""
    monkeypatch.setattr(threads, "_affinity", lambda: set(range(8)))
    for name in ("CORES", "CGROUPS", "MEMBERSHIP"):
        monkeypatch.setattr(threads, name, tmp_path / name)
    for number in range(8):
        write(
            tmp_path / f"CORES/cpu{number}/topology/thread_siblings_list",
            f"{number % 4},{number % 4 + 4}",
        )
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def test_hyper_threads_of_a_core_count_once(machine: Path) -> None:
    assert usable_cores() == 4


def test_processors_count_where_the_system_tells_no_cores(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "CORES", machine / "nothing")
    assert usable_cores() == 8


@pytest.mark.parametrize(
    ("maximum", "cores"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", 4)]
)
def test_the_quota_of_a_container_holds(machine: Path, maximum: str, cores: int) -> None:
    write(machine / "MEMBERSHIP", "0::/pod/box")
    write(machine / "CGROUPS/pod/cpu.max", maximum)  # of a group above its own
    write(machine / "CGROUPS/pod/box/cpu.max", "max 100000")
    assert usable_cores() == cores


@pytest.mark.parametrize(("quota", "cores"), [("300000", 3), ("-1", 4)])
def test_the_older_control_groups_are_read_too(machine: Path, quota: str, cores: int) -> None:
    write(machine / "MEMBERSHIP", "4:cpu,cpuacct:/box\n1:name=systemd:/box")
    write(machine / "CGROUPS/cpu/cpu.cfs_quota_us", quota)  # a container sees its own as the root
    write(machine / "CGROUPS/cpu/cpu.cfs_period_us", "100000")
    assert usable_cores() == cores


def test_what_is_not_set_is_chosen_and_what_the_user_set_stays(machine: Path) -> None:
    free: dict[str, str] = {}
    assert choose_threads(free) == ThreadSettings(4, 4, passive=True, given=())
    assert free == {"OMP_NUM_THREADS": "4", **PASSIVE, CHOSEN: free[CHOSEN]}

    own = {"MKL_NUM_THREADS": "3", "OMP_WAIT_POLICY": "ACTIVE"}
    found = choose_threads(own)
    assert own == {"MKL_NUM_THREADS": "3", "OMP_WAIT_POLICY": "ACTIVE"}
    assert (found.threads, found.passive) == (3, False)
    assert set(found.given) == set(own)


def test_processes_share_the_cores_and_a_child_chooses_anew(machine: Path) -> None:
    environment = {"LOCAL_WORLD_SIZE": "2"}
    assert choose_threads(environment).threads == 2
    assert choose_threads(environment, processes=8).threads == 1
    assert choose_threads({"OMP_NUM_THREADS": "6", "LOCAL_WORLD_SIZE": "2"}).threads == 6


def test_an_actor_gets_one_thread_unless_the_user_set_his_own(machine: Path) -> None:
    environment: dict[str, str] = {}
    choose_threads(environment)
    assert settings_of_one(environment)["OMP_NUM_THREADS"] == "1"
    assert settings_of_one(environment).items() >= PASSIVE.items()
    sent = settings_of_one({"OMP_NUM_THREADS": "2", "GOMP_SPINCOUNT": "9"})
    assert sent == {"OMP_NUM_THREADS": "2", "GOMP_SPINCOUNT": "9", CHOSEN: ""}


ENTRY = """
import os, sys
import auditor.threads
loaded = auditor.threads.choose_threads
def told(*a, **k):
    settings = loaded(*a, **k)
    print(settings.passive, "torch" in sys.modules, "numpy" in sys.modules)
    return settings
auditor.threads.choose_threads = told
{}
"""


@pytest.mark.parametrize(
    "entry",
    [
        "sys.argv = ['auditor', '--version']; from auditor.cli import main; main()",
        "import runpy; sys.argv = ['x', '--version']; "
        "runpy.run_module('auditor', run_name='__main__')",
        "import auditor; auditor.audit",
    ],
)
def test_every_entry_chooses_before_numeric_libraries_are_loaded(entry: str) -> None:
    ours = {*PASSIVE, "OMP_NUM_THREADS", "MKL_NUM_THREADS", CHOSEN}
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    said = subprocess.run(
        [sys.executable, "-c", ENTRY.format(entry)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.splitlines()[0] == "True False False"


def test_these_tests_run_with_threads_that_sleep() -> None:
    assert threads.thread_settings().threads is not None


def test_doctor_tells_what_slows_an_audit_down() -> None:
    good = ThreadSettings(4, 4, passive=True, given=())
    assert notes_on_threads(good, 0.4) == []
    many = ThreadSettings(4, 9, passive=True, given=("OMP_NUM_THREADS",))
    assert "OMP_NUM_THREADS" in notes_on_threads(many, 0.0)[0]
    assert "OMP_WAIT_POLICY" in notes_on_threads(ThreadSettings(4, 4, False, ()), 0.0)[0]
    assert notes_on_threads(ThreadSettings(1, 1, False, ()), 0.0) == []
    assert "2.5 of 4" in notes_on_threads(good, 2.5)[0]
