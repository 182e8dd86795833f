"""`auditor selftest` as a pipeline calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from auditor.cli.app import run_command_line
from auditor.domain.verdicts import ClassVerdict
from auditor.ports import Progress
from auditor.selftest import running
from auditor.selftest.cues import CueKind
from auditor.selftest.making import Truth
from auditor.selftest.rates import Outcome
from auditor.selftest.worlds import World


def _selftest(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "auditor", "selftest", *flags],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_json_says_what_was_planted_and_found() -> None:
    done = _selftest("--quick", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["seed"], said["quick"]) == (0, True)
    rows = said["classes"]
    cue_reliant = [row for row in rows if row["relies"] is True]
    assert cue_reliant
    assert all(row["planted"] == "tag" for row in cue_reliant)
    assert said["detection"]["total"] == len(cue_reliant)
    assert said["detection"]["count"] == sum(row["verdict"] == "confirmed" for row in cue_reliant)
    assert said["false_alarms"]["count"] == 0
    assert {row["world"] for row in rows} == {"tag", "random weights"}


def test_people_read_a_table_and_two_rates(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(worlds: Sequence[World], _: Progress) -> Iterator[tuple[World, list[Outcome]]]:
        for world in worlds[:1]:
            cue_reliant = Truth("star", CueKind.TAG, 0.95, 0.9, 0.62, 0.7, 0.4)
            unaffected = Truth("disk", None, 0.0, 0.9, 0.0, 0.0, None)
            yield (
                world,
                [
                    Outcome(world.name, cue_reliant, ClassVerdict.CONFIRMED, 0.6),
                    Outcome(world.name, unaffected, ClassVerdict.UNDETERMINED, None),
                ],
            )

    monkeypatch.setattr(running, "run", said)
    monkeypatch.setattr(sys, "argv", ["auditor", "selftest", "--seed", "3"])
    with pytest.raises(SystemExit) as left:
        run_command_line()
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert "star       tag                62%       60%  confirmed" in out
    assert "disk       -                   0%         –  undetermined" in out
    assert "detection: 1 of 1, 100% (21–100%)" in out
    assert ": 0 of 1, 0% (0–79%)" in out  # false alarms
    assert "seed 3" in out


def test_a_bad_seed_is_refused() -> None:
    done = _selftest("--seed", "-1")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
