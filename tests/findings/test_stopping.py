"""Which classes an early look may decide, on evidence written out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.edge_test import EdgeSwapTest
from auditor.findings.evidence.held_to_look import held_to
from auditor.findings.evidence.pair import PairEvidence
from auditor.findings.evidence.swap_test import PairTest, SwapTest, TableTest
from auditor.findings.verdicts.class_verdicts import UndeterminedReason, decide
from auditor.findings.verdicts.stopping import closed_tests, settled
from auditor.statistics.sequential import LookPosition
from tests.findings.test_class_verdicts import (
    AT_NULL,
    CLEAR,
    NOTHING,
    OPEN_PULL,
    PULL,
    STRONG,
    VAGUE,
    WON,
    _cleared,
    _evidence,
    _table,
)

SETTINGS = FindingsSection()
PAIR = PairEvidence(("boat", "house"), None, None, {}, None, {}, frozenset())


def stops(*evidence: ClassEvidence) -> set[str]:
    return set(settled(evidence, {e.name: decide(e, SETTINGS) for e in evidence}, SETTINGS))


@pytest.mark.parametrize(
    "evidence",
    [
        _evidence(),
        _cleared(),
        _cleared(nomination=AT_NULL),
    ],
)
def test_an_own_cue_and_a_cleared_class_stop(evidence: ClassEvidence) -> None:
    assert stops(evidence) == {"boat"}


@pytest.mark.parametrize(
    "evidence",
    [
        _evidence(background=_table(sufficiency=OPEN_PULL)),  # suspected
        _cleared(background=replace(CLEAR, needed=VAGUE, fitted=VAGUE, sufficiency=OPEN_PULL)),
        _evidence(tested=12),  # too few
        _evidence(background=_table(apart=False)),  # no donors without a cue are known
        _cleared(background=replace(CLEAR, apart=False)),
        _evidence(background=_table(sufficiency=NOTHING, rival="ship", rival_pull=PULL)),
        _evidence(background=PairTest(STRONG, WON, two_sided=True), pair=PAIR),
        _cleared(background=PairTest(NOTHING, NOTHING, two_sided=True), pair=PAIR),
        _evidence(background=SwapTest(STRONG, WON, two_sided=True)),
    ],
)
def test_what_only_a_whole_sample_answers_goes_on(evidence: ClassEvidence) -> None:
    assert stops(evidence) == set()


def test_a_cleared_class_with_half_a_proof_goes_on() -> None:
    """As a sticker across the edge at its first look (repeated intervals): the whole of it costs
    much, the part beside the object something, what that wins is open."""
    beside = replace(STRONG, mean=0.05, low=0.01, high=0.10, fills={"blur": 0.05, "patches": 0.05})
    won = replace(WON, mean=0.02, low=-0.001, high=0.05, fills={"blur": 0.02, "patches": 0.02})
    edge = EdgeSwapTest(beside, won, two_sided=True, removed=STRONG)
    class_ = _cleared(appearance={Cue.EDGE_MARK: edge}, nomination=AT_NULL)
    assert decide(class_, SETTINGS).verdict is ClassVerdict.CLEAN
    assert stops(class_) == set()
    unaffected = replace(edge, needed=replace(beside, low=-0.01))
    assert stops(replace(class_, appearance={Cue.EDGE_MARK: unaffected})) == {"boat"}
    ruled_out = replace(edge, removed=replace(STRONG, mean=0.05, low=0.03, high=0.08))
    assert stops(replace(class_, appearance={Cue.EDGE_MARK: ruled_out})) == {"boat"}


def test_a_class_that_the_network_does_not_know_stops_where_all_is_ruled_out() -> None:
    unknown = _cleared(usual=0.12, appearance={Cue.COLOUR_CAST: CLEAR})
    assert decide(unknown, SETTINGS).gate is UndeterminedReason.NOTHING_TO_LOSE
    assert stops(unknown) == {"boat"}
    assert stops(replace(unknown, usual=0.16)) == set()  # near what there has to be to lose
    assert stops(replace(unknown, appearance={Cue.BLUR: _table(sufficiency=OPEN_PULL)})) == set()


def test_a_class_whose_cue_another_may_share_goes_on_until_that_one_is_cleared() -> None:
    boat = _evidence(lent={"ship": PULL.mean, "tree": 0.1})
    ship = _evidence(name="ship", background=_table(sufficiency=OPEN_PULL))
    tree = _cleared(name="tree")
    assert stops(boat, ship, tree) == {"tree"}
    assert stops(boat, _cleared(name="ship"), tree) == {"boat", "ship", "tree"}
    assert stops(replace(boat, lent={"ship": 0.4 * PULL.mean}), ship, tree) == {"boat", "tree"}


def test_what_is_ruled_out_and_the_edge_beside_a_confirmed_background_are_tried_no_more() -> None:
    given = {Cue.COLOUR_CAST: CLEAR, Cue.BLUR: _table()}
    assert closed_tests(*_decided(_cleared(appearance=given))) == {Cue.COLOUR_CAST}
    assert closed_tests(*_decided(_evidence(appearance=given))) == {
        Cue.COLOUR_CAST,
        Cue.EDGE_MARK,
    }
    edge = EdgeSwapTest(VAGUE, VAGUE, two_sided=True, removed=VAGUE)
    suspected = _evidence(
        background=_table(sufficiency=OPEN_PULL), appearance={Cue.EDGE_MARK: edge}
    )
    assert closed_tests(*_decided(suspected)) == set()
    nothing = EdgeSwapTest(NOTHING, NOTHING, two_sided=True, removed=NOTHING)
    assert closed_tests(*_decided(replace(suspected, appearance={Cue.EDGE_MARK: nothing}))) == {
        Cue.EDGE_MARK
    }


def test_evidence_is_held_to_the_look_in_every_effect() -> None:
    edge = EdgeSwapTest(STRONG, WON, two_sided=True, removed=STRONG)
    known = [replace(e, degrees=11) for e in (STRONG, WON, PULL)]
    test = TableTest(
        known[0],
        known[1],
        two_sided=True,
        necessity=known[2],
        sufficiency=known[2],
        fitted=known[0],
        rival_pull=known[2],
        apart=True,
    )
    appearance = {Cue.EDGE_MARK: replace(edge, removed=known[0])}
    early = held_to(
        _evidence(background=test, appearance=appearance, suffices=known[0]),
        LookPosition((20, 32, 44, 64), 0),
    )
    assert early.look == 20
    held = early.background
    assert isinstance(held, TableTest)
    marked = early.appearance[Cue.EDGE_MARK]
    assert isinstance(marked, EdgeSwapTest)
    pairs = [
        *zip((held.needed, held.won), known, strict=False),
        *((e, known[2]) for e in (held.necessity, held.sufficiency, held.rival_pull)),
        *((e, known[0]) for e in (held.fitted, marked.removed, early.suffices)),
    ]
    for now, before in pairs:
        assert now is not None
        assert now.low < before.low < now.mean < before.high < now.high  # type: ignore[operator]
        assert now.p_value > before.p_value  # type: ignore[operator]


def _decided(evidence: ClassEvidence):  # type: ignore[no-untyped-def]
    return evidence, decide(evidence, SETTINGS), SETTINGS
