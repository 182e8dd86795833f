"""A gate on every audit: its limits, its baseline, its exit code."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.domain.errors import AuditorError, RunError, ScheduleError
from auditor.schedule.gating import parse_gate
from auditor.schedule.scheduler_loop import run_now
from auditor.schedule.values import Outcome
from tests.fakes.hook import Hook
from tests.fakes.runs import make_run
from tests.schedule.conftest import Bench


def audit(bench: Bench, **orders: Any) -> Outcome:
    bench.clock.time += timedelta(hours=1)
    bench.orders(**orders)
    outcome = run_now(bench.worker(), "weekly").outcome
    assert outcome
    return outcome


def with_gate(folder: Path, template: Path, section: str) -> str:
    """A copy of a run whose configuration had this [gate]."""
    folder.mkdir()
    for file in template.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    manifest = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(
        manifest.replace('"config": {', f'"config": {{"gate": {section}, ', 1)
    )
    return str(folder)


def test_without_limits_there_is_no_gate(bench: Bench) -> None:
    bench.add()
    outcome = audit(bench)
    assert (outcome.exit_code, outcome.gate) == (0, None)


def test_limits_of_the_schedule_hold_or_fail(bench: Bench, hook: Hook) -> None:
    bench.add(gate={"min_worst_group": 0.5}, notify=(hook.address,))
    held = audit(bench, summary={"worst_group_accuracy": 0.5, "worst_group": "cow"})
    assert (held.exit_code, held.gate, held.gate_failures) == (0, True, ())
    failed = audit(bench, summary={"worst_group_accuracy": 0.49, "worst_group": "cow"})
    assert (failed.exit_code, failed.gate) == (1, False)
    assert re.search(r"\bcow\b.* 49\.0%", failed.message)
    assert "done → " in failed.message
    assert failed.notified[0].startswith("told")
    # The next one fails in the same way: nothing changed.
    again = audit(bench, summary={"worst_group_accuracy": 0.49, "worst_group": "cow"})
    assert again.exit_code == 1
    assert not again.notified[0].startswith("told")
    stored = bench.store().history()[-1].outcome
    assert stored == again


def test_the_file_s_limits_count_and_the_schedule_s_come_first(bench: Bench) -> None:
    strict = with_gate(bench.home / "strict", bench.template, '{"min_worst_group": 0.9}')
    bench.add()
    summary = {"worst_group_accuracy": 0.8, "worst_group": "cow"}
    assert audit(bench, template=strict, summary=summary).gate is False
    bench.store().remove("weekly", now=bench.clock.now())
    bench.add(gate={"min_worst_group": 0.7})
    assert audit(bench, template=strict, summary=summary).gate is True


def test_a_baseline_is_a_gate_of_its_own(bench: Bench) -> None:
    bench.add(gate={"baseline": "previous"})
    first = audit(bench)
    assert first.gate is None
    assert audit(bench).gate is True
    strangers = make_run(bench.home / "strangers", images=False, seed=9, hostile=True)
    other = audit(bench, template=str(strangers.path))
    assert other.gate is False
    assert len(other.gate_failures) == 1


def test_a_baseline_that_is_gone_lets_nothing_pass_and_one_that_is_there_is_kept(
    bench: Bench,
) -> None:
    bench.add(keep=1)
    audit(bench)
    base = bench.store().history()[-1].run
    gate = parse_gate([f"baseline={base}"], bench.runs)
    bench.add("gated", cron="@daily", gate=gate)
    audit(bench)
    assert (bench.runs / base / "manifest.json").is_file()
    assert any(f"kept {base}: " in line for line in bench.said)
    (bench.runs / base / "manifest.json").unlink()
    bench.clock.time += timedelta(hours=1)
    gated = run_now(bench.worker(), "gated").outcome
    assert gated
    assert (gated.exit_code, gated.gate) == (1, False)


def test_runs_of_another_schema_version_are_told(bench: Bench) -> None:
    bench.add(gate={"baseline": "previous"})
    audit(bench)
    _age(bench.runs / bench.store().history()[-1].run)
    after_update = audit(bench)
    assert (after_update.exit_code, after_update.gate) == (1, False)
    assert "schema_version 0" in after_update.gate_failures[0]
    assert any("schema_version 0" in line for line in bench.said)
    assert audit(bench).exit_code == 0


def test_a_run_written_by_another_version_fails_with_a_word(bench: Bench) -> None:
    bench.add()
    old = make_run(bench.home / "old", images=False)
    _age(old.path)
    outcome = audit(bench, template=str(old.path))
    assert outcome.exit_code == 3
    assert "schema_version" in outcome.message


def _age(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 0}))


def test_limits_are_read_as_they_are_written(bench: Bench) -> None:
    run = make_run(bench.home / "release", images=False)
    pairs = ["max_confirmed=0", " max_shortcut_rate = 0.05", f"baseline={run.path}"]
    assert parse_gate(pairs, bench.runs) == {
        "max_confirmed": 0,
        "max_shortcut_rate": 0.05,
        "baseline": str(run.path),
    }


@pytest.mark.parametrize(
    ("pair", "error"),
    [
        ("max_confirmed", ScheduleError),
        ("max_confirmed=-1", ScheduleError),
        ("max_confirmed=0.5", ScheduleError),
        ("max_shortcut_rate=2", ScheduleError),
        ("max_shortcut_rate=nan", ScheduleError),
        ("unknown=1", ScheduleError),
        ("max_confirmed=many", ScheduleError),
        ("baseline=", ScheduleError),
        ("baseline=nowhere", RunError),
    ],
)
def test_a_wrong_limit_is_refused(bench: Bench, pair: str, error: type[AuditorError]) -> None:
    with pytest.raises(error) as caught:
        parse_gate([pair], bench.runs)
    assert caught.value.exit_code == 2
