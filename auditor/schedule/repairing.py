"""A repair after an audit that confirmed something, and how it ended in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from auditor.domain.errors import RunError
from auditor.repairs.outcome_words import end_words
from auditor.repairs.records import Repair, read
from auditor.schedule.gating import gate_outcome
from auditor.schedule.running import Runner
from auditor.schedule.values import Schedule
from auditor.storage.run import Run, open_run

SUFFIX = "-repair"
"""Of the folder beside the run."""


def repaired_words(
    schedule: Schedule, run: Run, runner: Runner, *, renew: Callable[[], bool]
) -> str:
    """Repair what an audit confirmed, if the schedule says so; "" where there was nothing to do.

    A repair that fails changes nothing of the audit; its words say so.

    Args:
        schedule: names the training pictures.
        run: the finished audit.
        runner: starts the repair in a process of its own.
        renew: keeps the lease.

    Raises:
        LeaseLost: another process has taken the audit over.
    """
    if schedule.repair is None or not run.results.confirmed:
        return ""
    out = run.path.with_name(f"{run.name}{SUFFIX}")
    ended = runner.repair(
        run.path, out, schedule.repair, schedule.folder, renew=renew, timeout=schedule.timeout
    )
    if ended.code != 0:
        said = f": {ended.said}" if ended.said else ""
        return f"the repair failed (exit code {ended.code}){said}"
    try:
        found = read(out)
    except RunError as error:
        return f"the repair cannot be read: {error.got}"
    rounds = len(found.rounds)
    told = f"repair into {out.name}, {rounds} {'round' if rounds == 1 else 'rounds'}:"
    return f"{told} {end_words(found)}{_gate_words(schedule, found)}"


def _gate_words(schedule: Schedule, found: Repair) -> str:
    """Whether the gate's limits hold for the network as it is in the end."""
    if not found.rounds or found.last is found.before:
        return ""
    try:
        judged = gate_outcome(schedule, open_run(Path(found.last.run)), None)
    except RunError as error:
        return f" Its last run cannot be read: {error.got}."
    if judged is None:
        return ""
    holds, failures = judged
    return " The gate holds on its end." if holds else f" The gate fails on its end: {failures[0]}."
