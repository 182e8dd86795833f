"""A new schedule from what a person typed, checked as a whole before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from auditor.config import AuditConfig
from auditor.domain.auto_masks import check_form, parse_form
from auditor.domain.errors import ScheduleError
from auditor.domain.notices import Target
from auditor.files import absolute, exists
from auditor.schedule.cron import Cron
from auditor.schedule.gating import parse_gate
from auditor.schedule.values import NotifyOn, RepairRequest, Schedule, check_name


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
    repair: Path | None = None,
    repair_masks: Path | None = None,
    repair_auto_mask: str | None = None,
) -> Schedule:
    """A schedule that is due the first time after `now`.

    Raises:
        ScheduleError: the name, the cron line, the zone or an address or a limit is wrong, or the
            training pictures of a repair are not there.
        DataError: nobody makes masks by the name that a repair is given.
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
        repair=_repair(repair, repair_masks, repair_auto_mask),
    )


def _repair(data: Path | None, masks: Path | None, auto_mask: str | None) -> RepairRequest | None:
    check_form(auto_mask, "--repair-auto-mask")
    network = None if auto_mask is None else parse_form(auto_mask).file
    named = (data, masks, None if network is None else Path(network))
    missing = [path for path in named if path is not None and not exists(path)]
    more = {"--repair-masks": masks, "--repair-auto-mask": auto_mask}
    given = [option for option, value in more.items() if value is not None]
    if missing or (data is None and given):
        raise ScheduleError(
            "A repair needs training pictures.",
            code="schedule.no_training_pictures",
            expected="--repair TRAIN, and perhaps --repair-masks DIR and --repair-auto-mask METHOD,"
            " with every file that they name",
            got=", ".join(map(str, missing)) or f"{', '.join(given)} without --repair",
            remedy="name the training pictures, others than the audited ones",
        )
    if data is None:
        return None
    if auto_mask is not None and network is not None:
        auto_mask = auto_mask.removesuffix(network) + str(absolute(Path(network)))
    return RepairRequest(absolute(data), None if masks is None else absolute(masks), auto_mask)


def _check_address(address: str) -> None:
    try:
        Target.parse(address)
    except ValueError as error:
        raise ScheduleError(
            "Nothing can be sent there.",
            code="notify.unknown_address",
            expected="an address without user and password",
            got=f"--notify {address.split('://', maxsplit=1)[0][:20]}...: {error}",
            remedy="correct the address",
        ) from None
