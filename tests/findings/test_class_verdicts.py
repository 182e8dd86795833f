"""The order of decision, the gates and the words, on evidence written out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.necessity import Necessity, Route
from auditor.findings.evidence.nomination import Nomination, nomination
from auditor.findings.evidence.swap_test import Common, EdgeSwapTest
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.verdicts.actions import action, images_to_change
from auditor.findings.verdicts.class_reasons import reason
from auditor.findings.verdicts.class_verdicts import (
    Decision,
    UndeterminedReason,
    decide,
    with_q_values,
)
from auditor.findings.verdicts.cue_naming import NamedCue, name_cue
from auditor.statistics.effects import Effect, estimate, least
from auditor.statistics.intervals import seeded
from tests.findings.trials import case

SETTINGS = FindingsSection()
NO_TRIALS = tidy(pd.DataFrame(), pd.DataFrame([case("a")]), seed=0)


def cue(evidence: ClassEvidence, decision: Decision, floor: float) -> NamedCue | None:
    return name_cue(evidence, decision, NO_TRIALS, floor)


def told(evidence: ClassEvidence, decision: Decision) -> str:
    return reason(evidence, decision, cue(evidence, decision, 0.1), SETTINGS)


def advised(evidence: ClassEvidence, decision: Decision) -> str:
    return action(evidence, decision, cue(evidence, decision, 0.1), SETTINGS) or ""


def _effect(mean: float, low: float | None, high: float | None, **changes: Any) -> Effect:
    values = {"p_value": 0.0001, "fills": {"blur": mean, "patches": mean}, "images": 64}
    return Effect(mean, low, high, **({"donors": 40} | values | changes))


STRONG = _effect(0.71, 0.62, 0.79)
NOTHING = _effect(0.01, -0.02, 0.04, p_value=0.4)
VAGUE = _effect(0.08, -0.02, 0.18, p_value=0.06)


def _necessity(effect: Effect | None, **changes: Any) -> Necessity:
    known = Necessity(effect, Route.PANEL, ("cat", "tree", "car"), {"cat": 0.8, "tree": 0.7}, 0.95)
    return replace(known, **changes)


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
        necessity=_necessity(STRONG),
        capture=_effect(0.63, 0.55, 0.70),
        suffices=None,
        object_effect=0.2,
        pasting_damage=0.02,
        vulnerable_to=(),
        q_value=0.001,
    )
    return replace(known, **changes)


def _cleared(**changes: Any) -> ClassEvidence:
    return _evidence(
        **({"necessity": _necessity(NOTHING), "capture": NOTHING, "q_value": 0.5} | changes)
    )


def test_confirmed_in_words() -> None:
    evidence = _evidence()
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.CONFIRMED
    assert told(evidence, decision) == (
        "Loses 71% (62–79%) of its probability on the backgrounds of cat, tree and car, and other"
        " objects become 'boat' on its backgrounds (63% (55–70%))."
    )
    assert advised(evidence, decision) == (
        "Collect about 71 images of 'boat' on backgrounds such as those of cat, tree and car (about"
        " 24 each), and show other classes on the backgrounds of 'boat'; retrain and audit again."
    )
    named = cue(evidence, decision, 0.1)
    assert named is not None
    assert (named.cue, named.where, named.strength) == (
        "background",
        "all around the object",
        STRONG,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"capture": NOTHING},
        {"capture": None},
        {"capture": _effect(0.4, 0.02, 0.6)},
        {"capture": _effect(0.04, 0.03, 0.05)},
        {"capture": _effect(0.4, 0.2, 0.6, fills={"blur": 0.75, "patches": 0.04})},
        {"capture": _effect(0.4, 0.2, 0.6, donors=4)},
        {"necessity": _necessity(VAGUE)},
        {"necessity": _necessity(_effect(0.3, 0.04, 0.56))},
        {"common": Common(lost=0.0, won=0.25), "capture": _effect(0.5, 0.45, 0.54)},
        {"common": Common(lost=0.25, won=0.0), "necessity": _necessity(_effect(0.3, 0.25, 0.34))},
        {"necessity": _necessity(_effect(0.3, 0.2, 0.4, fills={"blur": 0.55, "patches": 0.05}))},
        {"q_value": 0.06},
        {"q_value": None},
    ],
)
def test_whatever_is_missing_keeps_a_class_from_being_confirmed(changes: dict[str, Any]) -> None:
    decision = decide(_evidence(**changes), SETTINGS)
    assert decision.verdict in (ClassVerdict.SUSPECTED, ClassVerdict.UNDETERMINED)


def test_weak_but_sure_effects_convict() -> None:
    """The estimate has to reach the floor, the lower bound half of it; of capture half as much."""
    weak = _evidence(
        necessity=_necessity(_effect(0.11, 0.06, 0.16)), capture=_effect(0.06, 0.03, 0.09)
    )
    assert decide(weak, SETTINGS).verdict is ClassVerdict.CONFIRMED


def test_what_every_class_shows_is_told() -> None:
    evidence = _evidence(capture=_effect(0.3, 0.25, 0.35), common=Common(lost=0.12, won=0.2))
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.SUSPECTED
    assert "Other classes lose 12% and win 20% in the same way" in told(evidence, decision)


def test_a_network_that_guesses_is_not_cleared() -> None:
    at_null = Nomination(0.1, 0.1, False)
    necessity = replace(_necessity(NOTHING), usual=0.3)
    for chance, verdict in ((0.1, ClassVerdict.CLEAN), (0.25, ClassVerdict.UNDETERMINED)):
        evidence = _cleared(necessity=necessity, chance=chance, nomination=at_null)
        assert decide(evidence, SETTINGS).verdict is verdict


def test_cleared_classes() -> None:
    at_null = Nomination(0.1, 0.1, False)
    assert decide(_cleared(nomination=at_null), SETTINGS).verdict is ClassVerdict.CLEAN
    assert decide(_cleared(), SETTINGS).verdict is ClassVerdict.CONTEXT
    carried = _cleared(nomination=at_null, suffices=STRONG)
    decision = decide(carried, SETTINGS)
    assert decision.verdict is ClassVerdict.CONTEXT
    assert "backgrounds without an object are recognised" in reason(
        carried, decision, cue(carried, decision, 0.1), SETTINGS
    )
    clean = decide(_cleared(nomination=at_null), SETTINGS)
    assert action(_cleared(nomination=at_null), clean, None, SETTINGS) is None


def test_a_low_estimate_is_no_evidence_of_cleanness() -> None:
    for changes in ({"necessity": _necessity(VAGUE)}, {"capture": VAGUE}):
        evidence = _cleared(nomination=Nomination(0.0, 0.1, False), **changes)
        decision = decide(evidence, SETTINGS)
        assert decision.verdict is ClassVerdict.SUSPECTED
        assert "can neither prove nor rule out" in reason(
            evidence, decision, cue(evidence, decision, 0.1), SETTINGS
        )
        assert cue(evidence, decision, 0.1) is None
        assert "--per-class" in (advised(evidence, decision) or "")


GATES: list[tuple[dict[str, Any], UndeterminedReason, str]] = [
    ({"images": 0, "masked": 0}, UndeterminedReason.NO_IMAGES, "No image"),
    (
        {"masked": 0, "tested": 0},
        UndeterminedReason.NO_MASKS,
        "None of its 100 images has an object mask",
    ),
    ({"tested": 7}, UndeterminedReason.TOO_FEW, "Only 7 images could be tested; 20 are needed."),
    ({"groups": 4}, UndeterminedReason.TOO_FEW_GROUPS, "only 4 are independent"),
    ({"pasting_damage": 0.21}, UndeterminedReason.PASTING, "already costs 21%"),
    ({"swapped": 19}, UndeterminedReason.TOO_FEW_SWAPS, "Only 19 objects"),
    ({"necessity": _necessity(None)}, UndeterminedReason.ATTRIBUTION, "Attribution"),
]


@pytest.mark.parametrize(("changes", "gate", "words"), GATES)
def test_a_failed_gate_comes_before_every_verdict(
    changes: dict[str, Any], gate: UndeterminedReason, words: str
) -> None:
    evidence = _evidence(**changes)
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.gate) == (ClassVerdict.UNDETERMINED, gate)
    assert words in told(evidence, decision)
    assert advised(evidence, decision)
    assert cue(evidence, decision, 0.1) is None


def test_a_map_alone_makes_nobody_suspected_of_too_few_images() -> None:
    untested = {"audit_tested": 0, "tested": 0, "swapped": 0}
    assert decide(_evidence(images=20, **untested), SETTINGS).verdict is ClassVerdict.SUSPECTED
    few = decide(_evidence(images=19, **untested), SETTINGS)
    assert (few.verdict, few.gate) == (ClassVerdict.UNDETERMINED, UndeterminedReason.NOT_RUN)


def test_half_a_mark_is_told_with_what_it_is_held_against() -> None:
    beside = _effect(0.03, 0.01, 0.06)
    mark = EdgeSwapTest(beside, NOTHING, two_sided=True, removed=_effect(0.2, 0.1, 0.3))
    evidence = _cleared(looks={Cue.EDGE_MARK: mark})
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.SUSPECTED
    slight = replace(mark, needed=_effect(0.02, -0.01, 0.04))
    assert decide(_cleared(looks={Cue.EDGE_MARK: slight}), SETTINGS).verdict is ClassVerdict.CONTEXT
    assert "held against 5%) is 3% (1–6%)" in told(evidence, decision)


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"capture": None}, UndeterminedReason.TOO_FEW_DONORS),
        ({"capture": replace(NOTHING, donors=4)}, UndeterminedReason.TOO_FEW_DONORS),
        ({"necessity": _necessity(replace(NOTHING, donors=4))}, UndeterminedReason.TOO_FEW_DONORS),
        ({"necessity": _necessity(NOTHING, usual=0.15)}, UndeterminedReason.NOTHING_TO_LOSE),
        ({"zero_maps": True}, UndeterminedReason.ZERO_MAPS),
    ],
)
def test_what_only_keeps_a_class_from_being_cleared(
    changes: dict[str, Any], gate: UndeterminedReason
) -> None:
    evidence = _cleared(**changes)
    decision = decide(evidence, SETTINGS)
    assert (decision.verdict, decision.gate) == (ClassVerdict.UNDETERMINED, gate)
    assert told(evidence, decision).endswith(".")
    assert advised(evidence, decision)


def test_zero_maps_do_not_acquit_of_what_interventions_prove() -> None:
    evidence = _evidence(zero_maps=True, nomination=Nomination(None, None, None))
    decision = decide(evidence, SETTINGS)
    assert decision.verdict is ClassVerdict.CONFIRMED
    assert "Saliency does not show it" in reason(
        evidence, decision, cue(evidence, decision, 0.1), SETTINGS
    )


def test_vulnerable_to_somebody_elses_cue() -> None:
    evidence = _cleared(
        nomination=Nomination(0.1, 0.1, False),
        vulnerable_to=("ship",),
        necessity=_necessity(NOTHING, losses={"ship": 0.5}),
    )
    words = told(evidence, decide(evidence, SETTINGS))
    assert "Vulnerable to the cue of 'ship' (loses 50%)" in words


def test_images_to_change() -> None:
    # The share that hangs on the background times the images, rounded up, at least min_images.
    assert images_to_change(_evidence(), None, SETTINGS) == 71
    assert images_to_change(_evidence(images=10), None, SETTINGS) == 20
    assert images_to_change(_evidence(necessity=_necessity(None)), None, SETTINGS) == 20


def test_q_values_are_over_tested_classes() -> None:
    p_values = {"a": 0.01, "b": 0.04, "c": None}
    evidence = [
        _evidence(
            name=name,
            capture=_effect(0.5, 0.4, 0.6, p_value=p),
            necessity=_necessity(_effect(0.5, 0.4, 0.6, p_value=0.001)),
        )
        for name, p in p_values.items()
    ]
    found = {e.name: e.q_value for e in with_q_values(evidence)}
    # .01 * 2 / 1 and .04 * 2 / 2; the larger of a class's two p-values counts.
    assert found == {"a": pytest.approx(0.02), "b": pytest.approx(0.04), "c": None}


def test_least_of_several_effects() -> None:
    joined = least([_effect(0.7, 0.6, 0.8, p_value=0.01), _effect(0.1, 0.05, 0.15, p_value=0.2)])
    assert (joined.mean, joined.low, joined.high, joined.p_value) == (0.1, 0.05, 0.15, 0.2)
    assert least([STRONG, _effect(0.8, None, None, p_value=None)]).low is None


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
