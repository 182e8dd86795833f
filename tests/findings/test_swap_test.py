"""What other classes show too is nobody's cue."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.cues import Cue
from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.findings.evidence.attribute_swaps import edges, exchanges
from auditor.findings.evidence.swap_test import (
    MOST_COMMON,
    PAIR_WON,
    Common,
    EdgeSwapTest,
    SwapTest,
    common_parts,
)
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.statistics.effects import Effect
from tests.findings.trials import case, table_of, trial


def _effect(mean: float) -> Effect:
    return Effect(mean, mean - 0.02, mean + 0.02, 0.001, {"blur": mean, "patches": mean}, 48, 40)


def _test(lost: float | None, won: float) -> SwapTest:
    needed = None if lost is None else _effect(lost)
    return SwapTest(needed, _effect(won), two_sided=lost is not None)


def test_the_common_part_is_the_lower_quartile_of_the_others() -> None:
    tests = {str(i): _test(0.01 * i, 0.02 * i) for i in range(1, 7)}
    assert common_parts(tests)["1"] == Common(lost=0.03, won=0.06)
    assert common_parts(tests)["6"] == Common(lost=0.02, won=0.04)


def test_of_a_pair_it_is_fixed_and_alone_nothing() -> None:
    pair = {"a": _test(0.8, 0.7), "b": _test(0.05, 0.1)}
    assert common_parts(pair) == dict.fromkeys("ab", Common(0.0, PAIR_WON))
    assert common_parts({"a": _test(0.8, 0.7)}) == {"a": Common(0.0, 0.0)}
    three = {name: _test(None, won) for name, won in (("a", 0.7), ("b", 0.2), ("c", 0.4))}
    assert common_parts(three)["a"] == Common(0.0, 0.2)
    assert common_parts(three)["b"] == Common(0.0, MOST_COMMON)


@given(st.dictionaries(st.text(), st.floats(-1, 1), min_size=1, max_size=12))
def test_it_is_never_negative_never_large_and_grows_with_the_effects(
    means: dict[str, float],
) -> None:
    parts = common_parts({name: _test(mean, mean) for name, mean in means.items()})
    more = common_parts({name: _test(mean + 0.1, mean + 0.1) for name, mean in means.items()})
    for name, part in parts.items() if len(means) != 2 else ():
        assert 0 <= part.won <= MOST_COMMON
        assert more[name].won >= part.won


def test_every_class_with_a_strong_cue_of_its_own_is_still_convicted() -> None:
    tests = {name: _test(0.7, 0.65) for name in "abcd"}
    for name, common in common_parts(tests).items():
        told = SwapTest(tests[name].needed, tests[name].won, two_sided=True, common=common)
        assert told.proves(0.1)


@pytest.mark.parametrize(("won", "proved"), [(0.11, False), (0.13, True)])
def test_softness_alone_has_to_be_sure_of_the_whole_floor(won: float, proved: bool) -> None:
    assert _test(None, won).proves(0.1) is proved


def _soft(labels: str, seed: int = 0) -> dict[str, dict[Cue, SwapTest]]:
    """Everybody's pictures made as soft as those of others become 'a'."""
    rows = [
        trial(
            f"{label}{number}",
            Intervention.BLUR_OTHER,
            Fill.NONE,
            0.2,
            label=label,
            donor=f"{other}{number % 6}",
            donor_label=other,
            donor_group=f"{other}{number % 6}",
            p_label_control=0.9,
            p_donor=0.8 + 0.01 * (number % 3) if other == "a" else 0.0,
            p_donor_control=0.0,
            answer="a" if other == "a" else label,
        )
        for number in range(24)
        for label in labels
        for other in labels
        if other != label
    ]
    cases = as_numbers(pd.DataFrame([case(row["case_id"], row["label"]) for row in rows]))
    table = tidy(table_of(rows), cases.drop_duplicates("case_id"), seed=seed)
    return exchanges(table, tuple(labels), floor=0.1, seed=seed)


def test_softness_convicts_with_three_classes_and_not_with_two() -> None:
    """Of a pair, one may gain only because softness took the other's cue away."""
    assert _soft("abc")["a"][Cue.BLUR].proves(0.1)
    assert Cue.BLUR not in _soft("ab")["a"]


def _edge(removed: float, beside: float, won: float) -> EdgeSwapTest:
    return EdgeSwapTest(_effect(beside), _effect(won), two_sided=True, removed=_effect(removed))


def test_a_mark_across_the_edge_is_convicted_by_its_part_beside_the_object() -> None:
    mark = _edge(0.6, 0.15, 0.08)
    assert mark.proves(0.1)
    assert not mark.rules_out(0.1)
    assert mark.lost == mark.removed
    # A head is worth much; what lies beside it is worth nothing.
    head = _edge(0.5, 0.01, 0.0)
    assert not head.proves(0.1)
    assert head.rules_out(0.1)
    # A shadow that costs something but wins nobody, or the other way round.
    assert not _edge(0.6, 0.15, 0.01).proves(0.1)
    assert not _edge(0.6, 0.02, 0.04).proves(0.1)
    # Sure by either half: the half beside the object is not missed, but it wins.
    assert _edge(0.6, 0.0, 0.3).proves(0.1)
    assert not _edge(0.6, 0.0, 0.3).rules_out(0.1)
    # A mark that is worth less than the floor.
    assert not _edge(0.08, 0.07, 0.08).proves(0.1)


def test_an_edge_needs_all_three_to_have_a_p_value() -> None:
    assert _edge(0.6, 0.15, 0.08).p_value == 0.001
    assert EdgeSwapTest(_effect(0.1), _effect(0.1), two_sided=True).p_value is None


def test_trials_at_the_edge_are_read_as_what_the_case_loses_and_what_it_gives() -> None:
    rows = []
    for number in range(24):
        name = f"a{number}"
        for fill in HOLE_FILLS:
            rows += [
                trial(name, Intervention.EDGE_REMOVED, fill, 0.3, label="a", p_label_control=0.9),
                trial(name, Intervention.BESIDE_REMOVED, fill, 0.7, label="a", p_label_control=0.9),
            ]
        rows.append(
            trial(name, Intervention.BESIDE_GIVEN, Fill.NONE, 0.25, label="a",
                  p_label_control=0.05, donor=f"b{number}", donor_label="b",
                  donor_group=f"b{number}")
        )  # fmt: skip
    cases = [case(f"{label}{n}", label) for label in "ab" for n in range(24)]
    table = tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0)
    found = edges(table, ["a", "b"], seed=0)
    assert list(found) == ["a"]
    test = found["a"]
    assert test.removed is not None
    assert test.needed is not None
    assert test.won is not None
    means = [test.removed.mean, test.needed.mean, test.won.mean]
    assert means == pytest.approx([0.6, 0.2, 0.2])
    assert test.won.donors == 24
    assert test.proves(0.1)
