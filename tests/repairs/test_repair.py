"""A planted cue is repaired from `confirmed` to gone, on training pictures of its own."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

import auditor
from auditor.cli.app import app
from auditor.domain.errors import DataError, RunError
from auditor.ports import Silent
from auditor.repairs.loop import repair
from auditor.repairs.records import Audited, read
from auditor.selftest.auditing import audit_world
from auditor.selftest.cues import CueKind
from auditor.selftest.drawn import Drawn
from auditor.selftest.making import make
from auditor.selftest.rendering import recipes, render
from auditor.selftest.worlds import Planted, World
from auditor.storage.run import Run
from tests.fakes.runs import make_run
from tests.repairs.knowing import DRAWN

WORLD = World(
    "repair",
    ("cross", "disk", "ring", "star"),
    {"disk": Planted(CueKind.BACKGROUND, 0.95)},
    side=48,
    training=160,
    audited=40,
    seed=3,
)


def training_data(folder: Path, world: World) -> Path:
    """Pictures like those that the network was trained on, with their masks."""
    rows = []
    for number, recipe in enumerate(recipes(replace(world, seed=77), Drawn(), training=True)):
        pixels, mask = render(recipe, world, Drawn())
        for kind, picture in (("images", pixels), ("masks", np.asarray(mask * 255, np.uint8))):
            path = folder / kind / f"{number:04d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(path)
        rows.append((f"images/{number:04d}.png", recipe.label, f"masks/{number:04d}.png"))
    with (folder / "train.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "label", "mask"), *rows])
    return folder / "train.csv"


@pytest.fixture(scope="module")
def reliant(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The audit of a network that tells disks by their background."""
    home = tmp_path_factory.mktemp("reliant")
    make(WORLD, Drawn(), home / "world")
    run = audit_world(WORLD, home / "world", home / "before", Silent())
    assert run.summary["verdicts"]["disk"] == "confirmed"
    return run


@pytest.mark.slow
def test_from_confirmed_to_gone(reliant: Run, tmp_path: Path) -> None:
    run, train = reliant, training_data(tmp_path / "train", WORLD)
    done = repair(run, train, out=tmp_path / "repair", rounds=3, steps=300, seed=0)
    assert done.ended == "gone"
    assert done.last.accuracy >= done.before.accuracy - 0.05
    assert not {n for n, v in done.last.verdicts.items() if v == "confirmed"}
    assert effect_of(done.last) < 0.1
    assert done.masks == {"file": 4 * WORLD.training}
    written = {path.name for path in (tmp_path / "repair").iterdir()}
    assert written >= {"model.safetensors", "repair.json", "report.html", "retrain.py", "round-1"}
    assert load_file(tmp_path / "repair" / "model.safetensors")
    assert "nothing is confirmed any more" in (tmp_path / "repair" / "report.html").read_text()
    again = repair(run, train, out=tmp_path / "repair", rounds=3, steps=300, seed=0)
    assert again == done
    told = json.loads((tmp_path / "repair" / "repair.json").read_text())
    trials = told["rounds"][0]["trials"]
    assert set(trials) >= {"nothing", "plain training", "swaps within the class"}
    compile((tmp_path / "repair" / "retrain.py").read_text(), "retrain.py", "exec")


@pytest.mark.slow
def test_the_command_repairs_without_drawn_masks(
    reliant: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Masks come of a segmenter; without one there is nothing to cut out."""
    world = replace(WORLD, training=60)
    train = training_data(tmp_path / "train", world)
    bare = tmp_path / "train" / "bare.csv"
    rows = [line.rpartition(",")[0] for line in train.read_text("utf-8").splitlines()]
    bare.write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setenv(DRAWN, str(tmp_path / "train"))
    out = tmp_path / "repair"
    given = ["repair", str(reliant.path), "--data", str(bare), "--out", str(out), "--rounds", "1"]
    given += ["--steps", "600", "--no-compared", "--json"]
    refused = CliRunner().invoke(app, given)
    assert isinstance(refused.exception, DataError)
    assert refused.exception.code == "repair.no_donors"
    found = CliRunner().invoke(app, [*given, "--auto-mask", "tests.repairs.knowing:segment"])
    assert found.exit_code == 0, found.output
    done = read(out)
    assert done.masks == {"auto": 4 * world.training}
    assert done.rounds[0].chosen is not None
    assert effect_of(done.last) < effect_of(done.before) - 0.1
    assert (
        "240 training images were cut out with automatic masks" in (out / "report.html").read_text()
    )


def effect_of(audited: Audited) -> float:
    effect = audited.effects["disk"][1]
    assert effect is not None
    return effect


def test_a_run_without_a_confirmed_class_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "run", classes=2, images=False)
    table = run.classes().assign(verdict="clean")
    monkeypatch.setattr(Run, "classes", lambda _: table)
    with pytest.raises(RunError) as caught:
        auditor.repair(run, tmp_path, out=tmp_path / "out")
    assert caught.value.code == "repair.nothing_to_do"
    assert not (tmp_path / "out").exists()


def test_names_of_the_checkpoint_stay_with_its_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint that stores its names in its own order: repaired weights alone would lose it."""
    from torchvision import models

    from auditor.config import AuditConfig
    from auditor.repairs.loading import load_trainable, repair_config

    torch.manual_seed(0)
    network = models.squeezenet1_1(num_classes=3)
    stored = {"state_dict": network.state_dict(), "classes": ["owl", "dog", "cat"]}
    torch.save(stored, tmp_path / "named.pt")
    run = make_run(tmp_path / "run", classes=2, images=False)
    config = AuditConfig.from_dict(
        {
            "data": {"path": tmp_path},
            "model": {
                "arch": "squeezenet1_1",
                "checkpoint": tmp_path / "named.pt",
                "preprocess": {"resize": 64, "crop": False},
            },
        }
    ).to_dict()
    edited = run.manifest | {"config": config, "classes": ["cat", "dog", "owl"]}
    kept = repair_config(replace(run, manifest=edited))
    assert kept.data.classes == ("owl", "dog", "cat")
    save_file(network.state_dict(), tmp_path / "bare.safetensors")
    trainable = load_trainable(kept, tmp_path / "bare.safetensors", ("cat", "dog"))
    assert trainable.classifier.classes == ("owl", "dog", "cat")
    assert trainable.targets(torch.tensor([0, 1])).tolist() == [2, 1]
