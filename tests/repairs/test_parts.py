"""The parts of a repair by themselves: material, batches, choice, records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from auditor.domain.cues import Cue
from auditor.domain.errors import DataError, RunError
from auditor.domain.samples import Sample
from auditor.repairs.choice import RepairTrial, best_of, choose
from auditor.repairs.compositions import (
    Breaking,
    composed,
    draw_donors,
    draw_subjects,
    draw_within,
    moved_patches,
    varied,
)
from auditor.repairs.material import MOST_HELD, Material, deal, gather_material
from auditor.repairs.method_names import Method
from auditor.repairs.quality import Quality, measure
from auditor.repairs.records import (
    RECIPE,
    RECIPE_VERSION,
    Audited,
    Repair,
    Round,
    load,
    save,
)
from auditor.tensors.batch import Batch

SIDE = 32
CLASSES = ("cat", "dog")


def batch(count: int = 12) -> Batch:
    """Cats are red squares on blue, dogs green squares on yellow."""
    samples = tuple(
        Sample(f"c{i}", f"{i}.png", CLASSES[i % 2], Path(f"{i}.png")) for i in range(count)
    )
    images = torch.zeros(count, 3, SIDE, SIDE, dtype=torch.uint8)
    masks = torch.zeros(count, SIDE, SIDE, dtype=torch.bool)
    grounds = ((20, 20, 220), (220, 220, 20))
    things = ((220, 20, 20), (20, 220, 20))
    for i in range(count):
        images[i] = torch.tensor(grounds[i % 2])[:, None, None]
        images[i, :, 12:20, 12:20] = torch.tensor(things[i % 2])[:, None, None]
        masks[i, 12:20, 12:20] = True
    return Batch(
        samples,
        images,
        masks,
        torch.zeros_like(masks),
        torch.ones(count, dtype=torch.bool),
        torch.zeros(count),
        torch.full((count, 2), SIDE),
    )


@pytest.fixture
def material() -> Material:
    return gather_material([batch()], CLASSES)[0]


def test_objects_are_gone_from_the_emptied_pictures(material: Material) -> None:
    cat = material.emptied[0].float()
    assert (cat - torch.tensor([20.0, 20.0, 220.0])[:, None, None]).abs().max() < 3


def test_a_composition_is_the_object_on_the_donors_ground(material: Material) -> None:
    rng = torch.Generator().manual_seed(0)
    picture = composed(material, torch.tensor([0]), torch.tensor([1]), rng)[0]
    assert picture[:, 15, 15].tolist() == [220.0, 20.0, 20.0]
    assert picture[:, 2, 2].tolist() == [220.0, 220.0, 20.0]


def test_background_and_label_are_independent(material: Material) -> None:
    rng = torch.Generator().manual_seed(0)
    subjects, donors = draw_subjects(material, 4000, rng), draw_donors(material, 4000, rng)
    same = (material.labels[subjects] == material.labels[donors]).float().mean()
    assert abs(float(same) - 0.5) < 0.03
    assert torch.equal(
        material.labels[draw_within(material, subjects, rng)], material.labels[subjects]
    )
    assert abs(float(material.labels[subjects].float().mean()) - 0.5) < 0.03


def test_patches_move_across_outlines_alone(material: Material) -> None:
    rng = torch.Generator().manual_seed(0)
    own, other = material.images[:1].float(), material.images[1:2].float()
    moved = moved_patches(own, material.masks[:1], other, material.masks[1:2], rng)
    changed = (moved != own).any(dim=1)[0]
    assert changed.any()
    assert changed.float().mean() < 0.15
    assert (changed & material.masks[0]).any()


def test_variation_keeps_shape_and_range_and_is_drawn_by_the_seed(material: Material) -> None:
    pictures = material.images.float()
    one, two = (varied(pictures, torch.Generator().manual_seed(3), strong=True) for _ in range(2))
    assert one.shape == pictures.shape
    assert 0 <= float(one.min()) <= float(one.max()) <= 255
    assert torch.equal(one, two)


def test_no_group_is_both_trained_on_and_held_out(material: Material) -> None:
    groups = [f"g{i // 4}{i % 2}" for i in range(len(material))]
    part = deal(material, groups, seed=0)
    train, held = part.train, part.held
    assert len(train) + len(held) == len(material)
    assert set(train.labels.tolist()) == set(held.labels.tolist()) == {0, 1}
    assert len(held) == 4  # one group of two pictures a class


def test_of_many_pictures_some_are_enough_to_choose_by() -> None:
    count = 4 * MOST_HELD * 3
    bare = torch.zeros(count, 3, 1, 1, dtype=torch.uint8)
    yes = torch.ones(count, dtype=torch.bool)
    many = Material(bare, bare, bare[:, 0] > 0, yes, torch.arange(count) % 2, CLASSES)
    part = deal(many, [str(i) for i in range(count)], seed=0)
    train, held = part.train, part.held
    assert len(held) == 2 * MOST_HELD
    assert len(train) == count - len(held)


@pytest.mark.parametrize("seed", range(8))
def test_objects_to_swap_are_on_both_sides_or_it_is_refused(seed: int) -> None:
    """Four of forty pictures have a mask: whichever are held out, both sides can be measured."""
    count = 40
    few = torch.zeros(count, dtype=torch.bool)
    few[[0, 1, 2, 3]] = True
    material = gather_material([replace(batch(count), has_mask=few)], CLASSES)[0]
    part = deal(material, [f"g{i}" for i in range(count)], seed=seed)
    train, held = part.train, part.held
    for part in (train, held):
        assert len(torch.unique(part.labels[part.swappable])) == 2
    few[[2, 3]] = False
    bare = gather_material([replace(batch(count), has_mask=few)], CLASSES)[0]
    with pytest.raises(DataError) as caught:
        deal(bare, [f"g{i}" for i in range(count)], seed=seed)
    assert caught.value.code == "repair.no_donors"


def test_too_few_objects_are_refused() -> None:
    bare = replace(batch(), has_mask=torch.zeros(12, dtype=torch.bool))
    with pytest.raises(DataError) as caught:
        gather_material([bare], CLASSES)
    assert caught.value.code == "repair.no_donors"
    with pytest.raises(DataError):
        gather_material([], CLASSES)


def test_what_the_cues_call_for() -> None:
    assert Breaking.of({Cue.BACKGROUND}) == Breaking()
    assert Breaking.of({Cue.COLOUR_CAST, Cue.EDGE_MARK}) == Breaking(picture=True, edge=True)


def by_object(pictures: Tensor) -> Tensor:
    """Tells by the middle: right whatever the background is."""
    return pictures[:, :2, 15, 15]


def by_ground(pictures: Tensor) -> Tensor:
    """Tells by the corner: blue is a cat."""
    corner = pictures[:, :, 2, 2]
    return torch.stack([corner[:, 2], corner[:, 0]], dim=1)


def test_the_measure_tells_objects_from_grounds(material: Material) -> None:
    honest = measure(by_object, material, Breaking(), seed=0)
    cheat = measure(by_ground, material, Breaking(), seed=0)
    assert (honest.accuracy, honest.broken, honest.worst_group) == (1.0, 1.0, 1.0)
    assert cheat.accuracy == 1.0
    assert cheat.broken < 0.8
    assert cheat.worst_group < 0.8
    assert honest.loss == 0.0
    assert cheat.loss > 0.2


def trial(method: Method, accuracy: float, broken: float, worst: float) -> RepairTrial:
    return RepairTrial(method, Quality(accuracy, broken, worst, accuracy - worst), {})


def test_the_best_worst_group_is_chosen_within_two_points() -> None:
    trials = [
        trial(Method.NOTHING, 0.90, 0.5, 0.2),
        trial(Method.PLAIN, 0.99, 0.99, 0.99),
        trial(Method.RANDOM, 0.99, 0.99, 0.99),
        trial(Method.LAST_LAYER, 0.89, 0.7, 0.5),
        trial(Method.COUNTEREXAMPLES, 0.885, 0.8, 0.6),
        trial(Method.CONSISTENT, 0.87, 0.95, 0.9),
        RepairTrial(Method.SUPPRESSION, None, None),
    ]
    best = choose(trials, 0.88)
    assert best is not None
    assert best.method is Method.COUNTEREXAMPLES


def test_of_repairs_that_are_enough_the_most_accurate_is_chosen() -> None:
    trials = [
        trial(Method.NOTHING, 0.90, 0.5, 0.2),
        trial(Method.LAST_LAYER, 0.91, 0.90, 0.90),
        trial(Method.COUNTEREXAMPLES, 0.93, 0.89, 0.89),
        trial(Method.CONSISTENT, 0.94, 0.88, 0.86),
    ]
    best = choose(trials, 0.88)
    assert best is not None
    assert best.method is Method.COUNTEREXAMPLES


def test_what_a_class_still_loses_counts_beside_the_worst_group() -> None:
    trials = [
        trial(Method.NOTHING, 0.887, 0.649, 0.578),
        RepairTrial(Method.PENALISED, Quality(0.915, 0.772, 0.753, 0.18), {}),
        RepairTrial(Method.CONSISTENT, Quality(0.873, 0.821, 0.750, 0.074), {}),
    ]
    best = choose(trials, None)
    assert best is not None
    assert best.method is Method.CONSISTENT


def test_what_does_not_help_stands_in_nobody_s_way() -> None:
    """Round 2 of the sample data: a last layer with the best worst group was no better than doing
    nothing, and the repair ended although another method took half of what was still lost."""
    trials = [
        RepairTrial(Method.NOTHING, Quality(0.853, 0.803, 0.568, 0.172), {}),
        RepairTrial(Method.PENALISED, Quality(0.841, 0.796, 0.576, 0.146), {}),
        RepairTrial(Method.COUNTEREXAMPLES, Quality(0.843, 0.808, 0.456, 0.096), {}),
        RepairTrial(Method.CONSISTENT, Quality(0.821, 0.801, 0.392, 0.057), {}),
    ]
    best = choose(trials, 0.84)
    assert best is not None
    assert best.method is Method.COUNTEREXAMPLES
    # The best of a method that does not help is still told.
    told = best_of(trials, 0.84, (Method.PENALISED,))
    assert told is trials[1]


def test_nothing_is_chosen_where_nothing_helps() -> None:
    trials = [
        trial(Method.NOTHING, 0.90, 0.85, 0.8),
        trial(Method.COUNTEREXAMPLES, 0.90, 0.80, 0.8),
    ]
    assert choose(trials, 0.88) is None


AUDITED = Audited(
    "/runs/a",
    0.9,
    None,
    ("cat",),
    {"cat": [0.1, 0.2, None]},
    {"cat": [0.0, 0.1, 0.2]},
    {"cat": "x"},
)


def test_a_repair_survives_its_storage(tmp_path: Path) -> None:
    rounds = (
        Round(1, {"nothing": {"accuracy": 0.9, "broken": 0.1, "worst_group": 0.0}, "x": None},
              "x", "w", AUDITED),
        Round(2, {}, None, None, None),
    )  # fmt: skip
    told = Repair(AUDITED, rounds, {"seed": "0"}, "no better")
    save(told, tmp_path)
    assert load(tmp_path, {"seed": "0"}) == told
    assert not told.gone


def audit(accuracy: float, **verdicts: str) -> Audited:
    confirmed = tuple(name for name, verdict in verdicts.items() if verdict == "confirmed")
    return Audited("/runs/a", accuracy, None, confirmed, {}, {}, verdicts)


@pytest.mark.parametrize(
    ("rounds", "best"),
    [
        ([audit(0.90, cat="suspected"), audit(0.90, cat="clean")], 2),
        ([audit(0.90, cat="clean"), audit(0.90, cat="suspected")], 1),
        ([audit(0.90, cat="clean"), audit(0.90, cat="clean", dog="confirmed")], 1),
        ([audit(0.89, cat="confirmed"), audit(0.86, cat="confirmed")], 1),
        ([audit(0.89, cat="confirmed"), audit(0.89, cat="confirmed")], 2),
        ([audit(0.80, cat="confirmed"), None], 1),
        ([None], None),
    ],
)
def test_the_best_round_is_the_result(rounds: list[Audited | None], best: int | None) -> None:
    made = [Round(n, {}, after and "x", after and "w", after) for n, after in enumerate(rounds, 1)]
    told = Repair(audit(0.90, cat="confirmed"), tuple(made), {})
    assert (told.best and told.best.number) == best
    last = told.last
    assert last is (told.before if best is None else rounds[best - 1])
    assert told.open == (() if last.verdicts["cat"] == "clean" else ("cat",))


def test_another_repairs_folder_is_refused(tmp_path: Path) -> None:
    assert load(tmp_path / "new", {}) is None
    save(Repair(AUDITED, (), {"seed": "0"}), tmp_path)
    with pytest.raises(RunError) as caught:
        load(tmp_path, {"seed": "1"})
    assert caught.value.code == "repair.folder_taken"
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").touch()
    with pytest.raises(RunError) as caught:
        load(other, {})
    assert caught.value.code == "repair.folder_taken"


def test_a_repair_of_another_version_is_not_gone_on_with(tmp_path: Path) -> None:
    save(Repair(AUDITED, (), {"seed": "0"}), tmp_path)
    with pytest.raises(RunError) as caught:
        load(tmp_path, {"seed": "0", RECIPE: RECIPE_VERSION})
    assert caught.value.code == "repair.other_version"
