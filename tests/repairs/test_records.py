"""A repair is gone on with from any folder, and after it was moved."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.domain.errors import RunError
from auditor.repairs.records import Audited, Repair, Round, load, save
from auditor.repairs.settings import Settings
from auditor.storage.run import open_run
from tests.fakes.runs import make_run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a run to repair and the run of a first round."""
    make_run(tmp_path / "run", classes=3, per_class=4, images=False)
    make_run(tmp_path / "repair" / "round-1", classes=3, per_class=4, images=False)
    (tmp_path / "train").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written() -> Repair:
    """Saved as from the command line, with relative paths."""
    run = open_run(Path("run"))
    identity = Settings(Path("train")).identity(run)
    after = Audited.of(open_run(Path("repair/round-1")))
    first = Round(1, {"nothing": None}, "plain training", "round-1.safetensors", after)
    done = Repair(Audited.of(run), (first,), identity)
    save(done, Path("repair"))
    return done


def test_a_repair_is_found_again_from_another_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = written()
    (home / "elsewhere").mkdir()
    monkeypatch.chdir(home / "elsewhere")
    settings = Settings(Path(os.pardir) / "train").identity(open_run(home / "run"))
    again = load(Path("../repair"), settings)
    assert again == done
    assert again is not None
    assert open_run(again.last.run).path == home / "repair" / "round-1"
    assert open_run(again.before.run).path == home / "run"


def test_a_moved_repair_names_its_own_rounds(home: Path) -> None:
    done = written()
    stored = json.loads(Path("repair/repair.json").read_text(encoding="utf-8"))
    assert stored["rounds"][0]["after"]["run"] == "round-1"
    assert stored["before"]["run"] == str(home / "run")
    Path("repair").rename("moved")
    again = load(home / "moved", done.settings)
    assert again is not None
    assert again.last.run == str(home / "moved" / "round-1")


def test_the_same_words_in_another_folder_are_other_data(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written()
    (home / "elsewhere" / "train").mkdir(parents=True)
    monkeypatch.chdir(home / "elsewhere")
    settings = Settings(Path("train")).identity(open_run(home / "run"))
    with pytest.raises(RunError) as caught:
        load(home / "repair", settings)
    assert caught.value.code == "repair.folder_taken"
    changed = replace(Settings(home / "train"), seed=1).identity(open_run(home / "run"))
    with pytest.raises(RunError) as caught:
        load(home / "repair", changed)
    assert caught.value.code == "repair.folder_taken"
