"""Who counts as cue-reliant, who as unaffected, and who as neither."""

from __future__ import annotations

import pytest

from auditor.domain.verdicts import ClassVerdict
from auditor.selftest.cues import CueKind
from auditor.selftest.making import Truth
from auditor.selftest.rates import CountedRate, PlantedOutcome, detection, false_alarms


def _outcome(loss: float, verdict: ClassVerdict) -> PlantedOutcome:
    truth = Truth("star", CueKind.TAG, 0.9, 0.8, loss, loss, None)
    return PlantedOutcome("world", truth, verdict, None)


def test_rates_count_confirmed_classes_alone() -> None:
    outcomes = [
        _outcome(0.40, ClassVerdict.CONFIRMED),
        _outcome(0.30, ClassVerdict.SUSPECTED),
        _outcome(0.10, ClassVerdict.CONFIRMED),
        _outcome(0.07, ClassVerdict.CONFIRMED),
        _outcome(0.00, ClassVerdict.CONFIRMED),
        _outcome(0.02, ClassVerdict.CLEAN),
        _outcome(-0.1, ClassVerdict.UNDETERMINED),
    ]
    assert detection(outcomes) == CountedRate(2, 3)
    assert false_alarms(outcomes) == CountedRate(1, 3)


def test_a_rate_of_nothing_is_unknown() -> None:
    empty = detection([])
    assert empty.value is None
    assert empty.interval is None


def test_the_interval_is_wilsons() -> None:
    low, high = CountedRate(8, 10).interval or (0, 0)
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
