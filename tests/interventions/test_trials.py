from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields, replace

import pandas as pd
import pytest
import torch
from torch import nn

from auditor.domain.answers import read_classes
from auditor.domain.cues import Cue
from auditor.domain.interventions import APPEARANCES, EDGES, FLAT_FILLS, HOLE_FILLS, Intervention
from auditor.domain.schema import names
from auditor.interventions.donor_assignment import assess_eligibility, assign_donors, count_pictures
from auditor.interventions.plan import Scope
from auditor.interventions.trial_frame import trials_of
from auditor.interventions.trials import Trial, run_trials
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier
from tests.interventions.making import (
    CENTRE,
    CORNER,
    OBJECT,
    SIDE,
    ColourProbe,
    Count,
    batch_of,
    classifier,
    flat_batch,
    run_all,
    sample,
)

GREEN, BLUE, RED, BLACK = (0, 255, 0), (0, 0, 255), (255, 0, 0), (0, 0, 0)
YES, NO, EVEN = pytest.approx(0.9), pytest.approx(0.1), pytest.approx(0.5)


def of(trials: list[Trial], *interventions: Intervention) -> list[Trial]:
    return [trial for trial in trials if trial.intervention in interventions]


def land_and_sea() -> Batch:
    """Five red things on green land, five on blue sea: only the ground tells them apart."""
    samples = [sample(f"{kind}{i}", kind) for kind in ("land", "sea") for i in range(5)]
    return flat_batch(samples, [RED] * 10, [GREEN] * 5 + [BLUE] * 5)


def lamps() -> Batch:
    """Green and blue things on black: only the object tells them apart."""
    samples = [sample(f"{kind}{i}", kind) for kind in ("land", "sea") for i in range(5)]
    return flat_batch(samples, [GREEN] * 5 + [BLUE] * 5, [BLACK] * 10)


