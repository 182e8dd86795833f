"""The loop closes on the sample data: what was confirmed needs its cue less, and little is lost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import auditor
from auditor.cli.demo import sample_data
from auditor.comparison.compare import compare
from auditor.comparison.model import Reading
from examples.remedy.loop import CUED, deal, loop


def test_no_picture_is_in_both_halves_and_every_class_is_large_enough(tmp_path: Path) -> None:
    train, held_out = (pd.read_csv(file) for file in deal(sample_data(), tmp_path))
    assert not set(train["image"]) & set(held_out["image"])
    assert len(train) + len(held_out) == 448
    assert held_out["label"].value_counts().min() >= 30


@pytest.mark.slow
def test_the_loop_closes(tmp_path: Path) -> None:
    """With fewer changed images than in docs/remedy.md, and without plain augmentation.

    Both audits change the same pictures, so the differences are paired: two intervals of so few
    pictures overlap where their difference is far from 0.
    """
    arms, out = ("counterexamples",), tmp_path / "remedy"
    found = loop(out, per_class=128, steps=280, seed=0, arms=arms, tested=20)
    before, after = found["nothing"], found["counterexamples"]
    assert set(before.confirmed) == set(CUED)
    assert set(after.confirmed) <= set(CUED)
    said = compare(auditor.open_run(out / "before"), auditor.open_run(out / arms[0]))
    changed = {each.name: each for each in said.classes}
    for name in CUED:
        change = changed[name]
        assert change.reading is Reading.BETTER
        assert change.measures["background_effect"].high < -0.1
        assert change.measures["capture"].high < -0.1
    assert after.worst_group > before.worst_group + 0.1
    assert after.against_the_cue > before.against_the_cue + 0.1
    assert after.accuracy > before.accuracy - 0.02
