"""The order of decision, the gates and the words, on evidence written out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.locations import Location, OfCue, write_location
from auditor.domain.reasons import Reason
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.edge_test import EdgeSwapTest
from auditor.findings.evidence.nomination import Nomination, nomination
from auditor.findings.evidence.pair import PairEvidence
from auditor.findings.evidence.swap_test import PairTest, SwapTest, TableTest
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.verdicts.actions import action_numbers, images_to_change, images_to_settle
from auditor.findings.verdicts.class_reasons import reason
from auditor.findings.verdicts.class_verdicts import (
    Decision,
    UndeterminedReason,
    decide,
    of_two,
    with_q_values,
)
from auditor.findings.verdicts.cue_naming import NamedCue, name_cue
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded
from auditor.wording.class_actions import class_action
from auditor.wording.class_reasons import class_reason
from tests.findings.trials import case

SETTINGS = FindingsSection()
NO_TRIALS = tidy(pd.DataFrame(), pd.DataFrame([case("a")]), seed=0)


def cue(evidence: ClassEvidence, decision: Decision, floor: float) -> NamedCue | None:
    return name_cue(evidence, decision, NO_TRIALS, floor)


def told(evidence: ClassEvidence, decision: Decision) -> Reason:
    return reason(evidence, decision, cue(evidence, decision, 0.1), SETTINGS)


def advised(evidence: ClassEvidence, decision: Decision) -> str:
    named = cue(evidence, decision, 0.1)
    found = told(evidence, decision)
    numbers = {**found.numbers, **action_numbers(evidence, decision, named, SETTINGS)}
    where = (named.cue.value, write_location(named.where)) if named else (None, None)
    return class_action(Reason(found.code, numbers), *where) or ""


def _effect(mean: float, low: float | None, high: float | None, **changes: Any) -> Effect:
    values = {"p_value": 0.0001, "fills": {"blur": mean, "patches": mean}, "images": 64}
    return Effect(mean, low, high, **({"donors": 40} | values | changes))


STRONG = _effect(0.71, 0.62, 0.79)
WON = _effect(0.63, 0.55, 0.70)
PULL = _effect(4.5, 3.8, 5.2)
NOTHING = _effect(0.01, -0.02, 0.04, p_value=0.4)
VAGUE = _effect(0.08, -0.02, 0.18, p_value=0.06)
OPEN_PULL = _effect(0.3, -0.2, 0.8, p_value=0.1)


def _table(**changes: Any) -> TableTest:
    known = TableTest(
        STRONG,
        WON,
        two_sided=True,
        necessity=PULL,
        sufficiency=PULL,
        fitted=STRONG,
        plain=("cat", "tree", "car"),
        apart=True,
    )
    return replace(known, **changes)


CLEAR = _table(needed=NOTHING, won=NOTHING, fitted=NOTHING, necessity=NOTHING, sufficiency=NOTHING)


def _evidence(**changes: Any) -> ClassEvidence:
    known = ClassEvidence(
        name="boat",
        images=100,
        masked=100,
        tested=64,
        groups=64,
        swapped=64,
        audit_tested=256,
        zero_maps=False,
        accuracy=0.97,
        median_skill=0.1,
        nomination=Nomination(0.9, 0.1, True),
        background=_table(),
        suffices=None,
        object_effect=0.2,
        pasting_damage=0.02,
        usual=0.95,
        q_value=0.001,
    )
    return replace(known, **changes)


def _cleared(**changes: Any) -> ClassEvidence:
    return _evidence(**({"background": CLEAR, "q_value": 0.5} | changes))


AT_NULL = Nomination(0.1, 0.1, False)


def test_confirmed_with_its_numbers() -> None:
    evidence = _evidence()
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.CONFIRMED
    found = told(evidence, decision)
    assert found.code == "confirmed.background"
    assert (found.numbers["usual"], found.numbers["left"]) == (0.95, pytest.approx(0.24))
    assert class_reason(found) == (
        "On other backgrounds the model's probability for 'boat' drops from 95% to 24%: it loses"
        " 71% (62–79%). Behind objects of other classes its backgrounds add 63% (55–70%) to the"
        " probability for 'boat'."
    )
    assert advised(evidence, decision) == (
        "Collect about 71 images of 'boat' on backgrounds such as those of 'cat', 'tree' and 'car'"
        " (about 24 each), and show other classes on the backgrounds of 'boat'; retrain and audit"
        " again."
    )
    named = cue(evidence, decision, 0.1)
    assert named is not None
    assert (named.cue, named.where, named.strength) == (
        Cue.BACKGROUND,
        Location(OfCue(Cue.BACKGROUND)),
        STRONG,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"sufficiency": NOTHING},
        {"sufficiency": None},
        {"sufficiency": _effect(1.0, 0.1, 1.9)},
        {"sufficiency": _effect(0.3, 0.25, 0.35)},
        {"won": replace(WON, donors=4)},
        {"needed": VAGUE},
        {"needed": _effect(0.3, 0.04, 0.56)},
        {"needed": _effect(0.3, 0.2, 0.4, fills={"blur": 0.55, "patches": 0.05})},
        {"fitted": NOTHING},
        {"necessity": _effect(0.4, -0.1, 0.9)},
        {"plain": (), "apart": False, "sufficiency": _effect(2.0, 1.5, 2.5)},
    ],
)
def test_whatever_is_missing_keeps_a_class_from_being_confirmed(changes: dict[str, Any]) -> None:
    decision = decide(_evidence(background=_table(**changes)), SETTINGS)
    assert decision.verdict in (ClassVerdict.SUSPECTED, ClassVerdict.UNDETERMINED)


@pytest.mark.parametrize("q_value", [0.06, None])
def test_a_class_has_to_be_sure_among_all_classes(q_value: float | None) -> None:
    assert decide(_evidence(q_value=q_value), SETTINGS).verdict is not ClassVerdict.CONFIRMED


def test_weak_but_sure_effects_confirm() -> None:
    """The estimate has to reach the floor, the lower bound half of it; in odds likewise."""
    lost, pull = _effect(0.11, 0.06, 0.16), _effect(0.45, 0.21, 0.7)
    weak = _table(needed=lost, fitted=lost, sufficiency=pull, necessity=pull, won=VAGUE)
    assert decide(_evidence(background=weak), SETTINGS).verdict is ClassVerdict.CONFIRMED


def test_a_network_that_guesses_is_not_cleared() -> None:
    for chance, verdict in ((0.1, ClassVerdict.CLEAN), (0.25, ClassVerdict.UNDETERMINED)):
        evidence = _cleared(usual=0.3, chance=chance, nomination=AT_NULL)
        assert decide(evidence, SETTINGS).verdict is verdict


def test_cleared_classes() -> None:
    assert decide(_cleared(nomination=AT_NULL), SETTINGS).verdict is ClassVerdict.CLEAN
    assert decide(_cleared(), SETTINGS).verdict is ClassVerdict.CONTEXT
    carried = _cleared(nomination=AT_NULL, suffices=STRONG)
    decision = decide(carried, SETTINGS)
    assert decision.verdict is ClassVerdict.CONTEXT
    found = told(carried, decision)
    assert (found.code, found.numbers["notes"]) == ("context.empty", ("clean.loss",))
    clean = decide(_cleared(nomination=AT_NULL), SETTINGS)
    assert advised(_cleared(nomination=AT_NULL), clean) == ""


def test_cleared_by_what_its_backgrounds_give() -> None:
    vague = _table(
        needed=VAGUE, fitted=VAGUE, necessity=OPEN_PULL, sufficiency=NOTHING, won=NOTHING
    )
    evidence = _cleared(background=vague, nomination=AT_NULL)
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.CLEAN
    assert told(evidence, decision).code == "clean.pull"


def test_a_low_estimate_is_no_evidence_of_cleanness() -> None:
    open_ = _table(
        needed=VAGUE, fitted=VAGUE, necessity=OPEN_PULL, sufficiency=OPEN_PULL, won=VAGUE
    )
    evidence = _cleared(nomination=Nomination(0.0, 0.1, False), background=open_)
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.SUSPECTED
    found = told(evidence, decision)
    assert (found.code, found.numbers["bar"]) == ("suspected.open", 0.05)
    assert cue(evidence, decision, 0.1) is None
    assert action_numbers(evidence, decision, None, SETTINGS)["action"] == "action.at_the_bar"


@pytest.mark.parametrize(
    ("effect", "more"),
    [
        # Half as wide: four times the images.
        (_effect(0.06, -0.02, 0.14), 256),
        # At least half as many again.
        (_effect(0.3, 0.2, 0.4), 96),
        (_effect(0.095, 0.0, 0.2), None),
        (_effect(0.3, None, None), None),
    ],
)
def test_how_many_images_would_settle_it(effect: Effect, more: int | None) -> None:
    assert images_to_settle(_table(needed=effect), 64, 0.1) == more


def _pair(owner: str | None, without: Effect | None = None) -> PairEvidence:
    return PairEvidence(
        ("boat", "cat"), owner, owner and "donors", {}, without, {"boat": 0.6}, frozenset()
    )


def test_a_pair_is_confirmed_together_and_names_each_other() -> None:
    evidence = _evidence(background=PairTest(STRONG, WON, two_sided=True), pair=_pair(None))
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.pair_with) == (ClassVerdict.CONFIRMED, "cat")
    found = told(evidence, decision)
    assert (found.code, found.numbers["other"]) == ("confirmed.pair", "cat")
    named = cue(evidence, decision, 0.1)
    assert named is not None
    assert named.where == Location(OfCue(Cue.BACKGROUND), pair=("boat", "cat"))
    assert all(f"'{name}'" in advised(evidence, decision) for name in ("boat", "cat"))


def test_the_owner_of_a_pairs_cue_is_confirmed_alone() -> None:
    evidence = _evidence(background=PairTest(STRONG, WON, two_sided=True), pair=_pair("boat"))
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.pair_with) == (ClassVerdict.CONFIRMED, None)
    found = told(evidence, decision)
    assert found.code == "confirmed.owner"
    assert "note.donors" in (found.numbers["notes"] or ())  # type: ignore[operator]
    patches = evidence.pair and replace(evidence.pair, attributed_by="patch")
    by_patch = _evidence(background=evidence.background, pair=patches)
    assert told(by_patch, decide(by_patch, SETTINGS)).numbers["notes"] == ("note.filled",)


GIVEN = _table(needed=None, two_sided=False, fitted=None, necessity=None)
MARK = EdgeSwapTest(STRONG, WON, two_sided=True, removed=_effect(0.8, 0.7, 0.9))


@pytest.mark.parametrize(
    ("cue_id", "test", "code", "number", "value"),
    [
        (Cue.BLUR, GIVEN, "confirmed.attribute_given", "won", 0.63),
        (Cue.EDGE_MARK, MARK, "confirmed.edge", "beside", 0.71),
    ],
)
def test_what_confirms_without_the_background(
    cue_id: Cue, test: SwapTest, code: str, number: str, value: float
) -> None:
    evidence = _cleared(appearance={cue_id: test}, q_value=0.001)
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.confirmed_by) == (ClassVerdict.CONFIRMED, (cue_id,))
    found = told(evidence, decision)
    assert (found.code, found.numbers[number]) == (code, value)


@pytest.mark.parametrize(
    ("cue_id", "note", "number"),
    [(Cue.CORNER_MARK, "note.patch", "patch"), (Cue.VIGNETTE, "note.part", "part")],
)
def test_what_carries_the_background_is_told_beside_it(cue_id: Cue, note: str, number: str) -> None:
    evidence = _evidence()
    named = NamedCue(cue_id, Location(OfCue(cue_id)), _effect(0.5, 0.4, 0.6), ())
    found = reason(evidence, decide(evidence, SETTINGS), named, SETTINGS)
    assert (found.code, found.numbers["notes"]) == ("confirmed.background", (note,))
    assert found.numbers[number] == 0.5
    assert "50% (40–60%)" in class_reason(found)


@pytest.mark.parametrize(
    ("without", "verdict", "code"),
    [
        (NOTHING, ClassVerdict.CLEAN, "clean.beside_owner"),
        (None, ClassVerdict.UNDETERMINED, "undetermined.beside_owner"),
        (VAGUE, ClassVerdict.UNDETERMINED, "undetermined.beside_owner"),
    ],
)
def test_beside_an_owner_a_class_is_judged_without_that_cue(
    without: Effect | None, verdict: ClassVerdict, code: str
) -> None:
    evidence = _cleared(
        background=SwapTest(without, None, two_sided=True),
        pair=_pair("cat", without),
        nomination=AT_NULL,
        q_value=None,
    )
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is verdict
    assert told(evidence, decision).code == code


GATES: list[tuple[dict[str, Any], UndeterminedReason]] = [
    ({"images": 0, "masked": 0}, UndeterminedReason.NO_IMAGES),
    ({"masked": 0, "tested": 0}, UndeterminedReason.NO_MASKS),
    ({"tested": 7}, UndeterminedReason.TOO_FEW),
    ({"groups": 4}, UndeterminedReason.TOO_FEW_GROUPS),
    ({"pasting_damage": 0.21}, UndeterminedReason.PASTING),
    ({"swapped": 19}, UndeterminedReason.TOO_FEW_SWAPS),
    ({"background": None}, UndeterminedReason.NO_OTHERS),
]


@pytest.mark.parametrize(("changes", "gate"), GATES)
def test_a_failed_gate_comes_before_every_verdict(
    changes: dict[str, Any], gate: UndeterminedReason
) -> None:
    evidence = _evidence(**changes)
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.gate) == (ClassVerdict.UNDETERMINED, gate)
    assert told(evidence, decision).code == f"undetermined.{gate.name.lower()}"
    assert class_reason(told(evidence, decision)).endswith(".")
    assert advised(evidence, decision).endswith(".")
    assert cue(evidence, decision, 0.1) is None


def test_a_map_alone_makes_nobody_suspected_of_too_few_images() -> None:
    untested = {"audit_tested": 0, "tested": 0, "swapped": 0}
    assert decide(_evidence(images=20, **untested), SETTINGS).verdict is ClassVerdict.SUSPECTED
    few = decide(_evidence(images=19, **untested), SETTINGS)
    assert (few.verdict, few.gate) == (ClassVerdict.UNDETERMINED, UndeterminedReason.NOT_RUN)


def test_an_attribute_that_hints_keeps_a_class_from_being_cleared() -> None:
    beside, won = _effect(0.08, 0.02, 0.13), _effect(0.02, 0.01, 0.04)
    mark = EdgeSwapTest(beside, won, two_sided=True, removed=_effect(0.2, 0.1, 0.3))
    evidence = _cleared(appearance={Cue.EDGE_MARK: mark})
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.SUSPECTED
    assert told(evidence, decision).code == "suspected.attribute"
    slight = replace(mark, won=_effect(0.0, -0.01, 0.02))
    assert (
        decide(_cleared(appearance={Cue.EDGE_MARK: slight}), SETTINGS).verdict
        is ClassVerdict.CONTEXT
    )


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"background": replace(CLEAR, won=None)}, UndeterminedReason.TOO_FEW_DONORS),
        (
            {"background": replace(CLEAR, won=replace(NOTHING, donors=4))},
            UndeterminedReason.TOO_FEW_DONORS,
        ),
        (
            {"background": replace(CLEAR, needed=replace(NOTHING, donors=4))},
            UndeterminedReason.TOO_FEW_DONORS,
        ),
        ({"usual": 0.15}, UndeterminedReason.NOTHING_TO_LOSE),
        ({"zero_maps": True}, UndeterminedReason.ZERO_MAPS),
    ],
)
def test_what_only_keeps_a_class_from_being_cleared(
    changes: dict[str, Any], gate: UndeterminedReason
) -> None:
    evidence = _cleared(**changes)
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.gate) == (ClassVerdict.UNDETERMINED, gate)
    assert class_reason(told(evidence, decision)).endswith(".")
    assert advised(evidence, decision)


def test_zero_maps_do_not_clear_of_what_interventions_prove() -> None:
    evidence = _evidence(zero_maps=True, nomination=Nomination(None, None, None))
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.CONFIRMED
    assert told(evidence, decision).numbers["notes"] == ("note.unscored",)


def test_images_to_change() -> None:
    # The share that hangs on the background times the images, rounded up, at least min_images.
    assert images_to_change(_evidence(), None, SETTINGS) == 71
    assert images_to_change(_evidence(images=10), None, SETTINGS) == 20
    assert images_to_change(_evidence(background=None), None, SETTINGS) == 20


def test_q_values_are_over_tested_classes() -> None:
    p_values = {"a": 0.01, "b": 0.04, "c": None}
    evidence = [
        _evidence(
            name=name,
            background=_table(
                needed=_effect(0.5, 0.4, 0.6, p_value=0.001), sufficiency=replace(PULL, p_value=p)
            ),
        )
        for name, p in p_values.items()
    ]
    found = {e.name: e.q_value for e in with_q_values(evidence)}
    # .01 * 2 / 1 and .04 * 2 / 2; the larger of a class's two p-values counts.
    assert found == {"a": pytest.approx(0.02), "b": pytest.approx(0.04), "c": None}


def test_estimate_by_hand() -> None:
    rows = pd.DataFrame(
        {
            "case_id": ["a", "a", "b", "b", "c"],
            "group": ["a", "a", "b", "b", "c"],
            "donor_group": ["x", "x", "y", "y", "x"],
            "fill": ["blur", "patches", "blur", "patches", "blur"],
            "loss": [0.2, 0.4, 0.6, 0.8, None],
        }
    )
    effect = estimate(rows, "loss", seeded(0, "test"))
    assert effect is not None
    assert effect.mean == pytest.approx(0.5)
    assert effect.fills == {"blur": pytest.approx(0.4), "patches": pytest.approx(0.6)}
    assert (effect.images, effect.donors) == (2, 2)
    assert estimate(rows.iloc[4:], "loss", seeded(0, "test")) is None


def test_nomination_against_its_null() -> None:
    def cases(nominated: int, others: int, copies: int = 1) -> pd.DataFrame:
        flags = [1.0] * nominated + [0.0] * others
        groups = [f"g{number // copies}" for number in range(len(flags))]
        return pd.DataFrame({"nominated": flags, "group": groups})

    assert nomination(cases(30, 70), 0.1, 0.1).above is True
    assert nomination(cases(12, 88), 0.1, 0.1).above is False
    # 13.5% of 2000 against 12% is significant, but no excess worth a word.
    assert nomination(cases(270, 1730), 0.12, 0.1).above is False
    # Twenty-four images, but three independent ones.
    assert nomination(cases(8, 16, copies=8), 0.1, 0.1).above is False
    assert nomination(cases(8, 16), 0.1, 0.1).above is True
    # Without a null, most maps have to prefer the background.
    assert nomination(cases(45, 55), None, 0.1).above is False
    assert nomination(cases(75, 25), None, 0.1).above is True
    # Maps that all lie on a tag are nominated whatever the mask: their null is as high.
    assert nomination(cases(90, 10), 0.9, 0.1).above is True
    assert nomination(cases(49, 51), 0.49, 0.1).above is False
    assert nomination(cases(0, 0), 0.1, 0.1) == Nomination(None, 0.1, None)


def test_two_classes_without_masks_are_confirmed_together() -> None:
    pair = PairTest(STRONG, STRONG, two_sided=True)
    both = [_evidence(name=n, appearance={Cue.COLOUR_CAST: pair}, background=None) for n in "ab"]
    decided = {
        e.name: Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.COLOUR_CAST,)) for e in both
    }
    found = of_two(decided, both)
    assert (found["a"].pair_with, found["b"].pair_with) == ("b", "a")
    three = [*both, _evidence(name="c")]
    assert of_two(decided | {"c": Decision(ClassVerdict.CLEAN)}, three)["a"].pair_with is None


def test_images_that_are_asked_for_are_also_to_be_tested() -> None:
    """A class of which only `--per-class` images are tested gains nothing by more images alone."""
    numbers = {"action": "action.add_images", "name": "cat", "more": 66, "missing": 6}
    asked = class_action(Reason("suspected.open", numbers), None, None)
    assert asked is not None
    assert "6 images" in asked
    assert "--per-class 66" in asked


def test_class_names_that_hold_a_comma_are_told_apart() -> None:
    asked = {"action": "action.cue", "name": "x", "change": 30, "each": 15}
    advised = class_action(
        Reason("confirmed.background", asked | {"places": ("sea, open", "land")}),
        Cue.BACKGROUND.value,
        None,
    )
    assert advised is not None
    assert "'sea, open' and 'land' (" in advised
    shared = {"notes": ("note.shares",), "name": "x", "usual": 0.9, "left": 0.4}
    shared |= {"loss": 0.5, "won": 0.3, "shares": ("sea, open", "land")}
    assert "'sea, open' and 'land' carry" in class_reason(Reason("confirmed.background", shared))
