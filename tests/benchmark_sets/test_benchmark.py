"""Planted sets are made alike by alike seeds, and a list is judged as by hand."""

from __future__ import annotations

import csv
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from auditor.benchmark.cue_names import ACCEPTED, names_cue
from auditor.benchmark.running import audit_sets, write_results
from auditor.benchmark.scoring import figures, score_results, set_names
from auditor.benchmark.sets import PlantedSet, chosen_sets, planted_sets
from auditor.benchmark.writing import INDEX, TRUTH, write_benchmark
from auditor.domain.errors import DataError, RunError
from auditor.ports import Silent
from auditor.selftest.cues import CueKind
from auditor.selftest.drawn import Drawn
from auditor.selftest.network import Architecture, factory, small_network
from auditor.selftest.rendering import recipes, render
from auditor.selftest.worlds import Planted, World

WORLD = World(
    "tiny",
    ("disk", "star", "cross"),
    {"disk": Planted(CueKind.TAG, 0.95)},
    side=32,
    training=12,
    audited=6,
    epochs=1,
)


def hand_made(folder: Path, losses: dict[str, dict[str, float]]) -> Path:
    """A truth folder whose losses are given: set -> class -> loss; a loss of 1 has a tag."""
    for name, classes in losses.items():
        facts = {c: {"loss": loss, "cue": "tag" if loss else None} for c, loss in classes.items()}
        (folder / name).mkdir(parents=True)
        (folder / name / TRUTH).write_text(json.dumps({"classes": facts}))
    index = {"sets": [{"name": name, "kind": "tag"} for name in losses]}
    (folder / INDEX).write_text(json.dumps(index))
    return folder


