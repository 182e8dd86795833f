"""Single numbers of a class: shares, counts and means, worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from auditor.domain.cues import Cue
from auditor.domain.interventions import APPEARANCES, Fill, Intervention
from auditor.findings.evidence.appearance import appearance_losses
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.class_sample import (
    ByLabel,
    mean_losses,
    mean_of,
    median_of,
    sufficiency_of_empty,
)
from auditor.findings.evidence.co_occurrence import CoOccurrence, co_occurrences
from auditor.findings.evidence.held_to_look import held_to
from auditor.findings.evidence.label_accuracy import LabelAccuracy
from auditor.findings.evidence.label_evidence import answered, auroc
from auditor.findings.evidence.nomination import Nomination, nomination
from auditor.findings.evidence.pair import PairEvidence
from auditor.findings.evidence.plain_donors import (
    MIN_DONORS,
    PLAIN,
    PlainDonors,
    plain_beside,
    plain_donors,
)
from auditor.findings.evidence.population import population, taking_part
from auditor.findings.evidence.swap_tables import SwapEffects
from auditor.findings.evidence.swap_test import SwapTest, TableTest
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.statistics.effects import Effect
from auditor.statistics.sequential import LookPosition
from tests.findings.known_effects import known_effect
from tests.findings.trials import case, emptied, table_of, trial


def _maps(nominated: int, of: int, groups: int | None = None) -> pd.DataFrame:
    flags = [1.0] * nominated + [0.0] * (of - nominated)
    frame = pd.DataFrame({"nominated": flags, "group": np.arange(of) % (groups or of)})
    return pd.concat([frame, pd.DataFrame({"nominated": [np.nan] * 7, "group": range(900, 907)})])


def test_nominations_exceed_their_null_significantly_and_by_the_floor() -> None:
    """8 of 20 at a null of .2: P(X >= 8) is .032; 7 of 20: .087."""
    assert nomination(_maps(8, 20), 0.2, 0.1) == Nomination(0.4, 0.2, True)
    assert nomination(_maps(7, 20), 0.2, 0.1) == Nomination(0.35, 0.2, False)
    # Enough of them, but not by the floor.
    assert nomination(_maps(8, 20), 0.2, 0.2).above is True
    assert nomination(_maps(8, 20), 0.2, 0.21).above is False


def test_near_duplicates_have_one_vote() -> None:
    assert float(stats.binom.sf(3, 10, 0.2)) > 0.05
    assert nomination(_maps(8, 20, groups=10), 0.2, 0.1).above is False


@pytest.mark.parametrize(("nominated", "above"), [(10, True), (9, False)])
def test_half_of_the_maps_are_above_whatever_the_null(nominated: int, above: bool) -> None:
    assert nomination(_maps(nominated, 20), 0.9, 0.1).above is above
    assert nomination(_maps(nominated, 20), None, 0.1) == Nomination(nominated / 20, None, above)


def test_a_vote_that_is_not_whole_does_not_count() -> None:
    """2 of 5 maps that are one group: the count is rounded down to none."""
    assert nomination(_maps(2, 5, groups=1), 0.05, 0.1).above is False


def test_maps_that_could_not_be_scored_leave_the_rate_unknown() -> None:
    assert nomination(_maps(0, 0), 0.2, 0.1) == Nomination(None, 0.2, None)


def test_rows_of_a_label_in_their_order_and_none_of_an_unknown_one() -> None:
    frame = pd.DataFrame({"label": ["a", "b", "a", "a"], "n": [1, 2, 3, 4]})
    assert list(ByLabel(frame)("a")["n"]) == [1, 3, 4]
    assert ByLabel(frame)("c").empty
    chosen = ByLabel(frame, pd.Series([False, True, True, True]))
    assert list(chosen("a")["n"]) == [3, 4]
    assert list(chosen("b")["n"]) == [2]


def test_means_of_nothing_are_unknown() -> None:
    assert mean_of(pd.Series([1, None, 0], dtype="Float64")) == 0.5
    assert mean_of(pd.Series([], dtype=float)) is None
    assert median_of(pd.Series([1.0, 5.0, np.nan, 2.0])) == 2.0
    assert median_of(pd.Series([np.nan])) is None


def test_losses_by_the_class_of_the_donor() -> None:
    swaps = pd.DataFrame({"donor_label": ["x", "x", "y", "y"], "loss": [0.1, 0.3, 0.5, np.nan]})
    assert mean_losses(swaps) == {"x": pytest.approx(0.2), "y": 0.5}


def test_empty_images_pull_beside_those_of_plain_classes_alone() -> None:
    rows = emptied("a0", "b", 0.7, 0.2) + emptied("a0", "c", 0.9, 0.1)
    rows += [emptied("a1", "b", 0.5, 0.2)[0] | {"donor_group": None, "donor": None}]
    rows += [trial("a2", Intervention.NEUTRAL, Fill.GREY, 0.1, p_label_control=0.0)]
    cases = as_numbers(pd.DataFrame([case(f"a{n}", "a") for n in range(3)]))
    trials = tidy(table_of(rows), cases, seed=0).rows
    found = sufficiency_of_empty(trials, "a", frozenset({"b"}), 0)
    assert found is not None
    assert found.mean == pytest.approx(0.5)
    both = sufficiency_of_empty(trials, "a", frozenset({"b", "c"}), 0)
    assert both is not None
    assert both.mean == pytest.approx(0.65)
    assert sufficiency_of_empty(trials, "a", frozenset(), 0) is None


def test_what_changes_of_the_whole_picture_cost_the_sample() -> None:
    change = APPEARANCES[0]
    rows = [
        trial("a0", change, Fill.NONE, 0.5, p_label_control=0.9),
        trial("a1", change, Fill.NONE, 0.6, p_label_control=0.8),
        trial("b0", change, Fill.NONE, 0.6, p_label_control=None),
        trial("a2", change, Fill.NONE, 0.0, p_label_control=1.0),
        trial("c0", Intervention.NEUTRAL, Fill.GREY, 0.0, p_label_control=1.0),
    ]
    cases = [case(f"a{n}", "a", sampled=n < 2) for n in range(3)]
    cases += [case("b0", "b"), case("c0", "c")]
    found = appearance_losses(tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0))
    assert found == {"a": {f"{change}_loss": pytest.approx(0.3)}, "b": {}}


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "balanced"),
    [(0.8, 0.5, 0.65), (0.8, None, 0.8), (None, 0.5, 0.5), (None, None, None), (0.0, 0.0, 0.0)],
)
def test_balanced_accuracy_is_the_mean_of_what_is_known(
    sensitivity: float | None, specificity: float | None, balanced: float | None
) -> None:
    found = LabelAccuracy(sensitivity, specificity, None).balanced
    assert found == (None if balanced is None else pytest.approx(balanced))


def test_a_label_that_no_image_lacks_has_no_chance_rate() -> None:
    cases = pd.DataFrame(
        {"label": ["x", "x"], "correct": [1.0, 0.0], "label_probability": [0.9, 0.2]}
    )
    found = answered(cases, ["x"])
    assert found.accuracy["x"] == LabelAccuracy(0.5, None, None)
    assert found.by_chance["x"] is None


def _labelled(
    beside: list[float], alone: list[float], carried: int, lacking: int, groups: int | None = None
) -> pd.DataFrame:
    """Images of a with and without b, and images without a of which some carry b."""
    rows = [(f"w{n}", "a", p) for n, p in enumerate(beside)]
    rows += [(f"w{n}", "b", 0.5) for n in range(len(beside))]
    rows += [(f"o{n}", "a", p) for n, p in enumerate(alone)]
    rows += [(f"n{n}", "not a", 0.5) for n in range(lacking)]
    rows += [(f"n{n}", "b", 0.5) for n in range(carried)]
    frame = pd.DataFrame(rows, columns=["image", "label", "label_probability"])
    group = None if groups is None else [f"g{n % groups}" for n in range(len(frame))]
    return frame.assign(case_id=frame["image"] + frame["label"], duplicate_group=group)


def _found(frame: pd.DataFrame, floor: float = 0.25) -> CoOccurrence | None:
    found = [each for each in co_occurrences(frame, ["a", "b"], floor=floor) if each.label == "a"]
    return found[0] if found else None


FEW, LOWER = [0.75] * 10, [0.5] * 10


def test_a_difference_at_the_floor_is_a_possible_cue() -> None:
    one = _found(_labelled(FEW, LOWER, 4, 10))
    assert one is not None
    assert (one.with_other, one.without_other, one.difference) == (0.75, 0.5, 0.25)
    assert (one.low, one.high) == (0.25, 0.25)
    assert (one.share, one.share_elsewhere) == (0.5, 0.4)
    assert one.possible_cue
    assert not _possible(_labelled(FEW, LOWER, 4, 10), 0.26)
    # As common elsewhere, or more.
    assert not _possible(_labelled(FEW, LOWER, 5, 10))
    assert _possible(_labelled(FEW, LOWER, 0, 0))
    assert not _possible(_labelled(FEW, [0.75] * 10, 4, 10), 0.0)


def _possible(frame: pd.DataFrame, floor: float = 0.25) -> bool:
    one = _found(frame, floor)
    assert one is not None
    return one.possible_cue


def test_nine_independent_images_on_a_side_tell_nothing() -> None:
    assert _found(_labelled(FEW[:9], LOWER, 4, 10)) is None
    assert _found(_labelled(FEW, LOWER[:9], 4, 10)) is None
    assert _found(_labelled(FEW * 2, LOWER * 2, 4, 10, groups=9)) is None


def test_the_interval_is_welchs_over_independent_images() -> None:
    beside, alone = [0.7, 0.9] * 6, [0.2, 0.4, 0.6] * 4
    one = _found(_labelled(beside, alone, 1, 10))
    assert one is not None
    assert one.difference == pytest.approx(0.4)
    errors = [np.var(side, ddof=1) / 12 for side in (beside, alone)]
    freedom = sum(errors) ** 2 / sum(e**2 / 11 for e in errors)
    half = float(stats.t.ppf(0.975, freedom)) * sum(errors) ** 0.5
    assert (one.low, one.high) == (pytest.approx(0.4 - half), pytest.approx(0.4 + half))
    assert one.share_elsewhere == 0.1
    # Where one side varies alone, the interval is not a point.
    other = _found(_labelled(FEW, alone, 1, 10))
    assert other is not None
    assert other.low is not None
    assert other.low < other.difference


def test_at_most_three_other_labels_are_told_the_largest_differences_first() -> None:
    names = ["a", "b", "c", "d", "e"]
    rows = []
    for place, other in enumerate(names[1:]):
        for n in range(12):
            rows += [(f"{other}{n}", "a", 0.5 + 0.1 * place), (f"{other}{n}", other, 0.5)]
    frame = pd.DataFrame(rows, columns=["image", "label", "label_probability"])
    frame = frame.assign(case_id=frame["image"] + frame["label"], duplicate_group=None)
    found = co_occurrences(frame, names, floor=0.1)
    assert [(each.label, each.other) for each in found] == [("a", "e"), ("a", "d"), ("a", "c")]


def test_the_population_has_a_code_for_each_cluster() -> None:
    cases = pd.DataFrame(
        [
            case("c", duplicate_group="x"),
            case("a", duplicate_group=None),
            case("b", duplicate_group="x"),
            case("d", duplicate_group=None),
            case("e", duplicate_group="y"),
        ]
    ).assign(slice_site="s")
    found = population(cases, ["a", "e"])
    assert list(found["case_id"]) == ["a", "b", "c", "d", "e"]
    groups = dict(zip(found["case_id"], found["group"], strict=True))
    assert groups["b"] == groups["c"]
    assert len(set(groups.values())) == 4
    assert min(groups["b"], groups["e"]) == 0
    assert max(groups["a"], groups["d"]) < 0
    assert list(found["has_trials"]) == [True, False, False, False, True]
    assert "slice_site" in found
    assert "duplicate_group" not in found
    assert list(found.index) == [1, 2, 0, 3, 4]


def test_cases_and_donors_of_trials_take_part() -> None:
    cases = pd.DataFrame([case(name) for name in "abcd"])
    rows = [trial("b", Intervention.NEUTRAL, Fill.GREY, 0.5)]
    rows += [trial("d", Intervention.BACKGROUND_OTHER, Fill.BLUR, 0.5, donor="a")]
    assert list(taking_part(cases, table_of(rows))["case_id"]) == ["a", "b", "d"]
    assert taking_part(cases, table_of([])).empty


def _pulls(**means: float | None) -> dict[str, SwapEffects]:
    nothing = SwapEffects(None, None, None, None, None, None, {}, {}, {})
    return {
        name: replace(nothing, sufficiency=None if mean is None else known_effect(mean))
        for name, mean in means.items()
    }


ENOUGH = dict.fromkeys("abcd", MIN_DONORS)


def test_donors_below_seven_tenths_are_plain() -> None:
    assert MIN_DONORS == 5
    assert PLAIN == 0.7
    found = plain_donors(_pulls(a=0.7, b=0.69, c=3.0, d=None), ENOUGH)
    assert found == PlainDonors(frozenset("b"), apart=True)
    few = plain_donors(_pulls(a=0.5, b=0.69), ENOUGH | {"b": 4})
    assert few == PlainDonors(frozenset("a"), apart=True)
    none = plain_donors(_pulls(a=0.5, b=0.2), {"b": 5})
    assert none == PlainDonors(frozenset("b"), apart=True)


def test_where_no_donor_is_plain_those_below_a_third_of_the_largest_are_taken() -> None:
    found = plain_donors(_pulls(a=3.0, b=0.99, c=1.0, d=2.0), ENOUGH)
    assert found == PlainDonors(frozenset("b"), apart=False)
    assert plain_donors(_pulls(a=3.0, b=1.1), ENOUGH) == PlainDonors(frozenset(), apart=False)
    assert plain_donors({}, {}) == PlainDonors(frozenset(), apart=False)


def test_beside_a_class_what_wins_its_objects_is_not_plain() -> None:
    effects = _pulls(a=0.1, b=0.2, c=0.3)
    against = effects | {"a": replace(effects["a"], against={"b": 1.0, "c": 0.5})}
    plain = plain_donors(against, ENOUGH)
    assert plain.names == frozenset("abc")
    assert plain_donors(against, ENOUGH, asked="a") == PlainDonors(frozenset("c"), apart=True)
    assert plain_beside("a", plain, against, ENOUGH) == PlainDonors(frozenset("c"), apart=True)
    assert plain_beside("a", plain, effects, ENOUGH) == PlainDonors(frozenset("bc"), apart=True)


def test_a_class_that_is_alone_plain_is_asked_beside_those_with_the_least() -> None:
    effects = _pulls(a=0.1, b=3.0, c=0.9)
    plain = plain_donors(effects, ENOUGH)
    assert plain == PlainDonors(frozenset("a"), apart=True)
    assert plain_beside("a", plain, effects, ENOUGH) == PlainDonors(frozenset("c"), apart=False)
    assert plain_beside("b", plain, effects, ENOUGH) == PlainDonors(frozenset("a"), apart=True)
    least = PlainDonors(frozenset("ac"), apart=False)
    assert plain_beside("b", least, effects, ENOUGH) == PlainDonors(frozenset("a"), apart=True)


EVIDENCE = ClassEvidence(
    name="a", images=10, masked=10, tested=10, groups=10, swapped=10, audit_tested=10,
    zero_maps=False, accuracy=0.9, median_skill=0.1, nomination=Nomination(0.1, 0.1, above=False),
    background=None, suffices=None, object_effect=0.5, pasting_damage=0.0,
)  # fmt: skip


def _exchange(p_value: float | None) -> SwapTest:
    return SwapTest(None, known_effect(0.5, p_value=p_value), two_sided=False)


def test_a_classs_p_values_are_corrected_for_the_number_of_its_tests() -> None:
    """Holm: the smallest three-fold, the next two-fold, never below the one before."""
    appearance: dict[Cue, SwapTest] = {
        Cue.BLUR: _exchange(0.02),
        Cue.COLOUR_CAST: _exchange(0.03),
        Cue.BORDER_FRAME: _exchange(None),
    }
    found = replace(EVIDENCE, background=_exchange(0.01), appearance=appearance)
    assert list(found.tests) == [Cue.BACKGROUND, *appearance]
    assert found.p_values == {
        Cue.BACKGROUND: pytest.approx(0.03),
        Cue.BLUR: pytest.approx(0.04),
        Cue.COLOUR_CAST: pytest.approx(0.04),
    }
    assert found.p_value == pytest.approx(0.03)
    assert replace(found, tested=0).p_values == {}
    assert replace(found, tested=0).p_value is None
    assert EVIDENCE.tests == {}
    assert list(replace(EVIDENCE, appearance=appearance).tests) == list(appearance)


def _pair(owner: str | None) -> PairEvidence:
    return PairEvidence(
        ("a", "b"), owner, None if owner is None else "donors", {}, known_effect(0.4, 0.2, 0.6),
        {}, frozenset(),
    )  # fmt: skip


@pytest.mark.parametrize(("owner", "beside"), [(None, False), ("a", False), ("b", True)])
def test_beside_the_owner_of_a_pairs_cue(owner: str | None, beside: bool) -> None:
    assert replace(EVIDENCE, pair=_pair(owner)).beside_owner is beside
    assert not EVIDENCE.beside_owner
    assert (_pair(owner).other("a"), _pair(owner).other("b")) == ("b", "a")


def _sure(mean: float = 0.4) -> Effect:
    return Effect(mean, mean - 0.1, mean + 0.1, 0.001, {}, 24, 24, degrees=23)


def test_a_share_of_pairs_in_the_right_order() -> None:
    """.9 is above both, .5 ties with one and is above the other, .2 is above one."""
    assert auroc(np.array([0.9, 0.5, 0.2]), np.array([0.5, 0.1])) == pytest.approx(4.5 / 6)
    assert EVIDENCE.chance == 0.0


def test_evidence_at_a_look_has_wider_bounds_everywhere() -> None:
    at = LookPosition((20, 40, 64), 1)
    test = TableTest(
        _sure(), _sure(), two_sided=True, necessity=_sure(), sufficiency=_sure(), fitted=_sure(),
        plain=("b",), apart=True, rival="b", rival_pull=_sure(),
    )  # fmt: skip
    pair = replace(_pair("b"), without=_sure())
    found = held_to(
        replace(
            EVIDENCE, background=test, appearance={Cue.BLUR: test}, patch=test, pair=pair,
            suffices=_sure(),
        ),
        at,
    )  # fmt: skip
    wide = _sure().held_to(at)
    assert wide.low is not None
    assert wide.low < 0.3
    held = replace(
        test, needed=wide, won=wide, necessity=wide, sufficiency=wide, fitted=wide, rival_pull=wide
    )
    assert found.background == held
    assert found.appearance == {Cue.BLUR: held}
    assert found.patch == held
    assert found.pair == replace(pair, without=wide)
    assert found.suffices == wide
    assert (found.look, found.last_look) == (40, 64)


def test_what_is_not_known_stays_unknown_at_a_look() -> None:
    found = held_to(EVIDENCE, LookPosition((20, 64), 0))
    unknown: list[Any] = [found.background, found.patch, found.pair, found.suffices]
    assert unknown == [None] * 4
    assert (found.appearance, found.look, found.last_look) == ({}, 20, 64)
    pair = replace(_pair(None), without=None)
    assert held_to(replace(EVIDENCE, pair=pair), LookPosition((20, 64), 0)).pair == pair
