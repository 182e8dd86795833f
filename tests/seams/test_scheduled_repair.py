"""What `schedule add` is told of a repair is what `auditor repair` is started with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.database import DATABASE_VARIABLE
from auditor.domain.errors import DataError
from auditor.repairs.records import Audited, Repair
from auditor.schedule.running import Runner
from auditor.schedule.store import open_schedules
from auditor.schedule.values import Schedule
from tests.fakes.runs import make_run

NOTES = "import pathlib, sys; pathlib.Path('words').write_text('\\n'.join(sys.argv[1:]))"
"""Stands in for the program: notes what it was started with."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("images", "train", "masks"):
        Path(name).mkdir()
    Path("net.onnx").touch()
    Path("audit.toml").write_text('[data]\npath = "images"\n[model]\nfactory = "nobody:it"\n')
    return tmp_path


def added(*words: str) -> Schedule:
    """The schedule as another process reads it from the database."""
    command = ["schedule", "add", "n", "--cron", "0 7 * * 1", "--config", "audit.toml"]
    done = CliRunner().invoke(app, [*command, "--repair", "train", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (schedule,) = open_schedules(Path("runs")).all()
    return schedule


def asked_of_repair(schedule: Schedule, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The arguments that a repair is called with by the command that the schedule starts."""
    assert schedule.repair is not None
    run = make_run(home / "run", classes=2, images=False)
    runner = Runner((sys.executable, "-c", NOTES), beat=0.05)
    ended = runner.repair(run.path, home / "out", schedule.repair, home, renew=lambda: True)
    assert ended.code == 0, ended.said
    called: dict[str, Any] = {}

    def repair(opened: Any, data: Path, **given: Any) -> Repair:
        called.update(given, data=data)
        return Repair(Audited.of(opened), (), {}, "gone")

    monkeypatch.setattr("auditor.repairs.loop.repair", repair)
    done = CliRunner().invoke(app, (home / "words").read_text().split("\n"))
    assert done.exit_code == 0, done.output
    return called


@pytest.mark.parametrize(
    ("method", "reached"),
    [
        ("grabcut", "grabcut"),
        ("shop.masks:segment", "shop.masks:segment"),
        ("onnx:net.onnx", "onnx:{home}/net.onnx"),
        ("torchvision:fcn_resnet50:net.onnx", "torchvision:fcn_resnet50:{home}/net.onnx"),
        ("torchvision:deeplabv3_resnet50", "torchvision:deeplabv3_resnet50"),
    ],
)
def test_automatic_masks_reach_the_repair(
    home: Path, monkeypatch: pytest.MonkeyPatch, method: str, reached: str
) -> None:
    schedule = added("--repair-auto-mask", method)
    called = asked_of_repair(schedule, home, monkeypatch)
    assert called["auto_mask"] == reached.format(home=home)
    assert called["data"] == home / "train"
    assert called["masks"] is None


def test_drawn_masks_and_automatic_ones_for_the_rest(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = added("--repair-masks", "masks", "--repair-auto-mask", "onnx:net.onnx")
    called = asked_of_repair(schedule, home, monkeypatch)
    assert (called["masks"], called["auto_mask"]) == (home / "masks", f"onnx:{home}/net.onnx")
    assert schedule.repair is not None
    assert schedule.repair.paths == [home / name for name in ("train", "masks", "net.onnx")]


def test_without_a_method_masks_are_made_as_the_run_says(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked_of_repair(added(), home, monkeypatch)["auto_mask"] is None


def test_a_method_that_nobody_knows_is_refused_before_anything_is_written(home: Path) -> None:
    command = ["schedule", "add", "n", "--cron", "0 7 * * 1", "--config", "audit.toml"]
    given = [*command, "--repair", "train", "--repair-auto-mask", "magic"]
    refused = CliRunner().invoke(app, given)
    assert isinstance(refused.exception, DataError)
    assert refused.exception.code == "data.unknown_auto_mask"
    assert not (home / "runs").exists()
    run = make_run(home / "run", classes=2, images=False)
    given = ["repair", str(run.path), "--data", "train", "--out", "out", "--auto-mask", "magic"]
    refused = CliRunner().invoke(app, given)
    assert isinstance(refused.exception, DataError)
    assert refused.exception.code == "data.unknown_auto_mask"
    assert not (home / "out").exists()
