"""The loop closes on the sample data: what was confirmed needs its cue less, and little is lost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from auditor.cli.demo import sample_data
from examples.remedy.loop import CUED, deal, loop


def test_no_picture_is_in_both_halves_and_every_class_is_large_enough(tmp_path: Path) -> None:
    train, held_out = (pd.read_csv(file) for file in deal(sample_data(), tmp_path))
    assert not set(train["image"]) & set(held_out["image"])
    assert len(train) + len(held_out) == 448
    assert held_out["label"].value_counts().min() >= 30


@pytest.mark.slow
def test_the_loop_closes(tmp_path: Path) -> None:
    """With fewer changed images than in docs/remedy.md, and without plain augmentation."""
    arms, out = ("counterexamples",), tmp_path / "remedy"
    found = loop(out, per_class=128, steps=280, seed=0, arms=arms, tested=20)
    before, after = found["nothing"], found["counterexamples"]
    assert set(before.confirmed) == set(CUED)
    assert set(after.confirmed) <= set(CUED)
    for name in CUED:
        assert after.effects[name][2] < before.effects[name][0], "the intervals are not apart"
        assert after.capture[name][1] < before.capture[name][0]
    assert after.worst_group > before.worst_group + 0.1
    assert after.against_the_cue > before.against_the_cue + 0.1
    assert after.accuracy > before.accuracy - 0.02
