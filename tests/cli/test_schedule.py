"""`auditor schedule ...` as people and crontabs call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.config import AuditConfig
from auditor.database import DATABASE_VARIABLE
from auditor.schedule.store import open_schedules
from auditor.storage.run import open_run
from tests.cli.conftest import Command, Outcome
from tests.fakes.planted import config_of, write_dataset

ROOT = Path(__file__).parents[2]

Schedule = Callable[..., Outcome]


@pytest.fixture
def schedule(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Schedule:
    """`schedule("list")` with this test's folder of runs."""
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    config_file(tmp_path)
    return lambda *words: command("schedule", *words, "--runs", tmp_path / "runs")


def config_file(folder: Path) -> Path:
    """A configuration of the planted world without interventions."""
    tree = config_of(folder, interventions={"enabled": False})
    tree["run"].pop("out")
    file = folder / "audit.toml"
    file.write_text(AuditConfig.from_dict(tree).to_toml())
    return file


def add(folder: Path, name: str = "nightly", *more: object) -> list[object]:
    config = folder / "audit.toml"
    return ["add", name, "--cron", "0 7 * * 1", "--config", config, *more]


def listed(schedule: Schedule) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(schedule("list", "--json").out)["schedules"]
    return found


def test_add_list_remove(schedule: Schedule, tmp_path: Path) -> None:
    words = add(tmp_path, "nightly", "--timezone", "Europe/Berlin", "--keep", "3", "--timeout", "6")
    done = schedule(*words, "--notify", "https://chat.example.org/t0ken")
    assert done.code == 0
    assert "07:00 Europe/Berlin" in done.out
    table = schedule("list").out
    assert "nightly" in table
    (found,) = listed(schedule)
    assert (found["cron"], found["keep"], found["timeout_hours"]) == ("0 7 * * 1", 3, 6)
    assert found["notify"] == ["https://chat.example.org"]
    assert "t0ken" not in table + done.out
    assert schedule("remove", "nightly").code == 0
    assert listed(schedule) == []
    assert "nightly" not in schedule("list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cron", "* * 1"], "3 fields"),
        (["--cron", "0 7 31 2 *"], "never comes"),
        (["--timezone", "Mars/Olympus"], "time zone"),
        (["--config", "nowhere.toml"], "no such file"),
        (["--notify", "https://ann:s3cret@host/"], "env:VARIABLE"),
        (["--notify", "slack"], "mailto:"),
        (["--keep", "0"], "keep"),
        (["--timeout", "inf"], "timeout"),
    ],
)
def test_what_is_wrong_is_refused_whole(
    schedule: Schedule, tmp_path: Path, words: list[str], said: str
) -> None:
    done = schedule(*add(tmp_path), *words)
    assert done.code == 2
    assert said in done.err
    assert "s3cret" not in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["../up", "", "-dash", "a b", "x" * 64, "a/b"])
def test_names_that_are_no_file_names_are_refused(
    schedule: Schedule, tmp_path: Path, name: str
) -> None:
    done = schedule("add", "--cron", "@daily", "--config", tmp_path / "audit.toml", "--", name)
    assert done.code == 2


@pytest.mark.parametrize("words", [["remove", "x"], ["once", "x"], ["emit", "x"]])
def test_an_unknown_name_is_said_with_the_known_ones(
    schedule: Schedule, tmp_path: Path, words: list[str]
) -> None:
    schedule(*add(tmp_path))
    done = schedule(*words, *(["--format", "crontab"] if words[0] == "emit" else []))
    assert done.code == 2
    assert "nightly" in done.err


def test_a_folder_that_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    done = command("schedule", "list", "--runs", tmp_path / "nowhere")
    assert done.code == 2
    assert "remedy" in done.err
    assert not (tmp_path / "nowhere").exists()


def test_a_missing_driver_is_said(schedule: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql+asyncpg://ann:s3cret@host/db")
    done = schedule("list")
    assert done.code == 2
    assert "shortcut-auditor[postgres]" in done.err
    assert "s3cret" not in done.err


def test_emit_prints_nothing_but_the_file(schedule: Schedule, tmp_path: Path) -> None:
    schedule(*add(tmp_path))
    assert (
        " schedule once nightly --runs " in schedule("emit", "nightly", "--format", "crontab").out
    )
    assert "OnCalendar=Mon " in schedule("emit", "nightly", "--format", "systemd").out
    text = schedule("emit", "nightly", "--format", "kubernetes", "--image", "here/it:1").out
    assert 'image: "here/it:1"' in text
    assert yaml.safe_load(text)["kind"] == "CronJob"


def test_nothing_due_is_done_at_once(schedule: Schedule, tmp_path: Path) -> None:
    schedule(*add(tmp_path))
    assert schedule("run", "--until-idle").code == 0
    assert listed(schedule)[0]["history"] == []


@pytest.mark.slow
def test_a_bad_input_s_exit_code_comes_through(schedule: Schedule, tmp_path: Path) -> None:
    schedule(*add(tmp_path))  # there are no images
    done = schedule("once", "nightly", "--json")
    assert done.code == 2
    assert json.loads(done.out)["exit_code"] == 2
    (line,) = listed(schedule)[0]["history"]
    assert "remedy" in line["message"]
    assert "failed" in schedule("list").out


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_scheduler_that_is_asked_to_stop_leaves_with_0(
    schedule: Schedule, tmp_path: Path
) -> None:
    schedule(*add(tmp_path))
    waiting = subprocess.Popen(
        [sys.executable, "-c", STOPPED_WHEN_ASLEEP, "schedule", "run", "--runs", tmp_path / "runs"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = waiting.communicate(timeout=120)
    assert waiting.returncode == 0
    assert "stopped" in said


STOPPED_WHEN_ASLEEP = """
import os, signal
from auditor.cli import main
from auditor.schedule.clock import SystemClock
SystemClock.sleep = lambda self, seconds: os.kill(os.getpid(), signal.SIGTERM)
main()
"""


@pytest.mark.slow
def test_two_schedulers_make_one_real_audit(schedule: Schedule, tmp_path: Path) -> None:
    write_dataset(tmp_path)
    schedule(*add(tmp_path))
    runs = tmp_path / "runs"
    with open_schedules(runs).engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE schedules SET next_due = '2026-01-05T07:00:00.000000+00:00'"
        )
    words = [sys.executable, "-m", "auditor", "schedule", "run", "--until-idle", "--runs", runs]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen(words, cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait(timeout=300) for process in both] == [0, 0]
    (audit,) = listed(schedule)[0]["history"]
    assert (audit["exit_code"], audit["attempts"]) == (0, 1)
    (folder,) = [path for path in runs.iterdir() if path.is_dir()]
    assert folder.name == audit["run"]
    assert open_run(folder).summary == audit["summary"]
