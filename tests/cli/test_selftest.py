"""`auditor selftest` as a pipeline calls it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from auditor.cli.app import run_command_line
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.ports import Progress
from auditor.selftest import running
from auditor.selftest.cues import CueKind
from auditor.selftest.making import Truth
from auditor.selftest.rates import PlantedOutcome
from auditor.selftest.worlds import World
from auditor.wording.catalogue import translator
from tests.seams.english_left import english


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


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A self-test of one world that is there at once."""

    def said(
        worlds: Sequence[World], progress: Progress
    ) -> Iterator[tuple[World, list[PlantedOutcome]]]:
        for world in worlds[:1]:
            cue_reliant = Truth("star", CueKind.TAG, 0.95, 0.9, 0.62, 0.7, 0.4)
            unaffected = Truth("disk", None, 0.0, 0.9, 0.0, 0.0, None)
            yield (
                world,
                [
                    PlantedOutcome(world.name, cue_reliant, ClassVerdict.CONFIRMED, 0.6),
                    PlantedOutcome(world.name, unaffected, ClassVerdict.UNDETERMINED, None),
                ],
            )

    monkeypatch.setattr(running, "run", said)


def _told(*flags: str, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["auditor", "selftest", *flags])
    with pytest.raises(SystemExit) as left:
        run_command_line()
    return left.value.code


def _cells(text: str) -> dict[str, list[str]]:
    rows = [re.split("[│┃]", line)[1:-1] for line in text.splitlines() if line[:1] in "│┃"]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


@pytest.mark.usefixtures("planted")
def test_people_read_a_table_and_two_rates(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _told("--seed", "3", "--lang", "en", monkeypatch=monkeypatch) == 0
    out = capsys.readouterr().out
    cells = _cells(out)
    assert cells["star"] == ["tag", "62%", "60%", CLASS_VERDICTS["confirmed"].label]
    assert cells["disk"] == ["-", "0%", "–", CLASS_VERDICTS["undetermined"].label]
    hits, false, _ = out.splitlines()[-3:]
    assert "1 of 1, 100% (21–100%)" in hits
    assert "0 of 1, 0% (0–79%)" in false


@pytest.mark.usefixtures("planted")
def test_it_is_told_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _told("--lang", "zh", monkeypatch=monkeypatch) == 0
    out = capsys.readouterr().out
    cells = _cells(out)
    assert cells["star"][1:3] == ["62%", "60%"]
    assert all(re.search(r"[\u4e00-\u9fff]", cell) for cell in cells["star"][::3])
    assert english(out.splitlines()) == []
    assert "100%" in out.splitlines()[-3]


@pytest.mark.parametrize("kind", CueKind)
def test_everything_that_is_planted_has_a_chinese_name(kind: CueKind) -> None:
    assert re.search(r"[\u4e00-\u9fff]", translator("zh")(kind.value))


def test_a_bad_seed_is_refused() -> None:
    done = _selftest("--seed", "-1")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
