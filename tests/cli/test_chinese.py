"""Commands that answer in Chinese with `--lang zh`; what machines read stays English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.fakes.planted import write_dataset
from tests.fakes.runs import make_run
from tests.fakes.worded import make_worded_run
from tests.seams.english_left import english

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("zh") / "runs"
    make_worded_run(home / "run", classes=8, per_class=4)
    make_run(home / "base", classes=8, per_class=6, images=False)
    return home


def lines(text: str, home: Path) -> list[str]:
    return [line.replace(str(home), "") for line in text.splitlines() if line.strip()]


def test_gate(command: Command, home: Path, tmp_path: Path) -> None:
    junit, summary = tmp_path / "gate.xml", tmp_path / "gate.md"
    words = ("gate", home / "run", "--baseline", home / "base", "--max-confirmed", 0)
    done = command(*words, "--lang", "zh", "--junit", junit, "--summary", summary)
    assert done.code == 1
    told = lines(done.out, home)
    assert all(HAN.search(line) for line in told)
    assert english(told) == []
    assert english([summary.read_text("utf-8")]) == []
    assert not HAN.search(junit.read_text("utf-8"))
    assert not HAN.search(json.dumps(json.loads(command(*words, "--json").out)))


def test_verify(command: Command, home: Path, tmp_path: Path) -> None:
    done = command("verify", home / "base", "--lang", "zh")
    assert all(HAN.search(line) for line in lines(done.out, home))
    assert english(lines(done.out, home)) == []
    broken = make_run(tmp_path / "broken", classes=2, per_class=2, images=False)
    (broken.path / "report.html").write_text("changed")
    done = command("verify", broken.path, "--lang", "zh")
    assert english(lines(done.out, tmp_path)) == []


def test_compare(command: Command, home: Path) -> None:
    done = command("compare", home / "base", home / "run", "--lang", "zh")
    assert HAN.search(done.out)
    assert english(lines(done.out, home)) == []


def test_schedules(command: Command, tmp_path: Path) -> None:
    done = command("schedule", "list", "--runs", tmp_path, "--lang", "zh")
    assert HAN.search(done.out)
    assert english(re.sub(r"`.*?`", "", line) for line in done.out.splitlines()) == []


def test_doctor(command: Command) -> None:
    done = command("doctor", "--lang", "zh")
    told = [re.sub(r"pip install.*|（`.*?`）", "", line) for line in done.out.splitlines()]
    _python, machine, threads, disk, device, *others = told
    assert all(HAN.search(line) for line in (machine, threads, disk, device, others[-1]))
    assert english([machine, threads, disk, *others]) == []  # a processor's name is English
    assert not HAN.search(json.dumps(json.loads(command("doctor", "--json").out)))


def test_inspect(command: Command, tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=3)
    (tmp_path / "images" / "red" / "text.png").write_text("no image")
    words = ("inspect", tmp_path / "images", "--masks", tmp_path / "masks")
    done = command(*words, "--lang", "zh")
    told = lines(done.out, tmp_path)
    assert len([line for line in told if HAN.search(line)]) >= 7
    assert english(told) == []
    assert not HAN.search(command(*words, "--json").out)


def test_report(command: Command, home: Path, tmp_path: Path) -> None:
    done = command("report", home / "base", "--lang", "zh", "--out", tmp_path / "r.md")
    (told,) = done.out.splitlines()
    assert HAN.search(told)
    assert english([told.replace(str(tmp_path), "")]) == []
