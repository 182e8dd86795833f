"""Cron lines on clocks that are turned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.errors import ScheduleError
from auditor.schedule.cron import Cron

BERLIN = "Europe/Berlin"
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)
"""the day before 02:00 to 03:00 is left out"""
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)
"""the day before 02:00 to 03:00 comes twice"""


def times(line: str, after: datetime, count: int, timezone: str = BERLIN) -> list[str]:
    cron, found = Cron.parse(line, timezone), []
    for _ in range(count):
        after = cron.next(after)
        found.append(f"{after.astimezone(ZoneInfo(timezone)):%d %H:%M %z}")
    return found


def test_seven_stays_seven_when_the_clocks_change() -> None:
    assert times("0 7 * * *", SPRING, 2) == ["29 07:00 +0200", "30 07:00 +0200"]
    assert times("0 7 * * *", AUTUMN, 2) == ["25 07:00 +0100", "26 07:00 +0100"]


def test_a_time_that_is_left_out_comes_once_and_later() -> None:
    assert times("30 2 * * *", SPRING, 2) == ["29 03:30 +0200", "30 02:30 +0200"]
    # 02:15 falls onto 03:15, which is due anyway.
    assert times("15 2,3 * * *", SPRING, 2) == ["29 03:15 +0200", "30 02:15 +0200"]


def test_a_time_that_comes_twice_is_due_once() -> None:
    assert times("30 2 * * *", AUTUMN, 2) == ["25 02:30 +0200", "26 02:30 +0100"]


def test_every_half_hour_follows_the_time_that_passes() -> None:
    for start in (SPRING, AUTUMN):
        cron = Cron.parse("*/30 * * * *", BERLIN)
        at = start
        for _ in range(60):
            assert cron.next(at) - at == timedelta(minutes=30)
            at = cron.next(at)


def test_a_zone_that_turns_by_half_an_hour_and_one_that_left_out_a_day() -> None:
    before = datetime(2026, 10, 3, 12, tzinfo=UTC)
    assert times("15 2 * * *", before, 2, "Australia/Lord_Howe") == [
        "04 02:45 +1100",
        "05 02:15 +1100",
    ]
    samoa = datetime(2011, 12, 28, 12, tzinfo=UTC)
    assert times("30 12 * * *", samoa, 3, "Pacific/Apia") == [
        "28 12:30 -1000",
        "29 12:30 -1000",
        "31 12:30 +1400",
    ]


def test_days_are_read_as_crons_read_them() -> None:
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
    assert times("0 7 * * 1", start, 1, "UTC") == ["30 07:00 +0000"]
    assert times("0 7 * * 0", start, 1, "UTC") == times("0 7 * * 7", start, 1, "UTC")
    assert times("0 7 * * sun", start, 1, "UTC") == ["29 07:00 +0000"]
    # Either kind of day suffices where both are given.
    assert [t[:2] for t in times("0 7 1 * 1", start, 3, "UTC")] == ["30", "01", "07"]
    assert times("@daily", start, 1, "UTC") == ["25 00:00 +0000"]
    assert [t[:2] for t in times("0 7 L * *", start, 2, "UTC")] == ["30", "31"]


@settings(deadline=None, max_examples=60)
@given(
    minute=st.sampled_from(["0", "*/7", "5,50", "*"]),
    hour=st.sampled_from(["*", "2", "*/5", "1-3"]),
    day=st.sampled_from(["*", "29", "*/9"]),
    weekday=st.sampled_from(["*", "0", "mon-fri", "7"]),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_without_turns_it_is_what_croniter_says(
    minute: str, hour: str, day: str, weekday: str, after: datetime
) -> None:
    line = f"{minute} {hour} {day} * {weekday}"
    start = after.replace(tzinfo=UTC)
    assert Cron.parse(line, "UTC").next(start) == croniter(line, start).get_next(datetime)


@settings(deadline=None, max_examples=60)
@given(
    line=st.sampled_from(["30 2 * * *", "*/20 * * * *", "0 */2 * * *", "15 1-3 * * 0"]),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    later=st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_it_goes_forward_and_skips_nothing(
    line: str, zone: str, after: datetime, later: timedelta
) -> None:
    cron, start = Cron.parse(line, zone), after.replace(tzinfo=UTC)
    due = cron.next(start)
    assert due > start
    between = min(start + later, due - timedelta(microseconds=1))
    assert cron.next(between) == due
    assert cron.next(start + later) >= due


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "0 fields"),
        ("* * 1", "3 fields"),
        ("0 0 7 * * 1", "6 fields"),
        ("61 7 * * *", "out of range"),
        ("0 7 * * 8", "out of range"),
        ("0 7 31 2 *", "never comes"),
        ("@reboot", "nickname"),
        ("H 7 * * *", "random"),
        ("0 seven * * *", "not acceptable"),
    ],
)
def test_a_bad_line_is_refused_with_the_remedy(line: str, said: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        Cron.parse(line)
    assert said in caught.value.got
    assert '"0 7 * * 1"' in caught.value.expected
    assert caught.value.exit_code == 2


def test_a_wrong_zone_is_refused_with_the_nearest() -> None:
    with pytest.raises(ScheduleError) as caught:
        Cron.parse("0 7 * * 1", "Europe/Berln")
    assert "Europe/Berlin" in caught.value.remedy
    with pytest.raises(ScheduleError):
        Cron.parse("0 7 * * 1", "../../etc/passwd")
