"""The command on a run whose answer is known: files, balance, provenance, refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torchvision.datasets import ImageFolder

import auditor
from auditor.cli.app import run_command_line
from auditor.counterexamples.pictures import SourcePicture, exposed
from auditor.storage.run import Run
from tests.fakes.planted import CLASSES, config_of, write_dataset


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("planted")
    write_dataset(folder)
    return auditor.audit(config_of(folder))


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["auditor", "counterexamples", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        run_command_line()
    return int(left.value.code or 0)


def test_a_folder_that_any_loader_takes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    assert call(monkeypatch, run.path, "--out", out, "--per-class", "6", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["images"] == dict.fromkeys(CLASSES, 6)
    assert set(told["cues"]) == {"cued"}
    loaded = ImageFolder(out / "images")
    assert loaded.classes == sorted(CLASSES)
    assert len(loaded) == 24
    rows = pd.read_csv(out / "manifest.csv")
    for row in rows.itertuples():
        with Image.open(out / row.image) as image, Image.open(out / row.mask) as mask:
            assert image.size == mask.size
            assert mask.getextrema() == (0, 255)
    origin = pd.read_csv(out / "provenance.csv", keep_default_na=False)
    assert (origin.loc[origin["label"] == "cued", "breaks"] == "cued").all()
    assert set(origin["image"]) == set(rows["image"])
    provenance = json.loads((out / "provenance.json").read_text())
    assert provenance["fingerprints"] == run.manifest["fingerprints"]
    assert provenance["from_audited_images"] is True


def test_the_seed_decides_every_byte(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        words = ("--out", tmp_path / name, "--per-class", "3", "--seed", "5", "--quiet")
        assert call(monkeypatch, run.path, *words) == 0
    one, two = (
        {
            file.relative_to(tmp_path / name): file.read_bytes()
            for file in sorted((tmp_path / name).rglob("*"))
            if file.is_file()
        }
        for name in ("one", "two")
    )
    assert one == two


def test_the_background_is_of_the_candidate_that_shows_least_of_its_own_object(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = {}
    for candidates in (4, 1):
        monkeypatch.setattr("auditor.counterexamples.recipes.CANDIDATES", candidates)
        out = tmp_path / str(candidates)
        assert call(monkeypatch, run.path, "--out", out, "--per-class", "6", "--quiet") == 0
        origin = pd.read_csv(out / "provenance.csv").dropna(subset="donor")
        data = run.path.parent
        shares[candidates] = sum(
            exposed(*(picture_of(data, name) for name in pair))
            for pair in zip(origin["source"], origin["donor"], strict=True)
        )
    assert shares[4] < 0.9 * shares[1]


def picture_of(data: Path, name: str) -> SourcePicture:
    with Image.open((data / "masks" / name).with_suffix(".png")) as mask:
        object_ = torch.from_numpy(np.array(mask)) > 0
    return SourcePicture(torch.zeros(3, *object_.shape, dtype=torch.uint8), object_)


def test_the_network_falls_for_them(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They speak against the cue: the network that relies on it is wrong on them."""
    out = tmp_path / "made"
    words = ("--out", out, "--per-class", "12", "--quiet")
    assert call(monkeypatch, run.path, *words) == 0
    tree = config_of(run.path.parent)
    tree["data"] = {"path": out / "manifest.csv"}
    tree["run"] |= {"out": tmp_path / "again"}
    tree["interventions"] = {"enabled": False}
    tree["findings"] = {"min_images": 5}
    accuracy = auditor.audit(tree).classes().set_index("class")["accuracy"]
    assert accuracy["cued"] == 0.0


def test_other_data_of_the_same_classes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dataset(tmp_path / "train", per_class=4, seed=9)
    words = ("--data", tmp_path / "train" / "images", "--masks", tmp_path / "train" / "masks")
    out = tmp_path / "made"
    assert call(monkeypatch, run.path, "--out", out, "--per-class", "4", *words) == 0
    assert json.loads((out / "provenance.json").read_text())["from_audited_images"] is False
    assert len(pd.read_csv(out / "manifest.csv")) == 16


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--class", "nobody"], "no such class"),
        (["--data", "nowhere"], "not there"),
    ],
)
def test_bad_input_writes_nothing(
    run: Run,
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, run.path, "--out", "made", *words) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    assert call(monkeypatch, run.path, "--out", tmp_path) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["precious.txt"]


@pytest.mark.slow
def test_no_confirmed_class_is_said(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=4)
    clean = auditor.audit(config_of(tmp_path))
    command = [sys.executable, "-m", "auditor", "counterexamples", str(clean.path)]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "made")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "counterexamples.no_cue" in done.stderr
    assert not (tmp_path / "made").exists()
