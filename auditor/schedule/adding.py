"""A new schedule from what a person typed, checked as a whole before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from auditor.config import AuditConfig
from auditor.domain.errors import ScheduleError
from auditor.domain.notices import Target
from auditor.schedule.cron import Cron
from auditor.schedule.gating import parse_gate
from auditor.schedule.values import NotifyOn, Schedule, check_name


def new_schedule(
    name: str,
    *,
    cron: str,
    timezone: str,
    config: Path,
    runs: Path,
    now: datetime,
    notify: Sequence[str] = (),
    notify_on: NotifyOn | None = None,
    gate: Sequence[str] = (),
    keep: int | None = None,
    timeout: float | None = None,
) -> Schedule:
    """A schedule that is due the first time after `now`.

    Raises:
        ScheduleError: the name, the cron line, the zone or an address or a limit is wrong.
        ConfigError: the configuration file is.
        RunError: the gate's baseline is no finished run.
    """
    check_name(name)
    when = Cron.parse(cron, timezone)
    AuditConfig.load(config)
    for address in notify:
        _check_address(address)
    return Schedule(
        name=name,
        cron=when,
        config=config.resolve(),
        folder=Path.cwd(),
        next_due=when.next(now),
        notify=tuple(notify),
        notify_on=notify_on,
        gate=parse_gate(gate, runs),
        keep=keep,
        timeout=timeout,
    )


def _check_address(address: str) -> None:
    try:
        Target.parse(address)
    except ValueError as error:
        raise ScheduleError(
            "Nothing can be sent there.",
            code="notify.unknown_address",
            expected="an address without user and password",
            got=f"--notify {address.split('://', maxsplit=1)[0][:20]}...: {error}",
            remedy="mend the address",
        ) from None
