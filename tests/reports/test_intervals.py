from __future__ import annotations

from auditor.domain.interventions import Intervention
from auditor.domain.measures import Format
from auditor.reports.intervals import position, whisker
from auditor.reports.words import INTERVENTIONS


def test_dots_lie_where_their_numbers_are() -> None:
    assert position(-0.1) == 0.0
    assert position(1.0) == 100.0
    # 0.45 is half way from -0.1 to 1.
    assert position(0.45) == 50.0
    assert position(7.0) == position(1.0)
    assert position(0.5, low=0.0) == 50.0
    drawn = whisker(0.45, -0.1, 1.0)
    assert drawn is not None
    assert (drawn.low, drawn.dot, drawn.high) == (0.0, 50.0, 100.0)
    assert drawn.said == "45% (−10…100%)"
    decimals = whisker(0.45, 0.4, 0.5, format_=Format.DECIMAL)
    assert decimals is not None
    assert decimals.said == "0.45 (0.40–0.50)"
    bare = whisker(0.45, None, None)
    assert bare is not None
    assert bare.low is None
    assert whisker(None, None, None) is None


def test_every_change_has_a_word() -> None:
    assert set(INTERVENTIONS) == {intervention.value for intervention in Intervention}
