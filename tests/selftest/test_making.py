"""A world on disk: the same seed makes the same files, and the truth is the renderer's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from auditor.ports import Silent
from auditor.selftest.auditing import audit_world
from auditor.selftest.drawn import Drawn
from auditor.selftest.making import Truth, make
from auditor.selftest.plan import quick_worlds, worlds
from auditor.selftest.running import outcomes

WORLD, RANDOM = quick_worlds(0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Truth, ...]]:
    folder = tmp_path_factory.mktemp("world")
    return folder, make(WORLD, Drawn(), folder)


@pytest.mark.slow
def test_what_is_written_can_be_audited(made: tuple[Path, tuple[Truth, ...]]) -> None:
    folder, truths = made
    table = pd.read_csv(folder / "manifest.csv")
    assert len(table) == len(WORLD.classes) * WORLD.audited
    for column in ("image", "mask"):
        with Image.open(folder / table[column][0]) as picture:
            assert picture.size == (WORLD.side, WORLD.side)
    run = audit_world(WORLD, folder, folder / "run", Silent())
    assert run.manifest["counts"] == {"images": len(table), "audited": len(table), "skipped": 0}
    said = outcomes(WORLD, truths, run)
    assert [outcome.truth.label for outcome in said] == list(WORLD.classes)
    assert all(outcome.background_effect is not None for outcome in said)


def test_only_the_planted_class_loses_when_its_cue_goes(
    made: tuple[Path, tuple[Truth, ...]],
) -> None:
    for truth in made[1]:
        if truth.label in WORLD.planted:
            assert truth.loss > 0.1
            assert truth.capture is not None
            assert truth.capture > 0.1
        else:
            assert (truth.kind, truth.loss, truth.accuracy_loss) == (None, 0.0, 0.0)
            assert truth.capture is None


def test_random_weights_know_nothing(tmp_path: Path) -> None:
    truths = make(RANDOM, Drawn(), tmp_path)
    accuracy = sum(truth.accuracy for truth in truths) / len(truths)
    assert accuracy == pytest.approx(1 / len(RANDOM.classes), abs=0.15)
    assert all(abs(truth.loss) < 0.05 for truth in truths)


def test_the_same_seed_makes_the_same_world(tmp_path: Path) -> None:
    small = replace(WORLD, training=12, audited=4, epochs=1)
    made = [make(small, Drawn(), tmp_path / name) for name in ("once", "again")]
    assert made[0] == made[1]
    for name in ("manifest.csv", "model.safetensors"):
        once, again = ((tmp_path / folder / name) for folder in ("once", "again"))
        assert once.read_bytes() == again.read_bytes()


def test_seeds_plant_in_different_classes() -> None:
    assert worlds(1) == worlds(1)
    assert len({frozenset(worlds(seed)[0].planted) for seed in range(8)}) > 1
