"""Schedules and their history on a terminal, and the same for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.cli.show import NARROWEST
from auditor.domain.messages import N_
from auditor.wording.catalogue import Translator

if TYPE_CHECKING:
    from auditor.schedule.values import Schedule, ScheduledAudit

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
OUTCOME = ("exit_code", "gate", "gate_failures", "message", "summary", "notified")


def table(schedules: Sequence[Schedule], history: Sequence[ScheduledAudit], _: Translator) -> None:
    """Print one row per schedule."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=NARROWEST)
    if not schedules:
        console.print(_("no schedules; `auditor schedule add` makes one"))
        return
    shown = Table()
    headings = (
        *(_("schedule"), "cron", _("next"), _("audits")),
        *(_("last"), _("outcome")),
    )
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for schedule in schedules:
        own = [audit for audit in history if audit.schedule == schedule.name]
        last = own[-1] if own else None
        shown.add_row(
            *(Text(words) for words in (schedule.name, schedule.cron.line, local(schedule, _))),
            str(len(own)),
            Text(last.run if last else "-"),
            Text(_outcome(last, _)),
        )
    console.print(shown)


def all_plain(
    schedules: Sequence[Schedule], history: Sequence[ScheduledAudit]
) -> dict[str, list[dict[str, Any]]]:
    """Everything that `schedule list --json` says."""
    return {
        "schedules": [
            schedule_facts(
                schedule, [audit for audit in history if audit.schedule == schedule.name]
            )
            for schedule in schedules
        ]
    }


def schedule_facts(schedule: Schedule, history: Sequence[ScheduledAudit]) -> dict[str, Any]:
    """A schedule with its history; addresses without what may be a token."""
    from auditor.domain.notices import Target

    return {
        "name": schedule.name,
        "cron": schedule.cron.line,
        "timezone": schedule.cron.timezone,
        "config": str(schedule.config),
        "folder": str(schedule.folder),
        "next_due": schedule.next_due.isoformat(timespec="seconds"),
        "notify": [Target.parse(address).label for address in schedule.notify],
        "notify_on": schedule.notify_on,
        "gate": dict(schedule.gate),
        "keep": schedule.keep,
        "timeout_hours": None if schedule.timeout is None else schedule.timeout / 3600,
        "repair": None if schedule.repair is None else str(schedule.repair.data),
        "history": [plain_audit(audit) for audit in history],
    }


def plain_audit(audit: ScheduledAudit) -> dict[str, Any]:
    """One line of the history."""
    ended = asdict(audit.outcome) if audit.outcome else dict.fromkeys(OUTCOME)
    times = {"due": audit.due, "started": audit.started, "ended": audit.ended}
    return {
        **{name: at and at.isoformat(timespec="seconds") for name, at in times.items()},
        "schedule": audit.schedule,
        "run": audit.run,
        "attempts": audit.attempts,
        "removed": audit.removed is not None,
        **{name: ended[name] for name in OUTCOME},
    }


def local(schedule: Schedule, _: Translator) -> str:
    """When it is due next, on its own clock: Mon 2026-03-16 07:00 Europe/Berlin."""
    at = schedule.next_due.astimezone(ZoneInfo(schedule.cron.timezone))
    return f"{_(WEEKDAYS[at.weekday()])} {at:%Y-%m-%d %H:%M} {schedule.cron.timezone}"


def _outcome(audit: ScheduledAudit | None, _: Translator) -> str:
    if audit is None:
        return _("never ran")
    if audit.outcome is None:
        return _("running, or left unfinished")
    from auditor.schedule.outcome_words import outcome_words

    told = outcome_words(audit.outcome, _)
    if any(line.startswith("not told") for line in audit.outcome.notified):
        told = _("{outcome} (a notification failed)", outcome=told)
    return told
