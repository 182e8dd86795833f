"""`auditor selftest` as a pipeline calls it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def _selftest(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "auditor", "selftest", "--quick", *flags],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_json_says_what_was_planted_and_found() -> None:
    done = _selftest("--json", "--seed", "0", "--quiet")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["seed"], said["quick"]) == (0, True)
    rows = said["classes"]
    guilty = [row for row in rows if row["relies"] is True]
    assert guilty
    assert all(row["planted"] == "tag" for row in guilty)
    assert said["detection"]["total"] == len(guilty)
    confirmed = [row for row in rows if row["verdict"] == "confirmed"]
    assert said["detection"]["count"] + said["false_alarms"]["count"] <= len(confirmed)
    assert said["false_alarms"]["count"] == 0
    assert {row["world"] for row in rows} == {"tag", "random weights"}


@pytest.mark.slow
def test_people_read_a_table_and_two_rates() -> None:
    done = _selftest("--seed", "1")
    assert done.returncode == 0, done.stderr
    assert "detection: " in done.stdout
    assert "false alarms: " in done.stdout
    assert "random weights" in done.stdout


def test_a_bad_seed_is_refused() -> None:
    done = _selftest("--seed", "-1")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
