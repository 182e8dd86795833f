"""When an audit is due: a cron line read on the wall clock of a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from zoneinfo import ZoneInfo, available_timezones

from croniter import CroniterError, croniter

from auditor.domain.errors import ScheduleError

LARGEST_TURN = timedelta(days=1)
"""No zone's clock was ever turned by more (Samoa left out a day in 2011)."""
NICKNAMES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
FIELDS = 5
RANDOM = re.compile(r"(^|[\s,])[HR]", re.IGNORECASE)

Field = tuple[int, ...] | None
"""What a field admits, ascending; None for everything."""


@dataclass(frozen=True)
class Cron:
    """A cron line and the zone whose clock it is read on.

    The line has five fields (minute, hour, day of month, month, day of week with 0 and 7 Sunday)
    or is a nickname such as @daily. Where both kinds of day are restricted, either suffices, as in
    every cron.

    When clocks change, a line with an hour names a moment of the day, which comes once: in the
    hour that is left out it is due as long after the turn as it would have been (02:30 becomes
    03:30), in the hour that comes twice it is due the first time. A line for every hour (`*`)
    follows the time that really passes.
    """

    line: str
    timezone: str = "UTC"

    @classmethod
    def parse(cls, line: str, timezone: str = "UTC") -> Cron:
        """A checked cron line.

        Raises:
            ScheduleError: the line is no cron line or never due, or there is no such zone.
        """
        if timezone not in available_timezones():
            near = get_close_matches(timezone, available_timezones(), n=1, cutoff=0.5)
            raise ScheduleError(
                "There is no such time zone.",
                code="schedule.time_zone",
                expected="a name of the IANA database, as Europe/Berlin or UTC",
                got=repr(timezone),
                remedy=f"--timezone {near[0]}" if near else "give --timezone by region and city",
            )
        cron = cls(" ".join(line.split()), timezone)
        fault = cron._fault()
        if fault:
            raise ScheduleError(
                "This is no cron line.",
                code="schedule.cron_line",
                expected='minute, hour, day of month, month, day of week, as "0 7 * * 1" for '
                f"Mondays at seven, or one of {', '.join(NICKNAMES)}",
                got=f"{line!r}: {fault}",
                remedy="correct the line; quote it, or the shell puts file names for the stars",
            )
        return cron

    def next(self, after: datetime) -> datetime:
        """The first due moment later than `after` (aware), in UTC."""
        wall = after.astimezone(self._zone).replace(tzinfo=None)
        found: list[datetime] = []
        last = datetime.max
        # Where the clock is turned, a later time on the wall may be an earlier moment.
        for date in self._wall_times(wall - self._turn(after)):
            found += [moment for moment in self._moments(date) if moment > after]
            if found:
                last = min(last, date + self._turn(min(found)))
            if date >= last:
                break
        return min(found)

    @property
    def fields(self) -> tuple[Field, Field, Field, Field, Field]:
        """What each field admits.

        Raises:
            ScheduleError: the line has something that lists cannot say (L, #).
        """
        expanded, of_the_month = croniter.expand(self.line)
        if of_the_month or any("l" in field for field in expanded):
            raise ScheduleError(
                "Other schedulers do not know this cron line.",
                code="schedule.cron_not_portable",
                expected="numbers, names, lists, ranges and steps",
                got=f"{self.line!r}, with L or #",
                remedy="let `auditor schedule run` keep the time, or write the line without them",
            )
        minute, hour, day, month, weekday = (_listed(field) for field in expanded)
        return minute, hour, day, month, weekday

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def _every_hour(self) -> bool:
        return bool(croniter.expand(self.line)[0][1] == ["*"])

    def _fault(self) -> str | None:
        if self.line.startswith("@"):
            return None if self.line.lower() in NICKNAMES else "no such nickname"
        count = len(self.line.split())
        if count != FIELDS:
            return f"{count} field{'' if count == 1 else 's'} instead of {FIELDS}"
        if RANDOM.search(self.line):
            return "H and R stand for a random time"
        try:
            self.next(datetime.now(UTC))
        except CroniterError as error:
            never = "find next date" in str(error)
            return "such a day never comes" if never else str(error)
        return None

    def _wall_times(self, start: datetime) -> Iterator[datetime]:
        dates = croniter(self.line, start)
        while True:
            yield dates.get_next(datetime)

    def _turn(self, at: datetime) -> timedelta:
        """How far to look around a moment: not at all where the clock runs on."""
        around = (at - LARGEST_TURN, at + LARGEST_TURN)
        offsets = {moment.astimezone(self._zone).utcoffset() for moment in around}
        return LARGEST_TURN if len(offsets) > 1 else timedelta(0)

    def _moments(self, wall: datetime) -> set[datetime]:
        """When the zone's clock shows `wall`; none, one or two moments for a line of every hour."""
        moments = [
            wall.replace(tzinfo=self._zone, fold=fold).astimezone(UTC) for fold in (False, True)
        ]
        if not self._every_hour:
            # Before the turn's offset: first of two, and as long after a gap as into it.
            return {moments[0]}
        return {at for at in moments if at.astimezone(self._zone).replace(tzinfo=None) == wall}


def _listed(field: Sequence[int | str]) -> Field:
    return None if "*" in field else tuple(sorted(int(value) for value in field))
