"""Gates, tests that confirm and reasons at their edges, on evidence written out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.locations import Location, OfCue
from auditor.domain.reasons import Reason
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.nomination import Nomination
from auditor.findings.evidence.swap_test import PairTest, SwapTest
from auditor.findings.verdicts.class_reasons import reason
from auditor.findings.verdicts.class_verdicts import (
    MAX_PASTING_DAMAGE,
    MIN_GROUPS,
    Decision,
    UndeterminedReason,
    decide,
    proved,
)
from auditor.findings.verdicts.cue_naming import NamedCue
from tests.findings.test_class_verdicts import (
    AT_NULL,
    CLEAR,
    NOTHING,
    OPEN_PULL,
    STRONG,
    VAGUE,
    WON,
    _cleared,
    _effect,
    _evidence,
    _pair,
    _table,
)

SETTINGS = FindingsSection()
LEAST = SETTINGS.min_images
FLOOR = SETTINGS.effect_floor
BY_BACKGROUND = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.BACKGROUND,))


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"tested": LEAST}, None),
        ({"tested": LEAST - 1}, UndeterminedReason.TOO_FEW),
        ({"groups": MIN_GROUPS}, None),
        ({"groups": MIN_GROUPS - 1}, UndeterminedReason.TOO_FEW_GROUPS),
        ({"pasting_damage": MAX_PASTING_DAMAGE}, None),
        ({"pasting_damage": MAX_PASTING_DAMAGE + 1e-9}, UndeterminedReason.PASTING),
        ({"swapped": LEAST}, None),
        ({"swapped": LEAST - 1}, UndeterminedReason.TOO_FEW_SWAPS),
        ({"masked": 1}, None),
        ({"audit_tested": 1}, None),
        ({"audit_tested": 0, "nomination": AT_NULL}, UndeterminedReason.NOT_RUN),
    ],
)
def test_gates_hold_at_their_edges(
    changes: dict[str, Any], gate: UndeterminedReason | None
) -> None:
    assert decide(_evidence(**changes), SETTINGS).gate is gate


def test_without_interventions_a_map_alone_suspects_a_class_of_enough_images() -> None:
    above = {"audit_tested": 0, "nomination": Nomination(0.9, 0.1, True)}
    for images, verdict in (
        (LEAST, ClassVerdict.SUSPECTED),
        (LEAST - 1, ClassVerdict.UNDETERMINED),
    ):
        decision = decide(_evidence(**above, images=images), SETTINGS)
        assert decision.verdict is verdict


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"usual": 2 * FLOOR}, None),
        ({"usual": 2 * FLOOR - 1e-9}, UndeterminedReason.NOTHING_TO_LOSE),
        ({"usual": None}, UndeterminedReason.NOTHING_TO_LOSE),
        ({"usual": 0.4, "chance": 0.3}, None),
        ({"usual": 0.4, "chance": 0.3 + 1e-9}, UndeterminedReason.NOTHING_TO_LOSE),
        ({"zero_maps": True}, UndeterminedReason.ZERO_MAPS),
        ({"background": replace(CLEAR, needed=replace(NOTHING, donors=5))}, None),
        ({"background": replace(CLEAR, needed=replace(NOTHING, donors=4))},
         UndeterminedReason.TOO_FEW_DONORS),
        ({"background": replace(CLEAR, won=None)}, UndeterminedReason.TOO_FEW_DONORS),
    ],
)  # fmt: skip
def test_what_only_clears_holds_at_its_edges(
    changes: dict[str, Any], gate: UndeterminedReason | None
) -> None:
    decision = decide(_cleared(nomination=AT_NULL, **changes), SETTINGS)
    assert decision.gate is gate
    assert (decision.verdict is ClassVerdict.CLEAN) is (gate is None)


def test_doubtful_masks_count_for_no_swap_but_for_what_needs_no_mask() -> None:
    decision = decide(_evidence(), SETTINGS, doubtful_masks=True)
    assert decision.gate is UndeterminedReason.DOUBTFUL_MASKS
    frame = {Cue.BORDER_FRAME: SwapTest(STRONG, WON, two_sided=True)}
    both = decide(_evidence(appearance=frame), SETTINGS, doubtful_masks=True)
    assert both.confirmed_by == (Cue.BORDER_FRAME,)
    assert decide(_evidence(appearance=frame), SETTINGS).confirmed_by == (
        Cue.BACKGROUND,
        Cue.BORDER_FRAME,
    )


def test_what_confirms_is_sure_enough_within_and_among_classes() -> None:
    level = SETTINGS.q
    assert proved(_evidence(q_value=level), SETTINGS, swapped=True) == (Cue.BACKGROUND,)
    assert proved(_evidence(q_value=level + 1e-9), SETTINGS, swapped=True) == ()
    assert proved(_evidence(), SETTINGS, swapped=False) == ()
    assert proved(_evidence(pasting_damage=None), SETTINGS, swapped=True) == ()
    assert proved(_evidence(tested=LEAST - 1), SETTINGS, swapped=True) == ()
    five = _table(won=replace(WON, donors=5))
    assert proved(_evidence(background=five), SETTINGS, swapped=True) == (Cue.BACKGROUND,)
    unsure = _table(needed=replace(STRONG, p_value=2 * level))
    assert proved(_evidence(background=unsure), SETTINGS, swapped=True) == ()


def test_clean_or_context_is_what_maps_or_empty_images_say() -> None:
    for changes, verdict in (
        ({"nomination": AT_NULL}, ClassVerdict.CLEAN),
        ({"nomination": Nomination(0.9, 0.1, True)}, ClassVerdict.CONTEXT),
        ({"nomination": AT_NULL, "suffices": _effect(FLOOR, FLOOR, 1.0)}, ClassVerdict.CONTEXT),
        ({"nomination": AT_NULL, "suffices": _effect(0.5, FLOOR - 1e-9, 1.0)}, ClassVerdict.CLEAN),
    ):
        assert decide(_cleared(**changes), SETTINGS).verdict is verdict
    hinted = {Cue.BLUR: SwapTest(None, _effect(0.1, 0.01, 0.2), two_sided=False)}
    found = decide(_cleared(nomination=AT_NULL, appearance=hinted), SETTINGS)
    assert found.verdict is ClassVerdict.SUSPECTED


def why(decision: Decision, named: NamedCue | None = None, **changes: Any) -> Reason:
    return reason(_evidence(**changes), decision, named, SETTINGS)


def notes(decision: Decision, named: NamedCue | None = None, **changes: Any) -> Any:
    return why(decision, named, **changes).numbers["notes"]


def cue_named(cue: Cue) -> NamedCue:
    return NamedCue(cue, Location(OfCue(cue)), _effect(0.3, 0.2, 0.4), ())


def test_the_numbers_of_a_reason() -> None:
    numbers = why(BY_BACKGROUND).numbers
    assert numbers["name"] == "boat"
    assert (numbers["needed"], numbers["floor"], numbers["bar"]) == (LEAST, FLOOR, FLOOR / 2)
    assert (numbers["loss"], numbers["loss_low"], numbers["loss_high"]) == (0.71, 0.62, 0.79)
    assert numbers["left"] == pytest.approx(0.95 - 0.71)
    assert (numbers["donors"], numbers["least"]) == (40, 5)
    assert numbers["suffices"] is None
    assert why(BY_BACKGROUND, usual=0.5).numbers["left"] == 0.0
    assert why(BY_BACKGROUND, usual=None).numbers["left"] is None
    stable = replace(BY_BACKGROUND, mask_stability=0.75)
    assert why(stable).numbers["stable"] == 0.75
    assert "stable" not in numbers


def test_notes_narrow_the_cue_down() -> None:
    assert notes(BY_BACKGROUND, cue_named(Cue.BACKGROUND)) == ()
    patch = why(BY_BACKGROUND, cue_named(Cue.CORNER_MARK))
    assert patch.numbers["notes"] == ("note.patch",)
    assert patch.numbers["patch"] == 0.3
    assert patch.numbers["where"] is not None
    frame = why(BY_BACKGROUND, cue_named(Cue.BORDER_FRAME))
    assert (frame.numbers["notes"], frame.numbers["part"]) == (("note.part",), 0.3)
    assert notes(BY_BACKGROUND, cue_named(Cue.EDGE_MARK)) == ("note.part",)
    shared = reason(_evidence(), BY_BACKGROUND, None, SETTINGS, shares=("cat",))
    assert shared.numbers["notes"] == ("note.shares",)
    assert shared.numbers["shares"] == ("cat",)
    assert notes(BY_BACKGROUND, nomination=AT_NULL) == ("note.silent",)
    assert notes(BY_BACKGROUND, nomination=Nomination(None, None, False)) == ("note.unscored",)
    assert notes(BY_BACKGROUND, nomination=AT_NULL, masked=0) == ()
    assert notes(BY_BACKGROUND, background=_table(apart=False)) == ("note.most_cued",)


def test_the_code_is_that_of_the_widest_test() -> None:
    assert why(BY_BACKGROUND).code == "confirmed.background"
    rival = _table(sufficiency=NOTHING, rival="cat", rival_pull=_effect(4.0, 3.0, 5.0))
    found = why(BY_BACKGROUND, background=rival)
    assert (found.code, found.numbers["rival"]) == ("confirmed.rival", "cat")
    pair = PairTest(STRONG, WON, two_sided=True)
    for owner, told in ((None, "confirmed.pair"), ("boat", "confirmed.owner")):
        decision = decide(_evidence(background=pair, pair=_pair(owner)), SETTINGS)
        assert why(decision, background=pair, pair=_pair(owner)).code == told
    looks = {
        Cue.BORDER_FRAME: SwapTest(STRONG, WON, two_sided=True),
        Cue.BLUR: SwapTest(None, VAGUE, two_sided=False),
    }
    by_looks = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.BORDER_FRAME, Cue.BLUR))
    found = why(by_looks, appearance=looks)
    assert (found.code, found.numbers["cue"]) == ("confirmed.attribute", "border frame")
    assert found.numbers["loss"] == 0.71
    found = why(by_looks, cue_named(Cue.BLUR), appearance=looks)
    assert (found.code, found.numbers["cue"]) == ("confirmed.attribute_given", "blur")
    assert found.numbers["won"] == 0.08


SUSPECTED = Decision(ClassVerdict.SUSPECTED)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"needed": None}, "suspected.open"),
        ({"sufficiency": _effect(1.0, 1e-9, 2.0), "apart": False}, "suspected.only_cued"),
        ({"sufficiency": _effect(1.0, 0.0, 2.0), "apart": False}, "suspected.needed"),
        ({"needed": _effect(0.1, 0.06, 0.2, fills={"a": 0.05, "b": 0.15})}, "suspected.fills"),
        ({"needed": _effect(0.09, 0.06, 0.2, fills={"a": 0.05, "b": 0.13}),
          "sufficiency": OPEN_PULL}, "suspected.open"),
        ({"sufficiency": NOTHING}, "suspected.needed"),
        ({"needed": VAGUE}, "suspected.won"),
        ({"needed": VAGUE, "sufficiency": OPEN_PULL}, "suspected.open"),
    ],
)  # fmt: skip
def test_what_is_proved_of_a_suspicion_and_what_is_not(changes: dict[str, Any], code: str) -> None:
    # Not ruled out: with so high a bound of what is won it cannot be.
    table = _table(**({"won": _effect(0.5, 0.4, 0.6)} | changes))
    found = why(SUSPECTED, background=table)
    assert found.code == code
    assert found.numbers.get("fills") == ((0.05, 0.15) if code == "suspected.fills" else None)


def test_a_suspicion_without_a_test_of_the_background() -> None:
    assert why(SUSPECTED, audit_tested=0).code == "suspected.not_run"
    pair = PairTest(VAGUE, VAGUE, two_sided=True)
    assert why(SUSPECTED, background=pair).code == "suspected.pair"
    hint = {
        Cue.BORDER_FRAME: SwapTest(NOTHING, NOTHING, two_sided=True),
        Cue.BLUR: SwapTest(None, _effect(0.1, 0.01, 0.2), two_sided=False),
    }
    for background in (None, CLEAR):
        found = why(SUSPECTED, background=background, appearance=hint)
        assert (found.code, found.numbers["cue"]) == ("suspected.attribute", "blur")


def test_what_clears_a_class_is_told() -> None:
    clean, context = Decision(ClassVerdict.CLEAN), Decision(ClassVerdict.CONTEXT)
    assert why(clean, background=CLEAR).code == "clean.loss"
    pull = replace(CLEAR, needed=VAGUE)
    assert why(clean, background=pull).code == "clean.pull"
    assert why(clean, background=PairTest(NOTHING, NOTHING, two_sided=True)).code == "clean.pair"
    beside = why(clean, background=CLEAR, pair=_pair("cat", NOTHING))
    assert beside.code == "clean.beside_owner"
    unscored = why(clean, background=CLEAR, nomination=Nomination(None, None, False))
    assert unscored.numbers["notes"] == ("note.unscored",)
    assert "notes" not in why(clean, background=CLEAR).numbers
    for nomination, code in (
        (AT_NULL, "context.empty"),
        (Nomination(0.9, 0.1, True), "context.nominated"),
    ):
        found = why(context, background=CLEAR, nomination=nomination)
        assert (found.code, found.numbers["notes"]) == (code, ("clean.loss",))
