"""Rows of the database as values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.schedule.cron import Cron
from auditor.schedule.values import Outcome, RepairRequest, Schedule, ScheduledAudit


def text(moment: datetime) -> str:
    """A moment as it is stored."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def schedule_row(schedule: Schedule, runs: Path) -> dict[str, Any]:
    """Of table `schedules`, without lease."""
    return {
        "runs": str(runs),
        "name": schedule.name,
        "cron": schedule.cron.line,
        "timezone": schedule.cron.timezone,
        "config": str(schedule.config),
        "folder": str(schedule.folder),
        "notify": list(schedule.notify),
        "notify_on": schedule.notify_on,
        "gate": dict(schedule.gate),
        "keep": schedule.keep,
        "timeout": schedule.timeout,
        "repair": _repair_row(schedule.repair),
        "next_due": text(schedule.next_due),
    }


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """Of table `scheduled_audits`: what is known at the end."""
    return {
        "exit_code": outcome.exit_code,
        "gate": outcome.gate,
        "gate_failures": list(outcome.gate_failures),
        "message": outcome.message,
        "summary": dict(outcome.summary),
        "notified": list(outcome.notified),
    }


def schedule_of(row: Mapping[Any, Any]) -> Schedule:
    """A row of `schedules`."""
    return Schedule(
        name=row["name"],
        cron=Cron(row["cron"], row["timezone"]),
        config=Path(row["config"]),
        folder=Path(row["folder"]),
        next_due=datetime.fromisoformat(row["next_due"]),
        notify=tuple(row["notify"]),
        notify_on=row["notify_on"],
        gate=row["gate"],
        keep=row["keep"],
        timeout=row["timeout"],
        repair=_repair_of(row["repair"]),
    )


def audit_of(row: Mapping[Any, Any]) -> ScheduledAudit:
    """A row of `scheduled_audits`."""
    return ScheduledAudit(
        id=row["id"],
        schedule=row["schedule"],
        due=datetime.fromisoformat(row["due"]),
        started=datetime.fromisoformat(row["started"]),
        attempts=row["attempts"],
        run=row["run"],
        ended=_moment(row["ended"]),
        outcome=_outcome(row) if row["ended"] else None,
        removed=_moment(row["removed"]),
    )


def _repair_row(request: RepairRequest | None) -> dict[str, str | None] | None:
    if request is None:
        return None
    masks = None if request.masks is None else str(request.masks)
    return {"data": str(request.data), "masks": masks, "auto_mask": request.auto_mask}


def _repair_of(stored: Mapping[str, str | None] | None) -> RepairRequest | None:
    if not stored or stored["data"] is None:
        return None
    masks = stored.get("masks")
    # Rows of earlier versions have no auto_mask.
    return RepairRequest(
        Path(stored["data"]), None if masks is None else Path(masks), stored.get("auto_mask")
    )


def _outcome(row: Mapping[Any, Any]) -> Outcome:
    return Outcome(
        exit_code=row["exit_code"],
        gate=row["gate"],
        gate_failures=tuple(row["gate_failures"] or ()),
        message=row["message"] or "",
        summary=row["summary"] or {},
        notified=tuple(row["notified"] or ()),
    )


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)