def results(file: Path, rows: list[dict[str, Any]]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as out:
        columns = list(dict.fromkeys(key for row in rows for key in row))
        table = csv.DictWriter(out, columns)
        table.writeheader()
        table.writerows(rows)
    return file


def test_every_kind_of_cue_has_its_set_and_names_are_unique() -> None:
    sets = planted_sets(3)
    kinds = {each.kind for each in sets}
    assert {kind.value for kind in CueKind} <= kinds
    assert {"shared", "pair", "weak", "all cued", "clean", "random weights"} <= kinds
    assert len({each.name for each in sets}) == len(sets)
    assert sets == planted_sets(3)
    assert sets != planted_sets(4)


def test_a_pair_has_two_classes_and_shared_cues_two_owners() -> None:
    pair, shared = chosen_sets(0, ["pair"])[0], chosen_sets(0, ["shared"])[0]
    assert len(pair.world.classes) == 2
    assert [planted.kind for planted in shared.world.planted.values()] == [CueKind.TAG] * 2


def test_every_kind_of_cue_has_names_that_count() -> None:
    assert set(ACCEPTED) == set(CueKind)
    assert names_cue("corner mark", "tag")
    assert names_cue("The date stamp at the bottom", "date")
    assert not names_cue("background", "tag")
    assert not names_cue("backgrounds", "background")


def test_a_set_is_whole_and_alike_for_alike_seeds(tmp_path: Path) -> None:
    sets = [PlantedSet("tiny", "tag", WORLD)]
    for name in ("one", "two"):
        write_benchmark(sets, tmp_path / name, seed=0, progress=Silent())
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert {str(f) for f in files} >= {
        *("benchmark.json", "DATASHEET.md", "tiny/truth.json", "tiny/run.toml"),
        *("tiny/manifest.csv", "tiny/classes.txt", "tiny/model.safetensors"),
    }
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    truth = json.loads((tmp_path / "one" / "tiny" / TRUTH).read_text())
    assert set(truth["classes"]) == set(WORLD.classes)
    assert truth["classes"]["disk"]["cue"] == "tag"
    assert truth["classes"]["star"] == truth["classes"]["star"] | {"cue": None, "loss": 0.0}


@pytest.mark.parametrize("masks", ["loose", "shifted"])
def test_masks_are_spoiled_as_told(tmp_path: Path, masks: Any) -> None:
    exact, spoiled = PlantedSet("a", "tag", WORLD), PlantedSet("b", "tag", WORLD, masks)
    write_benchmark([exact, spoiled], tmp_path / "out", seed=0, progress=Silent())
    pairs = [
        (np.asarray(Image.open(p)) > 0, np.asarray(Image.open(_twin(p))) > 0)
        for p in sorted((tmp_path / "out" / "a" / "masks").rglob("*.png"))
    ]
    if masks == "loose":
        assert all(
            (after >= before).all() and after.sum() > before.sum() for before, after in pairs
        )
    else:
        assert all(
            (np.roll(before, (1, 1), (0, 1))[1:, 1:] == after[1:, 1:]).all()
            for before, after in pairs
        )


def _twin(path: Path) -> Path:
    return Path(str(path).replace("/a/masks/", "/b/masks/"))


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    with pytest.raises(RunError) as caught:
        write_benchmark([], tmp_path, seed=0, progress=Silent())
    assert caught.value.code == "folder.not_empty"


def test_figures_by_hand(tmp_path: Path) -> None:
    truth = hand_made(
        tmp_path / "truth",
        {"s": {"a": 0.5, "b": 0.2, "c": 0.07, "d": 0.0, "e": 0.0, "f": 0.0}},
    )
    file = results(
        tmp_path / "r.csv",
        [
            {"set": "s", "class": "a", "verdict": "confirmed", "cue": "corner mark"},
            {"set": "s", "class": "b", "verdict": "suspected", "cue": ""},
            {"set": "s", "class": "c", "verdict": "confirmed", "cue": "background"},
            {"set": "s", "class": "d", "verdict": "confirmed", "cue": "background"},
            {"set": "s", "class": "e", "verdict": "clean", "cue": ""},
        ],
    )
    found = figures(score_results(file, truth))
    assert (found.recall.count, found.recall.total) == (1, 2)
    assert (found.precision.count, found.precision.total) == (1, 2)
    assert (found.false_alarms.count, found.false_alarms.total) == (1, 3)
    assert (found.cleared.count, found.cleared.total) == (1, 2)  # f is not named: it cannot clear
    assert (found.named.count, found.named.total) == (1, 1)


def test_a_plain_list_of_another_tool_is_judged(tmp_path: Path) -> None:
    truth = hand_made(tmp_path / "truth", {"s": {"a": 0.5, "b": 0.0}})
    file = results(tmp_path / "r.csv", [{"set": "s", "class": "a", "relies": "true"}])
    found = figures(score_results(file, truth))
    assert found.recall.value == 1.0
    assert found.false_alarms.value == 0.0
    assert found.cleared.total == 0


@pytest.mark.parametrize(
    "rows",
    [
        [{"set": "s", "class": "nobody", "relies": "true"}],
        [{"set": "s", "class": "a"}],
        [{"set": "s", "class": "a", "relies": "perhaps"}],
        [{"set": "s", "class": "a", "relies": "1"}, {"set": "s", "class": "a", "relies": "0"}],
    ],
)
def test_a_list_that_cannot_be_judged_is_refused(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    truth = hand_made(tmp_path / "truth", {"s": {"a": 0.5}})
    with pytest.raises(DataError):
        score_results(results(tmp_path / "r.csv", rows), truth)


def test_a_network_without_batch_norm_has_none() -> None:
    names = [type(module).__name__ for module in small_network(3, batch_norm=False).modules()]
    assert "GroupNorm" in names
    assert not any("BatchNorm" in name for name in names)


@pytest.mark.parametrize("architecture", Architecture)
def test_a_factory_names_each_architecture(architecture: Architecture) -> None:
    module, name = factory(5, architecture, 32).split(":")
    network = getattr(import_module(module), name)().eval()
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 5)
    attends = any(isinstance(part, torch.nn.MultiheadAttention) for part in network.modules())
    assert attends == (architecture is Architecture.TRANSFORMER)


def _objects(kind: str) -> dict[bool, tuple[NDArray[np.bool_], ...]]:
    """Masks of a set's class with a size or place of its own (True), and of the others."""
    world = chosen_sets(4, [kind])[0].world
    (special,) = {*world.own_sizes, *world.own_places}
    masks: dict[bool, list[NDArray[np.bool_]]] = {True: [], False: []}
    for recipe in recipes(world, Drawn(), training=False):
        masks[recipe.label == special].append(render(recipe, world, Drawn())[1])
    return {own: tuple(each) for own, each in masks.items()}


def test_objects_of_one_class_are_larger_or_in_a_corner() -> None:
    sizes = {own: [mask.mean() for mask in masks] for own, masks in _objects("object size").items()}
    assert min(sizes[True]) > max(sizes[False])
    middles = {
        own: np.array([np.argwhere(mask).mean(axis=0) / len(mask) for mask in masks])
        for own, masks in _objects("object place").items()
    }
    assert middles[True].mean() < 0.4 < middles[False].mean()
    assert np.std(middles[True]) < np.std(middles[False])


@pytest.mark.slow
def test_made_audited_and_scored_from_end_to_end(tmp_path: Path) -> None:
    sets = chosen_sets(1, ["tag", "clean"])
    folder = tmp_path / "sets"
    write_benchmark(sets, folder, seed=1, progress=Silent())
    runs = list(audit_sets(folder, set_names(folder), tmp_path / "runs", Silent()))
    write_results(runs, tmp_path / "results.csv")
    found = figures(score_results(tmp_path / "results.csv", folder))
    assert found.recall.total >= 1
    assert found.recall.value == 1.0
    assert found.false_alarms.count == 0
    assert found.named.value == 1.0


@pytest.mark.parametrize(
    ("losses", "alarms", "precision"),
    [({"a": 0.8, "b": 0.0}, (0, 0), (1, 1)), ({"a": 0.0, "b": 0.0}, (2, 2), (0, 2))],
    ids=["one of them relies", "neither"],
)
def test_a_flag_that_stands_for_a_pair_is_right_where_one_of_them_relies(
    tmp_path: Path,
    losses: dict[str, float],
    alarms: tuple[int, int],
    precision: tuple[int, int],
) -> None:
    truth = hand_made(tmp_path / "truth", {"s": losses})
    rows = [
        {"set": "s", "class": one, "verdict": "confirmed", "pair_with": other}
        for one, other in (("a", "b"), ("b", "a"))
    ]
    found = figures(score_results(results(tmp_path / "r.csv", rows), truth))
    assert (found.false_alarms.count, found.false_alarms.total) == alarms
    assert (found.precision.count, found.precision.total) == precision
