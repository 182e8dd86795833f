"""A schedule, and one audit that a schedule made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from auditor.domain.auto_masks import parse_form
from auditor.domain.errors import ScheduleError
from auditor.schedule.cron import Cron

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""It begins the names of run folders, of systemd units and of Kubernetes objects."""

NotifyOn = Literal["change", "always"]


@dataclass(frozen=True, slots=True)
class RepairRequest:
    """What an audit that confirms something is repaired with.

    Attributes:
        data: absolute; training pictures, others than the audited ones.
        masks: absolute; mirrors them, None where the data names its masks.
        auto_mask: who makes the masks that are missing, a file in it absolute; None: as the run
            says.
    """

    data: Path
    masks: Path | None = None
    auto_mask: str | None = None

    @property
    def paths(self) -> list[Path]:
        """All that it reads."""
        network = None if self.auto_mask is None else parse_form(self.auto_mask).file
        named = (self.data, self.masks, None if network is None else Path(network))
        return [path for path in named if path is not None]


@dataclass(frozen=True)
class Schedule:
    """What is audited when.

    Attributes:
        name: unique among the schedules of a folder of runs.
        cron: when.
        config: absolute path of the audit's TOML file.
        folder: absolute; the audit runs in it, so that `module:function` is found as on the day
            on which the schedule was added.
        notify: addresses instead of the file's [notify] targets; empty: the file's.
        notify_on: instead of the file's; None: the file's.
        gate: limits that come before the file's [gate], and perhaps a baseline; see `gating`.
        keep: how many finished runs are kept; None for all.
        timeout: seconds after which an audit is taken to hang and is stopped; None for never.
        next_due: aware, UTC.
        repair: what a network with a confirmed class is repaired with; None for no repair.
    """

    name: str
    cron: Cron
    config: Path
    folder: Path
    next_due: datetime
    notify: tuple[str, ...] = ()
    notify_on: NotifyOn | None = None
    gate: Mapping[str, Any] = field(default_factory=dict)
    keep: int | None = None
    timeout: float | None = None
    repair: RepairRequest | None = None


@dataclass(frozen=True)
class Outcome:
    """How a scheduled audit ended.

    Attributes:
        exit_code: of `auditor run`; 1 where the run is whole and the gate fails; None where it
            never came to an end.
        gate: whether the gate holds; None without a gate or without a run.
        message: what happened, in words.
        summary: the run's summary.json; empty without a run.
        gate_failures: the checks that fail, a sentence each.
        notified: where the message went, or why it did not, a line each.
        repaired: how the repair ended, in words; it is kept as part of `message` alone.
    """

    exit_code: int | None
    gate: bool | None = None
    gate_failures: tuple[str, ...] = ()
    message: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    notified: tuple[str, ...] = ()
    repaired: str = ""


@dataclass(frozen=True)
class ScheduledAudit:
    """One line of a schedule's history.

    Attributes:
        id: of the line.
        schedule: the schedule's name.
        due: when it was to run (aware, UTC).
        started: when it began to run.
        attempts: how many processes have worked on it.
        run: name of the run folder, made or to be made.
        ended: None while it runs, or after a crash until somebody goes on with it.
        outcome: None until it has ended.
        removed: when retention deleted the run folder.
    """

    id: int
    schedule: str
    due: datetime
    started: datetime
    attempts: int
    run: str
    ended: datetime | None = None
    outcome: Outcome | None = None
    removed: datetime | None = None


def check_name(name: str) -> str:
    """The name, if it can be one.

    Raises:
        ScheduleError: it cannot.
    """
    if NAME.fullmatch(name):
        return name
    raise ScheduleError(
        "This is no name for a schedule.",
        code="schedule.name",
        expected="up to 63 letters, digits, dots, dashes and underscores, not a sign first",
        got=repr(name),
        remedy="give another name, as nightly-cows",
    )
