"""`auditor gate` as CI calls it: exit codes, files, what is said where."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Command
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("runs")
    make_run(home / "run", classes=6, images=False)
    return home


def test_it_holds(command: Command, home: Path) -> None:
    done = command("gate", home / "run", "--max-confirmed", "2")
    assert done.code == 0
    told, end = done.out.rstrip().splitlines()[:1], done.out.rstrip().splitlines()[-1]
    assert re.search(r"\b2\b", told[0])
    assert end.endswith(f": {home / 'run'}")


def test_it_fails_and_writes_what_it_was_asked_for(
    command: Command, home: Path, tmp_path: Path
) -> None:
    files = ("--junit", tmp_path / "gate.xml", "--summary", tmp_path / "gate.md")
    done = command("gate", home / "run", "--max-confirmed", "1", *files)
    assert done.code == 1
    assert re.search(r"\b2\b.*\b1\b", done.out)  # so many confirmed, so many allowed
    assert ET.parse(tmp_path / "gate.xml").getroot().get("failures") == "1"  # noqa: S314
    assert (tmp_path / "gate.md").read_text().startswith("## ")


def test_without_any_limit_no_confirmed_class_passes(command: Command, home: Path) -> None:
    done = command("gate", home / "run")
    assert done.code == 1
    assert re.search(r"\b2\b.*\b0\b", done.out)  # so many confirmed, so many allowed


def test_a_run_is_not_worse_than_itself(command: Command, home: Path) -> None:
    done = command("gate", home / "run", "--baseline", home / "run", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["holds"] is True
    assert len(told["checks"]) == 3 + 6


def test_json_is_alone_on_stdout_and_quiet_is_quiet(command: Command, home: Path) -> None:
    done = command("gate", home / "run", "--max-confirmed", "0", "--json")
    assert json.loads(done.out)["failed"] == 1
    done = command("gate", home / "run", "--max-confirmed", "0", "--quiet")
    assert (done.code, done.out, done.err) == (1, "", "")


def test_a_github_summary_keeps_what_other_steps_wrote(
    command: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "summary.md"
    shared.write_text("# Built\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(shared))
    command("gate", home / "run", "--max-confirmed", "9", "--summary", shared, "--quiet")
    text = shared.read_text(encoding="utf-8")
    assert re.match(r"# Built\n## [^\n]* run\n", text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "no such folder"),
        (["run", "--baseline", "nowhere"], "no such folder"),
        (["run", "--max-confirmed", "-1"], "max-confirmed"),
        (["run", "--max-shortcut-rate", "2"], "max-shortcut-rate"),
        (["run", "--min-worst-group", "nan"], "min-worst-group"),
        (["run", "--junit", "nowhere/gate.xml", "--max-confirmed", "9"], "cannot be written"),
    ],
)
def test_bad_input_leaves_with_2(
    command: Command, home: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    done = command("gate", *words)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