@pytest.fixture(scope="module")
def cheat() -> list[Trial]:
    """A network that looks at the corner alone: e^2.197 to 1 for its ground's colour, .9."""
    return run_all(classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"]), land_and_sea())


@pytest.fixture(scope="module")
def honest() -> list[Trial]:
    """A network that looks at the object alone."""
    return run_all(classifier(ColourProbe(CENTRE, [1, 2]), ["land", "sea"]), lamps())


def test_rows_are_those_of_the_schema(cheat: list[Trial]) -> None:
    assert [field.name for field in fields(Trial)] == names("trials")
    assert {type(trial.p_label) for trial in cheat} == {float}


def test_swaps_and_their_controls_keep_the_largest_probabilities(cheat: list[Trial]) -> None:
    for trial in of(cheat, Intervention.BACKGROUND_SAME, Intervention.BACKGROUND_OTHER):
        assert trial.top_classes is not None
        best, other = read_classes(trial.top_classes)
        assert (best, {best, other}) == (trial.answer, {"land", "sea"})
        assert (trial.top_probability_1, trial.top_probability_2) == (YES, NO)
        assert trial.top_probability_3 is None
        of_label = trial.top_probability_1 if best == trial.label else trial.top_probability_2
        assert of_label == pytest.approx(trial.p_label)
    assert all(t.top_classes is None for t in of(cheat, Intervention.OBJECT_REMOVED))


def test_cheat_does_not_miss_the_object(cheat: list[Trial]) -> None:
    for trial in of(cheat, Intervention.OBJECT_REMOVED):
        assert (trial.p_label, trial.p_label_control) == (YES, YES)
        assert trial.answer == trial.label


def test_cheat_goes_with_the_background(cheat: list[Trial]) -> None:
    for trial in of(cheat, Intervention.BACKGROUND_SAME):
        assert (trial.p_label, trial.donor_label) == (YES, trial.label)
        assert trial.p_label_control is None
        assert trial.p_donor is None
    swapped = of(cheat, Intervention.BACKGROUND_OTHER)
    assert len(swapped) == 10 * 3 * 2
    for trial in swapped:
        # background_effect .9 - .1, capture .9 - .1
        assert (trial.p_label, trial.p_label_control) == (NO, YES)
        assert (trial.p_donor, trial.p_donor_control) == (YES, NO)
        assert trial.answer == trial.donor_label != trial.label


def test_cheat_is_satisfied_by_its_empty_background(cheat: list[Trial]) -> None:
    for trial in of(cheat, Intervention.EMPTY_OWN):
        assert (trial.p_label, trial.p_label_control) == (YES, NO)
    for trial in of(cheat, Intervention.EMPTY_OTHER):
        assert (trial.p_label, trial.p_label_control) == (NO, None)


def test_cheat_is_lost_on_neutral_ground(cheat: list[Trial]) -> None:
    neutral = {t.fill: t for t in of(cheat, Intervention.NEUTRAL) if t.case_id == "land0"}
    assert (neutral["grey"].p_label, neutral["grey"].p_label_control) == (EVEN, YES)
    assert set(neutral) == set(FLAT_FILLS)
    assert neutral["green"].p_label > neutral["grey"].p_label > neutral["magenta"].p_label
    alone = {t.fill: t for t in of(cheat, Intervention.BACKGROUND_REMOVED) if t.label == "sea"}
    assert alone["grey"].p_label == EVEN
    assert alone["mean"].p_label == YES  # the mean colour of its background is its background


def test_honest_network_misses_the_object_and_nothing_else(honest: list[Trial]) -> None:
    for trial in of(honest, Intervention.OBJECT_REMOVED):
        assert (trial.p_label, trial.p_label_control) == (EVEN, YES)
    for trial in of(honest, Intervention.BACKGROUND_OTHER):
        assert (trial.p_label, trial.p_label_control) == (YES, YES)
        assert (trial.p_donor, trial.p_donor_control) == (NO, NO)
    for trial in of(honest, Intervention.EMPTY_OWN):
        assert (trial.p_label, trial.p_label_control) == (EVEN, EVEN)
    kept = (Intervention.PASTED_BACK, Intervention.BACKGROUND_REMOVED, Intervention.NEUTRAL)
    assert all(trial.p_label == YES for trial in of(honest, *kept))


def test_controls_are_means_over_the_case_and_fill() -> None:
    generator = torch.Generator().manual_seed(0)
    subjects = random_batch(3, 6, generator)
    trials = run_all(random_network(3, generator), subjects)
    same = pd.DataFrame(map(asdict, of(trials, Intervention.BACKGROUND_SAME)))
    by_fill = same.groupby(["case_id", "fill"])["p_label"].mean()
    for trial in of(trials, Intervention.BACKGROUND_OTHER):
        assert trial.p_label_control == pytest.approx(by_fill[trial.case_id, trial.fill])
    by_case = same.groupby("case_id")["p_label"].mean()
    for trial in of(trials, Intervention.NEUTRAL):
        assert trial.p_label_control == pytest.approx(by_case[trial.case_id])


def test_probabilities_of_donor_classes_add_up() -> None:
    # Three classes: on any image the label's and the two donor classes' probabilities make 1.
    generator = torch.Generator().manual_seed(1)
    trials = run_all(random_network(3, generator), random_batch(3, 6, generator))
    swaps = pd.DataFrame(map(asdict, of(trials, Intervention.BACKGROUND_OTHER)))
    controls = swaps.drop_duplicates(["case_id", "fill", "donor_label"])
    total = controls.groupby(["case_id", "fill"])["p_donor_control"].sum()
    label = controls.groupby(["case_id", "fill"])["p_label_control"].first()
    assert (total + label).to_numpy() == pytest.approx(1.0)


def random_network(classes: int, generator: torch.Generator) -> Classifier:
    network = nn.Sequential(
        nn.Conv2d(3, 8, 5, stride=3), nn.Tanh(), nn.AdaptiveAvgPool2d(3), nn.Flatten(),
        nn.Linear(72, classes),
    )  # fmt: skip
    for weights in network.parameters():
        nn.init.normal_(weights, std=0.5, generator=generator)
    return classifier(network, [f"c{i}" for i in range(classes)])


def random_batch(classes: int, each: int, generator: torch.Generator) -> Batch:
    samples = [sample(f"c{c}-{i}", f"c{c}") for c in range(classes) for i in range(each)]
    count = len(samples)
    images = torch.randint(0, 256, (count, 3, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    masks = torch.zeros(count, SIDE, SIDE, dtype=torch.bool)
    for i in range(count):
        top, left = torch.randint(0, 20, (2,), generator=generator).tolist()
        masks[i, top : top + 6 + i % 15, left : left + 12] = True
    return batch_of(samples, images, masks)


def test_the_same_again_and_in_any_batch_size_and_order() -> None:
    generator = torch.Generator().manual_seed(2)
    subjects, network = random_batch(3, 5, generator), random_network(3, generator)
    first = run_all(network, subjects, batch_size=64)
    assert run_all(network, subjects, batch_size=64) == first
    order = torch.randperm(len(subjects), generator=generator).tolist()
    for other in (
        run_all(network, subjects, batch_size=7),
        run_all(network, subjects.select(order)),
    ):
        ours, theirs = keyed(first), keyed(other)
        assert ours.keys() == theirs.keys()
        for key, trial in ours.items():
            assert theirs[key].p_label == pytest.approx(trial.p_label, abs=1e-5)
            assert theirs[key].p_label_control == pytest.approx(trial.p_label_control, abs=1e-5)
            assert theirs[key].p_donor_control == pytest.approx(trial.p_donor_control, abs=1e-5)


def keyed(trials: list[Trial]) -> dict[tuple[object, ...], Trial]:
    found = {(t.case_id, t.intervention, t.fill, t.donor): t for t in trials}
    assert len(found) == len(trials)
    return found


def test_progress_counts_every_case_once() -> None:
    generator = torch.Generator().manual_seed(3)
    progress = Count()
    run_all(
        random_network(2, generator),
        random_batch(2, 6, generator),
        batch_size=5,
        progress=progress,
    )
    assert sum(progress.steps) == 12
    assert len(progress.steps) > 6


@pytest.mark.parametrize("size", [1, 5])
def test_trials_made_in_parts_are_the_trials_made_at_once(size: int) -> None:
    generator = torch.Generator().manual_seed(4)
    subjects, network = random_batch(3, 6, generator), random_network(3, generator)
    everyone = [sample.case_id for sample in subjects.samples]
    assignment = assign_donors(
        assess_eligibility([subjects]), sampled=frozenset(everyone), swaps=3, seed=1
    )
    parts: list[Trial] = []
    for start in range(0, len(everyone), size):
        asked = frozenset(everyone[start : start + size])
        needed = asked | assignment.donors_of(asked)
        own = subjects.select([i for i, name in enumerate(everyone) if name in needed])
        parts += run_trials(
            network,
            own,
            assignment.of(asked),
            asked=asked,
            swaps=3,
            batch_size=16,
            progress=Count(),
        )
    at_once = run_all(network, subjects, seed=1)
    key = ["case_id", "intervention", "fill", "donor"]
    tables = [
        pd.DataFrame(map(asdict, rows)).sort_values(key, ignore_index=True)
        for rows in (parts, at_once)
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=False, rtol=0, atol=1e-6)


def test_the_cost_is_known_before() -> None:
    generator = torch.Generator().manual_seed(5)
    subjects, network = random_batch(3, 6, generator), random_network(3, generator)
    sampled = frozenset(s.case_id for s in subjects.samples[1:])
    found = assess_eligibility([subjects])
    announced = count_pictures(
        found, assign_donors(found, sampled=sampled, swaps=3, seed=0), swaps=3
    )
    asked = len(run_all(network, subjects, sampled=sampled, maps=torch.rand(18, 4, 4)))
    assert asked <= announced <= 1.1 * asked


def test_only_what_can_change_a_verdict_is_asked() -> None:
    generator = torch.Generator().manual_seed(5)
    subjects, network = random_batch(3, 6, generator), random_network(3, generator)
    names = [sample.case_id for sample in subjects.samples]
    closed = {
        names[0]: frozenset({Cue.EDGE_MARK, Cue.COLOUR_CAST}),
        names[1]: frozenset({Cue.BLUR}),
    }
    scope = Scope(frozenset(names[:2]), closed)
    maps = torch.rand(18, 4, 4, generator=generator)
    found, whole = (
        Counter((t.case_id, t.intervention) for t in run_all(network, subjects, maps=maps, **given))
        for given in ({"scope": scope}, {})
    )
    spared = {(name, Intervention.NEUTRAL.value) for name in names[2:]}
    spared |= {(names[0], edge.value) for edge in EDGES}
    spared |= {(names[0], cast) for cast in ("cast_same", "cast_other")}
    spared |= {(names[1], blur) for blur in ("blur_same", "blur_other")}
    # What only describes a class is asked of its first look alone.
    spared |= {(name, appearance.value) for name in names[:2] for appearance in APPEARANCES}
    # An edge given away is a trial of the one who gives; nothing else is left out.
    assert {key: n for key, n in whole.items() if key not in spared} == dict(found)
    eligible = assess_eligibility([subjects])
    assignment = assign_donors(eligible, sampled=frozenset(names), swaps=3, seed=0)
    announced = [
        count_pictures(eligible, assignment, swaps=3, **given)  # type: ignore[arg-type]
        for given in ({"scope": scope}, {}, {"asked": names[:3]})
    ]
    met = len(assignment.appearance_other[names[0]])
    edge, transplants = 8 + 8 + 2 * met, 2 * (1 + met)
    flat, described = (len(names) - 2) * len(FLAT_FILLS), 2 * len(APPEARANCES)
    assert announced[1] - announced[0] == flat + edge + transplants + described
    assert announced[2] == announced[1] // 6


def test_trials_of_one_case() -> None:
    counts = Counter((t.intervention, t.fill) for t in ask_cheat() if t.case_id == "sea2")
    fills = [fill.value for fill in HOLE_FILLS]
    looks = ("cast", "blur", "frame")
    assert counts == {
        **{(appearance.value, "none"): 1 for appearance in APPEARANCES},
        **{(f"{look}_same", "none"): 1 for look in looks},
        **{(f"{look}_other", "none"): 3 for look in looks},
        ("original", "none"): 1,
        **{("neutral", fill.value): 1 for fill in FLAT_FILLS},
        **{
            (f"{what}_{side}", fill): 1
            for what in ("edge", "beside")
            for side in ("removed", "control")
            for fill in fills
        },
        ("beside_given", "none"): 3,
        ("beside_given_control", "none"): 3,
        **{("background_removed", fill): 1 for fill in ("grey", "mean")},
        **{("object_removed", fill): 1 for fill in fills},
        **{("control_hole", fill): 1 for fill in fills},
        **{("pasted_back", fill): 1 for fill in fills},
        **{("background_same", fill): 3 for fill in fills},
        **{("background_other", fill): 3 for fill in fills},
        **{("empty_own", fill): 3 for fill in fills},
        **{("empty_other", fill): 3 for fill in fills},
    }


def ask_cheat() -> list[Trial]:
    return run_all(classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"]), land_and_sea())


def test_what_cannot_be_done_is_absent() -> None:
    whole = land_and_sea()
    single = whole.select([0])
    kinds = {
        t.intervention
        for t in run_all(classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"]), single)
    }
    assert not kinds & {"background_same", "background_other", "empty_own", "empty_other"}
    assert "object_removed" in kinds
    nothing = torch.zeros_like(whole.masks)
    emptied = replace(whole, masks=nothing)  # masks without an object: nothing to look behind
    network = classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"])
    appearances = {appearance.value for appearance in APPEARANCES}
    assert {t.intervention for t in run_all(network, emptied)} == {"original"} | appearances
    maskless = replace(emptied, has_mask=nothing.flatten(1).any(dim=1))
    looks = {f"{look}_{side}" for look in ("cast", "blur", "frame") for side in ("same", "other")}
    found = {t.intervention for t in run_all(network, maskless)}
    assert found == {"original"} | appearances | looks
    nobody_sampled = run_all(network, maskless, sampled=frozenset())
    assert {t.intervention for t in nobody_sampled} == {"original"}


def test_no_equal_hole_means_no_control() -> None:
    subjects = land_and_sea()
    masks = subjects.masks.clone()
    masks[:, 4:-4, 4:-4] = True  # 64% of the image
    network = classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"])
    trials = run_all(network, replace(subjects, masks=masks))
    assert not of(trials, Intervention.CONTROL_HOLE)
    assert all(t.p_label_control is None for t in of(trials, Intervention.OBJECT_REMOVED))


def test_no_subjects() -> None:
    network = classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"])
    nobody = land_and_sea().select([])
    assert run_all(network, nobody) == []


def test_stored_trials_come_back(cheat: list[Trial]) -> None:
    assert trials_of(pd.DataFrame(map(asdict, cheat))) == cheat


def test_the_object_is_pasted_where_it_was(cheat: list[Trial]) -> None:
    probe = classifier(ColourProbe(OBJECT, [0, 1, 2]), ["red", "land", "sea"])
    for trial in of(run_all(probe, land_and_sea()), Intervention.BACKGROUND_OTHER):
        # Red fills the object's place on every background: 1 of 1 + 9 + 1 for the label.
        assert trial.p_label == pytest.approx(1 / 11)
        assert trial.answer == "red"
