"""The methods of a repair on a network that tells two classes by their backgrounds."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from auditor.config import AuditConfig
from auditor.repairs.choice import ENOUGH, RepairTrial, choose
from auditor.repairs.compositions import Breaking
from auditor.repairs.finetuning import Training, TrainingRecipe, finetune, load_between
from auditor.repairs.last_layer import PENALTIES, SHARES, drawn_to_old, pool_of
from auditor.repairs.loading import load_trainable
from auditor.repairs.material import Material, Part, parts_of
from auditor.repairs.method_names import COMPARED, REPAIRS, Method
from auditor.repairs.methods import Bench, methods_of, steps_of, try_methods
from auditor.repairs.quality import measure
from auditor.repairs.trainable import Trainable
from auditor.selftest.network import small_network
from tests.repairs.test_parts import CLASSES, batch, gather_material

PLAIN = TrainingRecipe("plain", rate=6e-3, consistency=0.0, composed=0.0, norm=True)
STEPS = 24


@pytest.fixture(scope="module")
def material() -> Material:
    return gather_material([batch(24)], CLASSES)[0]


@pytest.fixture
def network(tmp_path: Path) -> Trainable:
    torch.manual_seed(0)
    save_file(small_network(2).state_dict(), tmp_path / "weights.safetensors")
    config = AuditConfig.from_dict(
        {
            "data": {"path": tmp_path, "classes": list(CLASSES)},
            "model": {
                "factory": "auditor.selftest.network:network_of_2",
                "checkpoint": tmp_path / "weights.safetensors",
                "preprocess": {"resize": 32, "crop": False, "mean": [0.5] * 3, "std": [0.5] * 3},
            },
        }
    )
    return load_trainable(config, None, CLASSES)


@pytest.fixture
def reliant(network: Trainable, material: Material) -> Trainable:
    """Trained on pictures whose background tells the class."""
    before = {name: value.clone() for name, value in network.module.state_dict().items()}
    training = Training(network, material, PLAIN, Breaking(), 0)
    load_between(training, before, finetune(training, steps=STEPS, tick=int), 1.0)
    return network


def bench(network: Trainable, material: Material, ticks: list[int]) -> Bench:
    parts = [Part(material, material)]
    return Bench(
        network, material, parts, Breaking(), CLASSES, STEPS, 0, None, lambda: ticks.append(1)
    )


def test_training_leaves_the_network_in_eval_mode_and_frozen(
    reliant: Trainable, material: Material
) -> None:
    assert not any(module.training for module in reliant.module.modules())
    assert not any(parameter.requires_grad for parameter in reliant.module.parameters())
    assert measure(reliant.answer, material, Breaking(), seed=0).accuracy == 1.0


def test_statistics_of_norms_are_those_of_the_weights_between(
    reliant: Trainable, material: Material
) -> None:
    """Neither network's statistics fit the mean of their weights; a norm that was not trained
    keeps its own."""
    norm = next(m for m in reliant.module.modules() if isinstance(m, nn.BatchNorm2d))
    assert norm.running_mean is not None
    told, momentum = norm.running_mean.clone(), norm.momentum
    before = {name: value.clone() for name, value in reliant.module.state_dict().items()}
    gentle = TrainingRecipe("gentle", rate=1e-3, consistency=0.0)
    load_between(Training(reliant, material, gentle, Breaking(), 0), before, before, 0.5)
    assert torch.equal(norm.running_mean, told)
    thorough = TrainingRecipe("thorough", rate=1e-3, consistency=0.0, norm=True)
    changed = {n: v * 2 if n.startswith("0.") else v for n, v in before.items()}
    load_between(Training(reliant, material, thorough, Breaking(), 0), before, changed, 0.5)
    assert norm.running_mean.abs().sum() > 1.2 * told.abs().sum()
    assert norm.momentum == momentum
    assert not norm.training


def test_a_repair_ends_the_reliance_and_what_is_enough_ends_the_search(
    reliant: Trainable, material: Material
) -> None:
    before = {name: value.clone() for name, value in reliant.module.state_dict().items()}
    ticks: list[int] = []
    trials = try_methods(bench(reliant, material, ticks), methods_of(compared=False))
    after = reliant.module.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    nothing, best = trials[0].quality, choose(trials, None)
    assert nothing is not None
    assert nothing.loss > 0.1
    assert best is not None
    assert best.quality is not None
    assert best.quality.loss <= ENOUGH
    assert best.quality.accuracy >= 0.98
    trained = [t.method for t in trials if t.method in (Method.COUNTEREXAMPLES, Method.CONSISTENT)]
    assert len(ticks) == STEPS * len(trained)
    assert len(trained) < 2


def test_what_a_repair_is_compared_with_is_trained_and_never_chosen(
    reliant: Trainable, material: Material
) -> None:
    ticks: list[int] = []
    names = (Method.NOTHING, *COMPARED)
    trials = try_methods(bench(reliant, material, ticks), names)
    assert tuple(t.method for t in trials) == names
    assert len(ticks) == STEPS * len(COMPARED)
    assert choose(trials, None) is None
    assert set(methods_of(compared=True)) == {Method.NOTHING, *REPAIRS, *COMPARED} == set(Method)


def test_a_last_layer_is_drawn_to_the_old_one(reliant: Trainable, material: Material) -> None:
    last = reliant.last_linear()
    assert last is not None
    pool = pool_of(reliant, last, material, Breaking(), seed=0)
    old, places = reliant.head(last), reliant.outputs_of(material.classes)
    found = drawn_to_old(pool, old, places)
    assert set(found) == {(share, penalty) for share in SHARES for penalty in PENALTIES}
    moved = [float((found[0.15, each].weight - 0.3 * old.weight).norm()) for each in PENALTIES]
    assert moved == sorted(moved)
    assert moved[0] < moved[-1]
    before = {name: value.clone() for name, value in reliant.module.state_dict().items()}
    reliant.set_head(last, found[0.15, 0.1])
    after = reliant.module.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(after[name], value)}
    assert changed == set(list(before)[-2:])
    assert measure(reliant.answer, material, Breaking(), seed=0).loss < 0.1


def test_few_pictures_are_held_out_in_turns(reliant: Trainable, material: Material) -> None:
    groups = [f"g{i}" for i in range(len(material))]
    parts = parts_of(material, groups, seed=0)
    assert len(parts) == 4
    assert sum(len(part.held) for part in parts) == len(material)
    ticks: list[int] = []
    few = Bench(
        reliant, material, parts, Breaking(), CLASSES, 6 * 8, 0, None, lambda: ticks.append(1)
    )
    names = methods_of(compared=True, few=True)
    assert Method.COUNTEREXAMPLES not in names
    trials = {trial.method: trial for trial in try_methods(few, names)}
    skipped = Method.CONSISTENT not in trials
    assert len(ticks) == steps_of(few, names) - (5 * few.steps_each if skipped else 0)
    best = choose(list(trials.values()), None)
    assert best is not None
    assert best.state is not None
    assert best.quality is not None
    reliant.module.load_state_dict(best.state)
    whole = measure(reliant.answer, material, Breaking(), seed=0)
    assert whole.broken == pytest.approx(best.quality.broken, abs=0.1)
    nothing, random = trials[Method.NOTHING].quality, trials[Method.RANDOM].quality
    assert nothing is not None
    assert random is not None
    assert best.quality.broken > max(random.broken, nothing.broken)


def test_the_part_of_the_way_is_told(reliant: Trainable, material: Material) -> None:
    quality = measure(reliant.answer, material, Breaking(), seed=0)
    assert "kept" not in (RepairTrial(Method.LAST_LAYER, quality, {}).told() or {})
    assert (RepairTrial(Method.CONSISTENT, quality, {}, 0.75).told() or {})["kept"] == 0.75
    assert RepairTrial(Method.SUPPRESSION, None, None).told() is None
