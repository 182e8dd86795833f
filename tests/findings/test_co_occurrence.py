"""Labels that go together, with values by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from auditor.findings.evidence.co_occurrence import LEAST, co_occurrences
from auditor.findings.evidence.label_evidence import answered, auroc


def cases(beside: float, alone: float, *, elsewhere: int = 2) -> pd.DataFrame:
    """20 images with a and b, 10 with a alone, 20 without a of which some carry b."""
    rows = [(f"ab{i}", "a", beside + 0.01 * (i % 2)) for i in range(20)]
    rows += [(f"ab{i}", "b", 0.9) for i in range(20)]
    rows += [(f"a{i}", "a", alone + 0.01 * (i % 2)) for i in range(LEAST)]
    rows += [(f"n{i}", "not a", 0.9) for i in range(20)]
    rows += [(f"n{i}", "b", 0.9) for i in range(elsewhere)]
    frame = pd.DataFrame(rows, columns=["image", "label", "label_probability"])
    frame["case_id"] = frame["image"] + frame["label"]
    return frame.assign(duplicate_group=None, correct=frame["label_probability"] >= 0.5)


def test_an_answer_that_falls_where_the_other_label_is_absent_is_a_possible_cue() -> None:
    found = {(e.label, e.other): e for e in co_occurrences(cases(0.9, 0.3), ["a", "b"], floor=0.1)}
    one = found["a", "b"]
    assert (one.images_with, one.images_without) == (20, 10)
    assert one.share == pytest.approx(2 / 3)
    assert one.share_elsewhere == pytest.approx(0.1)
    assert one.difference == pytest.approx(0.6)
    assert one.low is not None
    assert 0.59 < one.low < 0.6
    assert one.possible_cue
    assert one.association == pytest.approx(0.549, abs=0.01)
    # Of b's images only two lack a: too few to tell.
    assert ("b", "a") not in found


@pytest.mark.parametrize(
    ("beside", "alone", "elsewhere"),
    [(0.9, 0.85, 2), (0.3, 0.9, 2), (0.9, 0.3, 20)],
    ids=["below the floor", "the other way", "more common elsewhere"],
)
def test_what_is_no_cue(beside: float, alone: float, elsewhere: int) -> None:
    (one, *_) = co_occurrences(cases(beside, alone, elsewhere=elsewhere), ["a", "b"], floor=0.1)
    assert not one.possible_cue


def test_accuracy_of_a_label() -> None:
    found = answered(cases(0.9, 0.3), ["a", "c"])
    assert found.accuracy["a"].sensitivity == pytest.approx(2 / 3)
    assert found.accuracy["a"].specificity == 1.0
    assert found.accuracy["a"].balanced == pytest.approx(5 / 6)
    assert found.accuracy["a"].auroc == 1.0
    assert found.by_chance["a"] == pytest.approx(0.1)
    assert found.accuracy["c"].balanced is None


def test_ties_count_half() -> None:
    import numpy as np

    assert auroc(np.array([0.5, 0.9]), np.array([0.5, 0.1])) == pytest.approx(3.5 / 4)
    assert auroc(np.array([]), np.array([0.5])) is None
