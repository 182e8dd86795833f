"""What is emitted is valid and due when the schedule is."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from croniter import croniter

from auditor.domain.errors import ScheduleError
from auditor.schedule.cron import Cron
from auditor.schedule.emit import Machine, crontab, kubernetes, on_calendar, systemd
from auditor.schedule.values import Schedule

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
MACHINE = Machine(("/usr/bin/python3", "-m", "auditor"), Path("/audits/runs"), "auditor:1", "work")
LINES = [
    "0 7 * * 1",
    "*/15 8-17 * * mon-fri",
    "30 2 1,15 * *",
    "0 0 1 * 7",
    "0 7 */2 * 1",
    "5 4 1-31 2 sun",
    "@hourly",
    "@monthly",
]
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze on this machine")


def schedule(line: str = "0 7 * * 1", timezone: str = "Europe/Berlin") -> Schedule:
    return Schedule(
        name="nightly",
        cron=Cron.parse(line, timezone),
        config=Path("/audits/audit.toml"),
        folder=Path("/audits"),
        next_due=START,
    )


@pytest.mark.parametrize("line", LINES)
def test_crontab_and_kubernetes_get_a_line_that_means_the_same(line: str) -> None:
    written = schedule(line)
    plain = yaml.safe_load(kubernetes(written, MACHINE))["spec"]["schedule"]
    assert re.fullmatch(r"(\*|[\d,]+)( (\*|[\d,]+)){4}", plain)
    assert crontab(written, MACHINE).splitlines()[2].startswith(plain + " cd ")
    given, again = croniter(line, START), croniter(plain, START)
    assert [given.get_next() for _ in range(50)] == [again.get_next() for _ in range(50)]


def test_the_crontab_line_runs_the_schedule_in_its_zone() -> None:
    comment, zone, job = crontab(schedule(), MACHINE).splitlines()
    assert comment.startswith("#")
    assert zone == "CRON_TZ=Europe/Berlin"
    assert job == (
        "0 7 * * 1 cd /audits && "
        "/usr/bin/python3 -m auditor schedule once nightly --runs /audits/runs"
    )


def test_percent_signs_and_spaces_are_kept_from_cron_and_the_shell() -> None:
    odd = replace(schedule(), folder=Path("/au dits/50%"))
    job = crontab(odd, MACHINE).splitlines()[2]
    assert r"cd '/au dits/50\%' &&" in job


@needs_systemd
@pytest.mark.parametrize("line", LINES)
def test_systemd_reads_the_calendar_as_the_schedule_does(line: str) -> None:
    assert ANALYZE
    cron = Cron.parse(line, "Europe/Berlin")
    expected, at = [], START
    for _ in range(8):
        at = cron.next(at)
        expected.append(at)
    found = set()
    for calendar in on_calendar(schedule(line)):
        words = [ANALYZE, "calendar", "--iterations=8", "--base-time=2026-11-24 12:00:00 UTC"]
        told = subprocess.run(
            [*words, calendar], capture_output=True, text=True, check=True, env={"TZ": "UTC"}
        )
        utc = re.findall(r": \w{3} (\d{4}-\S+ \S+) UTC", told.stdout)
        found |= {datetime.fromisoformat(one).replace(tzinfo=UTC) for one in utc}
    assert sorted(found)[:8] == expected


@needs_systemd
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    assert ANALYZE
    program = shutil.which("true")
    assert program
    odd = replace(schedule(), folder=tmp_path, config=tmp_path / "audit.toml")
    text = systemd(odd, replace(MACHINE, program=(program, "100% $HOME", 'a "b"')))
    service, timer = text.split("\n# auditor-nightly.timer\n")
    (tmp_path / "auditor-nightly.service").write_text(service)
    (tmp_path / "auditor-nightly.timer").write_text(timer)
    units = [str(path) for path in sorted(tmp_path.glob("auditor-*"))]
    told = subprocess.run([ANALYZE, "verify", *units], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "auditor-nightly" not in told.stderr
    assert '"100%% $$HOME" "a \\"b\\""' in service


def test_the_cronjob_has_what_kubernetes_asks_for() -> None:
    job = yaml.safe_load(kubernetes(replace(schedule(), name="Nightly_Cows.v2"), MACHINE))
    kubernetes_validate.validate(job, "1.31", strict=True)
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", job["metadata"]["name"])
    assert job["spec"]["timeZone"] == "Europe/Berlin"
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "auditor:1"
    assert container["args"][:5] == [
        *("schedule", "once", "Nightly_Cows.v2"),
        *("--runs", "/audits/runs"),
    ]
    assert container["volumeMounts"][0] == {"name": "work", "mountPath": "/audits"}
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "work"


def test_long_names_fit_and_folders_apart_are_refused() -> None:
    long = yaml.safe_load(kubernetes(replace(schedule(), name="x" * 63), MACHINE))
    assert len(long["metadata"]["name"]) <= 52
    apart = replace(schedule(), config=Path("/elsewhere/audit.toml"))
    with pytest.raises(ScheduleError) as caught:
        kubernetes(apart, MACHINE)
    assert caught.value.code == "schedule.no_shared_folder"


@pytest.mark.parametrize("line", ["0 7 L * *", "0 7 * * 5#2", "0 7 * * L5"])
def test_what_others_cannot_say_is_refused(line: str) -> None:
    for emit in (crontab, systemd, kubernetes):
        with pytest.raises(ScheduleError) as caught:
            emit(schedule(line), MACHINE)
        assert caught.value.code == "schedule.cron_not_portable"


def test_names_of_months_are_no_reason_to_refuse() -> None:
    assert on_calendar(schedule("0 7 1 jul,apr *")) == ["*-4,7-1 7:0:00 Europe/Berlin"]
