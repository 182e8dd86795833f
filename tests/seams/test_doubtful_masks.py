"""Automatic masks that miss drawn ones confirm nothing, through a real audit."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor
from auditor.domain.auto_masks import TRUSTED_IOU
from tests.fakes.planted import CLASSES, config_of, write_dataset

FUNCTION = """
import numpy as np
def {name}(image, label):
    mask = np.zeros(image.shape[:2], np.uint8)
    {body}
    return mask
"""
WRONG = "mask[:2, :2] = 1"


@pytest.mark.slow
def test_masks_that_miss_drawn_ones_confirm_nothing_by_swaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of the masks are drawn; the others are a corner of the picture."""
    (tmp_path / "wrong_masks_for_test.py").write_text(FUNCTION.format(name="corner", body=WRONG))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDITOR_MASK_CACHE", str(tmp_path / "cache"))
    write_dataset(tmp_path / "data", per_class=24)
    for path in (tmp_path / "data" / "masks").rglob("*.png"):
        if int(path.stem) >= 3:
            path.unlink()
    run = auditor.audit(
        config_of(tmp_path / "data", data={"auto_mask": "wrong_masks_for_test:corner"})
    )
    assert run.manifest["auto_masks"]["iou"][1] < TRUSTED_IOU
    classes = run.classes().set_index("class")
    told = dict(zip(classes.index, classes["reason_code"], strict=True))
    # What needs no mask, such as an exchanged frame, still counts.
    without_mask = {name for name, code in told.items() if code.startswith("confirmed.attribute")}
    assert {told[name] for name in set(CLASSES) - without_mask} == {"undetermined.doubtful_masks"}
    for name in set(CLASSES) - without_mask:
        assert "data.auto_mask" in classes.loc[name, "action"]
