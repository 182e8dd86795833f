"""The gate of a scheduled audit: the schedule's limits before those of the file, and a baseline."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.config import GateSection
from auditor.domain.errors import RunError, ScheduleError
from auditor.files import is_dir
from auditor.gate import check_run, limits_of
from auditor.schedule.values import Schedule
from auditor.storage.run import Run, open_run

BASELINE = "baseline"
PREVIOUS = "previous"
"""as a baseline: the schedule's last finished run, whatever it will be"""


def parse_gate(pairs: Sequence[str], runs: Path) -> dict[str, Any]:
    """`KEY=VALUE` pairs as a schedule keeps them, the baseline as an absolute path.

    Args:
        pairs: keys of [gate], or `baseline`: "previous", a run's name in `runs`, or its path.
        runs: the folder of runs.

    Raises:
        ScheduleError: a pair is not understood.
        RunError: the baseline is no finished run.
    """
    given: dict[str, Any] = {}
    for pair in pairs:
        key, _, value = (part.strip() for part in pair.partition("="))
        if key == BASELINE and value:
            given[key] = value if value == PREVIOUS else str(_run_at(value, runs))
            continue
        try:
            number = tomllib.loads(f"value = {value}")["value"]
            GateSection.model_validate({key: number})
        except (tomllib.TOMLDecodeError, ValidationError):
            raise ScheduleError(
                "This is no limit of a gate.",
                code="schedule.unknown_limit",
                expected=f"KEY=NUMBER with one of {', '.join(GateSection.model_fields)}, "
                f"or {BASELINE}={PREVIOUS} or {BASELINE}=RUN",
                got=f"--gate {pair}",
                remedy="correct it, as --gate max_confirmed=0",
            ) from None
        given[key] = number
    return given


def gate_outcome(
    schedule: Schedule, run: Run, previous: Path | None
) -> tuple[bool, list[str]] | None:
    """Whether the gate holds and what fails; None where neither schedule nor file has a gate.

    A baseline that cannot be read does not hold: a gate that cannot tell must not open.

    Args:
        schedule: its limits come before those of the run's [gate].
        run: that is checked.
        previous: where the schedule's last finished run is, None where there was none.
    """
    limits = {key: value for key, value in schedule.gate.items() if key != BASELINE}
    stored = run.metadata.section("gate")
    try:
        baseline = _baseline(schedule, previous)
        if not limits and baseline is None and not any(v is not None for v in stored.values()):
            return None
        gate = check_run(run, limits_of(run, limits, baseline=baseline is not None), baseline)
    except RunError as error:
        return False, [f"the baseline cannot be used: {error.problem} Got: {error.got}."]
    return gate.holds, [check.told for check in gate.failed]


def baseline_name(schedule: Schedule) -> str | None:
    """Name of the run that the schedule holds its audits against, if it is always the same."""
    given = schedule.gate.get(BASELINE)
    return None if given in (None, PREVIOUS) else Path(given).name


def _baseline(schedule: Schedule, previous: Path | None) -> Run | None:
    given = schedule.gate.get(BASELINE)
    path = previous if given == PREVIOUS else given
    return None if path is None else open_run(path)


def _run_at(value: str, runs: Path) -> Path:
    beside = runs / value
    return open_run(beside if is_dir(beside) else Path(value)).path.resolve()
