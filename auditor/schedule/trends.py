"""How a schedule's audits came out over time, for charts. Survives the deletion of old runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.database import DATABASE_FILE, DATABASE_VARIABLE
from auditor.schedule.store import open_schedules
from auditor.schedule.values import ScheduledAudit


@dataclass(frozen=True)
class TrendPoint:
    """One finished audit.

    Attributes:
        schedule: that made it.
        run: name of the run folder.
        due: when it was to run (aware, UTC).
        there: whether the run has not been deleted since.
        verdicts: of every class.
        confirmed: number of classes confirmed.
        accuracy, worst_group_accuracy, shortcut_rate: in [0, 1]; None where undefined.
        images, tested: what accuracy and shortcut rate rest on; None where not known.
        gate: whether the gate held; None without one.
    """

    schedule: str
    run: str
    due: datetime
    there: bool
    verdicts: Mapping[str, str]
    confirmed: int
    accuracy: float | None
    worst_group_accuracy: float | None
    shortcut_rate: float | None
    images: int | None
    tested: int | None
    gate: bool | None


def trends(history: Sequence[ScheduledAudit]) -> dict[str, list[TrendPoint]]:
    """The finished audits of every schedule, by schedule, oldest first."""
    found: dict[str, list[TrendPoint]] = {}
    for audit in sorted(history, key=lambda audit: (audit.due, audit.id)):
        if audit.outcome and audit.outcome.summary:
            found.setdefault(audit.schedule, []).append(_point(audit))
    return found


def read_trends(runs: Path, environment: Mapping[str, str]) -> dict[str, list[TrendPoint]]:
    """`trends` of a folder of runs; empty where nothing was ever scheduled (nothing is made then).

    Raises:
        AuditorError: the database cannot be used.
    """
    if not environment.get(DATABASE_VARIABLE) and not (runs / DATABASE_FILE).is_file():
        return {}
    store = open_schedules(runs)
    try:
        return trends(store.history())
    finally:
        store.close()


def _point(audit: ScheduledAudit) -> TrendPoint:
    summary = audit.outcome.summary if audit.outcome else {}
    return TrendPoint(
        schedule=audit.schedule,
        run=audit.run,
        due=audit.due,
        there=audit.removed is None,
        verdicts=summary.get("verdicts", {}),
        confirmed=summary.get("confirmed", 0),
        accuracy=summary.get("accuracy"),
        worst_group_accuracy=summary.get("worst_group_accuracy"),
        shortcut_rate=summary.get("shortcut_rate"),
        images=summary.get("images"),
        tested=summary.get("tested"),
        gate=audit.outcome.gate if audit.outcome else None,
    )
