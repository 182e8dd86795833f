"""Verdicts in worlds whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from auditor.domain.interventions import Intervention
from tests.fakes.worlds import CUED, Kind, World, audit, clean, ten_classes, two_classes
from tests.findings.evaluating import evaluated, evaluated_world, row

SEEDS = (0, 1)
UNAFFECTED = ("cat", "tree", "car")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_used_cue_is_confirmed_and_nothing_else(seed: int) -> None:
    found = evaluated_world(World((CUED, *clean(*UNAFFECTED))), seed)
    assert found.summary["verdicts"] == {"boat": "confirmed"} | dict.fromkeys(UNAFFECTED, "clean")
    boat = row(found, "boat")
    assert boat["background_effect_low"] > 0.5
    assert boat["cue"] == "background"
    assert boat["shortcut_rate"] > 0.7
    assert boat["reason_code"] == "confirmed.background"
    assert json.loads(boat["reason_numbers"])["loss"] == boat["background_effect"]
    assert boat["sufficiency"] == pytest.approx(CUED.cue, rel=0.25)
    assert "boat" in boat["action"]
    unaffected = found.classes[found.classes["class"] != "boat"]
    assert unaffected["shortcut_rate"].max() <= 0.02
    assert unaffected["cue"].isna().all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_world_is_clean(seed: int) -> None:
    found = evaluated_world(World(clean("boat", *UNAFFECTED)), seed)
    assert set(found.summary["verdicts"].values()) == {"clean"}
    assert found.summary["confirmed"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_backgrounds_known_by_heart_flag_nobody(seed: int) -> None:
    """A network that has seen the pictures: every class loses off its backgrounds, and all win."""
    everyone = clean("boat", *UNAFFECTED, "dog", object=3.0, cue=1.5)
    found = evaluated_world(World(everyone), seed)
    assert found.classes["background_effect"].min() > 0.1
    assert found.classes["capture"].min() > 0.05
    assert found.summary["confirmed"] == 0
    cued = evaluated_world(World((CUED, *everyone[1:])), seed)
    assert [name for name, v in cued.summary["verdicts"].items() if v == "confirmed"] == ["boat"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cue_that_is_looked_at_but_not_used_is_context(seed: int) -> None:
    found = evaluated_world(World((Kind("boat", nominated=0.9), *clean(*UNAFFECTED))), seed)
    assert found.summary["verdicts"]["boat"] == "context"
    boats = found.cases[(found.cases["label"] == "boat") & found.cases["nominated"]]
    assert (boats["verdict"] == "context").mean() > 0.6
    assert not (boats["verdict"] == "shortcut").any()


@pytest.mark.parametrize("bias", [2.0, 3.5])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_class_that_empty_images_are_answered_with_is_not_flagged(
    seed: int, bias: float
) -> None:
    world = World((CUED, Kind("void", bias=bias, nominated=0.3), *clean("tree", "car")))
    cases, trials = audit(world, seed)
    found = evaluated(cases, trials)
    answers = trials[trials["intervention"] == Intervention.OBJECT_REMOVED.value]
    elsewhere = answers[(answers["label"] != "boat")]
    assert (elsewhere["answer"] == "void").mean() > 0.6
    assert found.summary["verdicts"]["boat"] == "confirmed"
    assert found.summary["verdicts"]["void"] in ("clean", "context")
    assert row(found, "void")["shortcut_rate"] == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_clean_classes_that_fall_on_cued_donors_are_cleared(seed: int) -> None:
    world = World(
        (
            replace(CUED, cue=7.0),
            replace(CUED, name="dog", cue=7.0),
            *clean(*UNAFFECTED, object=6.5),
        )
    )
    cases, trials = audit(world, seed)
    swaps = trials[trials["intervention"] == Intervention.BACKGROUND_OTHER.value]
    unaffected = swaps[swaps["label"].isin(UNAFFECTED)]
    fall = (unaffected["p_label_control"] - unaffected["p_label"]).mean()
    assert 0.2 < fall < 0.35
    found = evaluated(cases, trials)
    for name in UNAFFECTED:
        told = row(found, name)
        assert told["verdict"] == "clean"
        assert told["background_effect"] < 0.05
        assert told["reason_code"] == "clean.loss"
        assert told["shortcut_rate"] <= 0.02
    assert found.summary["verdicts"]["boat"] == found.summary["verdicts"]["dog"] == "confirmed"


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_classes_the_pair_is_confirmed(seed: int) -> None:
    world = two_classes()
    cases, trials = audit(world, seed)
    swaps = trials[trials["intervention"] == Intervention.BACKGROUND_OTHER.value]
    fall = (swaps["p_label_control"] - swaps["p_label"]).groupby(swaps["label"]).mean()
    assert fall.min() > 0.65
    found = evaluated(cases, trials)
    for name, other in (("boat", "cat"), ("cat", "boat")):
        told = row(found, name)
        assert (told["verdict"], told["pair_with"]) == ("confirmed", other)
        assert (told["reason_code"], told["cue"]) == ("confirmed.pair", "background")
        assert told["shortcut_rate"] > 0.5
    assert found.summary["confirmed"] == 2


@pytest.mark.parametrize("seed", [0, 1])
def test_five_of_ten_classes_are_cued(seed: int) -> None:
    cued = [f"class{number}" for number in (0, 2, 3, 7, 9)]
    found = evaluated_world(ten_classes(cued), seed)
    confirmed = [name for name, v in found.summary["verdicts"].items() if v == "confirmed"]
    assert confirmed == cued
    assert found.summary["confirmed"] == 5
    others = found.classes[~found.classes["class"].isin(cued)]
    assert others["shortcut_rate"].max() <= 0.02


@pytest.mark.parametrize("seed", [0, 1])
def test_duplicates_do_not_count_as_evidence(seed: int) -> None:
    kinds = (CUED, *clean("cat", "tree", "car", "dog", "cow"))
    single = evaluated_world(World(kinds), seed)
    copied = evaluated_world(World(tuple(replace(kind, copies=8) for kind in kinds)), seed)
    width = [
        row(found, "boat")["background_effect_high"] - row(found, "boat")["background_effect_low"]
        for found in (single, copied)
    ]
    assert width[1] > 1.4 * width[0]
    assert row(copied, "boat")["verdict"] == "confirmed"
    assert all(
        verdict in ("clean", "suspected")
        for name, verdict in copied.summary["verdicts"].items()
        if name != "boat"
    )
    few = evaluated_world(World(tuple(replace(kind, copies=16) for kind in kinds)), seed)
    assert set(few.summary["verdicts"].values()) == {"undetermined"}
    assert row(few, "boat")["reason_code"] == "undetermined.too_few_groups"


@pytest.mark.parametrize("seed", SEEDS)
def test_imbalance_of_twenty_to_one(seed: int) -> None:
    common = tuple(replace(kind, images=400) for kind in clean(*UNAFFECTED))
    found = evaluated_world(
        World((replace(CUED, images=24), Kind("rare", images=24), *common)), seed
    )
    assert found.summary["verdicts"]["boat"] == "confirmed"
    assert all(found.summary["verdicts"][name] == "clean" for name in UNAFFECTED)
    assert found.summary["verdicts"]["rare"] in ("clean", "suspected")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hard_class_is_not_a_shortcut(seed: int) -> None:
    found = evaluated_world(World((Kind("hard", object=1.0), CUED, *clean(*UNAFFECTED))), seed)
    hard = row(found, "hard")
    assert hard["accuracy"] < 0.6
    assert hard["verdict"] in ("clean", "suspected")
    assert hard["shortcut_rate"] <= 0.02


def test_a_network_that_knows_nothing_cannot_be_cleared() -> None:
    kinds = tuple(Kind(f"class{number}", object=0.0) for number in range(8))
    found = evaluated_world(World(kinds, object_noise=0.3, background_noise=0.3), 0)
    assert set(found.summary["verdicts"].values()) == {"undetermined"}
    assert row(found, "class0")["reason_code"] == "undetermined.nothing_to_lose"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cue_that_saliency_does_not_show_is_confirmed_all_the_same(seed: int) -> None:
    found = evaluated_world(World((replace(CUED, nominated=0.05), *clean(*UNAFFECTED))), seed)
    boat = row(found, "boat")
    assert boat["verdict"] == "confirmed"
    assert "note.silent" in json.loads(boat["reason_numbers"])["notes"]
    boats = found.cases[(found.cases["label"] == "boat") & ~found.cases["nominated"]]
    assert (boats["verdict"] == "shortcut").mean() > 0.7
    assert not boats["map_shows_it"].dropna().any()
