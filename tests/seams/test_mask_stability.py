"""Verdicts recomputed under wrong masks, through real audits with automatic masks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import auditor
from auditor.domain.mask_errors import LEAST_STABLE
from auditor.pipeline.mask_stage import DONORS, OBJECTS, choose_swaps, doubted_classes
from tests.fakes.planted import CLASSES, config_of, write_dataset

FUNCTION = """
import numpy as np
from scipy import ndimage
from tests.fakes.planted import COLOURS

def exact(image, label):
    return np.abs(image.astype(int) - COLOURS[label]).max(axis=2) < 40

def short(image, label):
    mask = exact(image, label)
    return ndimage.binary_erosion(mask, iterations=5) if label in ("red", "green") else mask
"""


def _audited(folder: Path, name: str, **findings: object) -> tuple[pd.DataFrame, dict[str, float]]:
    (folder / "masks_for_stability.py").write_text(FUNCTION)
    write_dataset(folder / "data", per_class=24)
    sections = {
        "data": {"auto_mask": f"masks_for_stability:{name}", "masks": None},
        "interventions": {"per_class": 24},
        "findings": findings,
    }
    run = auditor.audit(config_of(folder / "data", **sections))
    return run.classes().set_index("class"), run.manifest["timings"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("AUDITOR_MASK_CACHE", str(tmp_path / "cache"))


@pytest.mark.slow
def test_a_verdict_that_hangs_on_short_masks_falls_and_one_that_does_not_stands(
    tmp_path: Path,
) -> None:
    """Masks of red and green leave a ring of the object on its background, which then tells the
    class: a little larger, and that is over. The yellow background of `cued` stays a cue."""
    classes, _ = _audited(tmp_path, "short")
    assert classes.loc["cued", "verdict"] == "confirmed"
    assert classes.loc["cued", "mask_stability"] >= LEAST_STABLE
    for name in ("red", "green"):
        assert classes.loc[name, "reason_code"] == "undetermined.masks"
        assert classes.loc[name, "mask_stability"] < LEAST_STABLE
        numbers = json.loads(classes.loc[name, "reason_numbers"])
        assert numbers["stable"] == classes.loc[name, "mask_stability"]
        assert name in classes.loc[name, "action"]


@pytest.mark.slow
def test_good_masks_stand_and_without_the_stage_nothing_is_said(tmp_path: Path) -> None:
    classes, _ = _audited(tmp_path, "exact")
    assert classes["verdict"].to_dict() == {
        name: "confirmed" if name == "cued" else "clean" for name in CLASSES
    }
    assert (classes["mask_stability"] >= LEAST_STABLE).all()
    other = tmp_path / "other"
    other.mkdir()
    told, timings = _audited(other, "exact", mask_stability="off")
    assert told["mask_stability"].isna().all()
    assert told["verdict"].equals(classes["verdict"])
    assert np.isfinite(timings["masks"])


def _swaps() -> pd.DataFrame:
    rows = [
        {"case_id": f"a{i}", "label": "a", "fill": "blur", "intervention": kind, "donor": donor}
        for i in range(30)
        for kind, donors in (
            ("background_same", (f"a{(i + 1) % 30}", f"a{(i + 2) % 30}")),
            ("background_other", tuple(f"b{(i + j) % 9}" for j in range(5))),
        )
        for donor in donors
    ]
    return pd.DataFrame(rows)


def test_the_choice_of_swaps_follows_from_the_trials_alone() -> None:
    """So that every rank, and an audit that is resumed, asks the same."""
    trials = _swaps()
    sampled = frozenset(trials["case_id"]) - {"a7"}
    chosen = choose_swaps(trials, "a", sampled)
    assert chosen == choose_swaps(trials.sample(frac=1.0, random_state=3), "a", sampled)
    assert len({swap.case for swap in chosen}) == OBJECTS
    assert len(chosen) == OBJECTS * DONORS
    assert "a7" not in {swap.case for swap in chosen}
    assert len({swap.other for swap in chosen}) == 9


def test_whose_masks_are_tried_follows_the_setting() -> None:
    cases = pd.DataFrame(
        {
            "label": ["drawn"] * 4 + ["mixed"] * 4 + ["bare"] * 2,
            "mask_source": ["file"] * 4 + ["auto", "file", "file", "file"] + ["none"] * 2,
        }
    )
    assert doubted_classes(cases, "auto") == ("mixed",)
    assert doubted_classes(cases, "always") == ("drawn", "mixed")
    assert doubted_classes(cases, "off") == ()
