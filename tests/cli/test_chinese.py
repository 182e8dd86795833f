"""Commands that answer in Chinese with `--lang zh`; what machines read stays English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from auditor.storage.run import open_run
from tests.cli.conftest import Command
from tests.cli.test_schedule import config_file
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
    words = ("schedule", "add", "weekly", "--cron", "0 7 * * 1", "--config", config_file(tmp_path))
    command(*words, "--runs", tmp_path)
    done = command("schedule", "list", "--runs", tmp_path, "--lang", "zh")
    assert "周一" in done.out


def test_what_was_written_added_and_removed(command: Command, home: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=1)
    config = config_file(tmp_path)
    runs = ("--runs", tmp_path)
    added = ("schedule", "add", "weekly", "--cron", "0 7 * * 1", "--config", config, *runs)
    name, decided = home / "base", tmp_path / "decided.csv"
    case = open_run(name).cases()["case_id"].iloc[0]
    decided.write_text(f"case_id,decision,reviewer\n{case},confirmed,ann\nnone,dismissed,ann\n")
    for words in (
        ("export", name, "--what", "cases", "--out", tmp_path / "cases.csv"),
        ("export", name, "--what", "coco", "--out", tmp_path / "tasks.json"),
        ("import-reviews", name, decided),
        added,
        ("schedule", "remove", "weekly", *runs),
    ):
        done = command(*words, "--lang", "zh")
        assert done.code == 0, done.err
        assert all(HAN.search(line) for line in lines(done.out, home)), words


def test_an_unknown_language_changes_nothing(command: Command, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "cases.csv"
    done = command("export", home / "base", "--what", "cases", "--out", out, "--lang", "tlh")
    assert (done.code, out.exists()) == (2, False)


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
