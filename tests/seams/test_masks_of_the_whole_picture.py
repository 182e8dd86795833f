"""Masks that cover the whole picture: nothing can be swapped, and that is what an audit says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import auditor
from tests.fakes.planted import CLASSES, config_of, write_dataset

FULL = "cued"


@pytest.mark.slow
def test_a_class_of_full_masks_has_no_rate_and_says_what_is_wrong(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=24)
    masks = sorted((tmp_path / "masks" / FULL).iterdir())
    assert masks
    for path in masks:
        with Image.open(path) as mask:
            size = mask.size
        Image.new("L", size, 255).save(path)
    run = auditor.audit(config_of(tmp_path))
    row = run.classes().set_index("class").loc[FULL]
    assert row["reason_code"] == "undetermined.unusable_masks"
    assert "mask_doubt" in row["action"]
    assert pd.isna(row["shortcut_rate"])
    assert pd.isna(row["shortcut_rate_high"])
    assert pd.isna(row["background_effect"])
    cases = run.cases()
    own = cases[cases["label"] == FULL]
    assert set(own["verdict"]) == {"undetermined"}
    assert set(own["reason_code"]) == {"undetermined.mask"}
    others = cases[cases["sampled"] & cases["p_background_other"].notna()]
    assert set(others["label"]) == set(CLASSES) - {FULL}
    rate = (others["verdict"] == "shortcut").mean()
    assert run.summary["shortcut_rate"] == pytest.approx(rate)
    others_told = run.classes().set_index("class").loc[[c for c in CLASSES if c != FULL]]
    assert others_told["shortcut_rate"].notna().all()
