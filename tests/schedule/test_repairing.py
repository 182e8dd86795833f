"""An audit that confirms something is followed by a repair; the outcome stays the audit's."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.database import open_engine
from auditor.schedule.scheduler_loop import run_now
from auditor.schedule.store import open_schedules
from auditor.schedule.values import Outcome, RepairRequest
from tests.schedule.conftest import Bench


@pytest.fixture
def request_(bench: Bench) -> RepairRequest:
    return RepairRequest(bench.home / "train", bench.home / "masks")


def outcome_of(bench: Bench, request: RepairRequest | None, **orders: Any) -> Outcome:
    bench.add(repair=request, gate={"max_confirmed": 9})
    bench.clock.time += timedelta(minutes=1)
    bench.orders(**orders)
    audit = run_now(bench.worker(), "weekly")
    assert audit.outcome is not None
    return audit.outcome


def test_it_runs_beside_the_run_and_its_end_is_told(bench: Bench, request_: RepairRequest) -> None:
    outcome = outcome_of(bench, request_, repaired=[])
    assert outcome.exit_code == 0
    audited, repaired = bench.starts()
    name = audited.split()[1]
    assert repaired.split()[:2] == ["repair", name]
    assert f"--data {request_.data} --masks {request_.masks}" in repaired
    assert (bench.runs / f"{name}-repair" / "repair.json").is_file()
    assert f"{name}-repair, 1 " in outcome.message
    assert "gate holds" in outcome.message
    (stored,) = bench.store().history()
    assert stored.outcome is not None
    assert stored.outcome.message == outcome.message


def test_what_is_still_confirmed_fails_the_gate_on_its_end(
    bench: Bench, request_: RepairRequest
) -> None:
    bench.add(repair=request_, gate={"max_confirmed": 0})
    bench.clock.time += timedelta(minutes=1)
    bench.orders(repaired=["a"])
    outcome = run_now(bench.worker(), "weekly").outcome
    assert outcome is not None
    assert outcome.exit_code == 1
    assert "gate fails" in outcome.message


@pytest.mark.parametrize("asked", [True, False])
def test_without_a_confirmed_class_or_a_request_nothing_is_repaired(
    bench: Bench, request_: RepairRequest, asked: bool
) -> None:
    summary = {"confirmed": 0} if asked else {}
    outcome_of(bench, request_ if asked else None, summary=summary)
    assert len(bench.starts()) == 1


def test_a_repair_that_fails_changes_nothing_of_the_audit(
    bench: Bench, request_: RepairRequest
) -> None:
    outcome = outcome_of(bench, request_, **{"repair exit": 2})
    assert outcome.exit_code == 0
    assert outcome.gate
    assert "(exit code 2): no such pictures" in outcome.message


def test_a_request_of_an_earlier_version_is_read(bench: Bench, request_: RepairRequest) -> None:
    """It is stored without the key of automatic masks."""
    bench.add(repair=request_)
    engine = open_engine(bench.runs)
    stored = json.dumps({"data": str(request_.data), "masks": str(request_.masks)})
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE schedules SET repair = :it"), {"it": stored})
    engine.dispose()
    (schedule,) = open_schedules(bench.runs).all()
    assert schedule.repair == request_


def test_an_older_database_gets_the_column(bench: Bench) -> None:
    bench.add()
    engine = open_engine(bench.runs)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE schedules DROP COLUMN repair"))
        connection.execute(sa.text("DELETE FROM schedules_version"))
        connection.execute(sa.text("INSERT INTO schedules_version VALUES (2)"))
    engine.dispose()
    (schedule,) = open_schedules(bench.runs).all()
    assert schedule.repair is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--repair", "train"], 0),
        (["--repair", "train", "--repair-masks", "train"], 0),
        (["--repair", "none"], 2),
        (["--repair-masks", "train"], 2),
        (["--repair", "train", "--repair-auto-mask", "grabcut"], 0),
        (["--repair", "train", "--repair-auto-mask", "onnx:none.onnx"], 2),
        (["--repair-auto-mask", "grabcut"], 2),
    ],
)
def test_the_command_takes_pictures_that_are_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    monkeypatch.chdir(bench.home)
    Path("train").mkdir()
    Path("images").mkdir()
    command = ["schedule", "add", "n", "--cron", "0 7 * * 1", "--config", "audit.toml", *words]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code == 0) is (code == 0), done.output
    if code == 0:
        (schedule,) = open_schedules(bench.runs).all()
        assert schedule.repair is not None
        assert schedule.repair.data == bench.home / "train"
