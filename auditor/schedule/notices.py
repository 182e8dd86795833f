"""The message about a scheduled audit: what changed, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from auditor.domain.errors import NotificationError
from auditor.domain.notices import Notice
from auditor.notification import deliver
from auditor.ports import Clock
from auditor.schedule.changes import FAILED, NAMED, AuditChanges, word
from auditor.schedule.values import Outcome, ScheduledAudit

VERSION = 1
"""of the message's JSON"""


def notice(
    audit: ScheduledAudit, outcome: Outcome, changed: AuditChanges, *, now: datetime
) -> Notice:
    """The message. docs/schedules.md describes its JSON."""
    headline = f"{audit.schedule}: {headline_of(outcome, changed)}"
    failure = [outcome.message] if word(outcome) == FAILED else []
    told = failure + changed.lines() + gate_lines(outcome)
    told += [outcome.repaired] if outcome.repaired else []
    lines = [
        headline,
        "",
        *(told or ["nothing changed since the audit before"]),
        "",
        f"run {audit.run}, due {audit.due:%Y-%m-%d %H:%M} UTC",
    ]
    text = "\n".join(lines)
    data = {
        "version": VERSION,
        "delivery": f"{audit.run}-{audit.id}",
        "sent": now.isoformat(timespec="seconds"),
        "schedule": audit.schedule,
        "run": audit.run,
        "due": audit.due.isoformat(timespec="seconds"),
        "status": "failed" if word(outcome) == FAILED else "done",
        "exit_code": outcome.exit_code,
        "gate": outcome.gate,
        "gate_failures": list(outcome.gate_failures),
        "message": outcome.message,
        "changes": changed.to_dict(),
        "text": text,
    }
    return Notice(str(data["delivery"]), f"[auditor] {headline}", text, data)


def tell(
    message: Notice, addresses: Sequence[str], *, environment: Mapping[str, str], clock: Clock
) -> tuple[str, ...]:
    """Send it everywhere; what became of it, a line an address. Never fails."""
    told = []
    for address in dict.fromkeys(addresses):
        try:
            told.append(f"told {deliver(message, address, environment=environment, clock=clock)}")
        except NotificationError as error:
            told.append(f"not told: {error.problem} Got: {error.got}. Remedy: {error.remedy}.")
    return tuple(told)


def gate_lines(outcome: Outcome) -> list[str]:
    """What the gate does not let pass, a line each."""
    return [f"fails: {told}" for told in outcome.gate_failures[:NAMED]]


def headline_of(outcome: Outcome, changed: AuditChanges) -> str:
    """How it ended and how much changed, in a few words."""
    parts = [word(outcome)]
    if changed.verdicts:
        count = len(changed.verdicts)
        parts.append(f"{count} verdict{'' if count == 1 else 's'} moved")
    elif changed.first and outcome.summary:
        count = outcome.summary["confirmed"]
        parts.append(f"first audit, {count} class{'' if count == 1 else 'es'} confirmed")
    return ", ".join(parts)
