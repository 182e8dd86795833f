"""Where a case shows its class's mark: what the audit removed, else what its map points at."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.config import AuditConfig
from auditor.counterexamples.inputs import mark_boxes
from auditor.counterexamples.marks import Box
from auditor.domain.cues import Cue
from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.imagery.rle import encode_rle

PLACE = "0.000 0.700 0.300"
BOX = (0, 12, 28, 40)
PEAK = (25, 40, 0, 15)
"""Of the map: its lower left cell and half a cell around it."""


def boxes(
    cue: Cue, *trials: tuple[str, str, float, float], place: str = PLACE, **odd: Any
) -> dict[str, Box]:
    """Of cases `a` and `b`, given trials: case, intervention, p_label, p_label_control.

    Args:
        cue: of their class.
        trials: see above.
        place: of every trial.
        odd: other cells of the cases.
    """
    mask = np.zeros((40, 40), dtype=bool)
    mask[20:, 20:] = True
    cam = np.zeros((4, 4), np.uint8)
    cam[3, 0] = 200
    case: dict[str, Any] = {
        "label": "cued",
        "cam": cam.tobytes(),
        "cam_height": 4,
        "cam_width": 4,
        "cam_scale": 1.0,
        "mask": encode_rle(mask),
        "image_height": 40,
        "image_width": 40,
    }
    cases = pd.DataFrame([case | odd | {"case_id": name} for name in "ab"])
    columns = ["case_id", "intervention", "p_label", "p_label_control"]
    tried = pd.DataFrame(trials, columns=columns).assign(label="cued", place=place)
    seen = Manifest(preprocess=Preprocess(resize=40, crop=None))
    run = SimpleNamespace(
        path=Path("run"), cases=lambda: cases, trials=lambda: tried, metadata=seen
    )
    config = AuditConfig.from_dict(
        {
            "data": {"path": "images"},
            "model": {"factory": "m:f"},
        }
    )
    samples = [Sample(name, f"{name}.jpg", Path(name), "cued") for name in "ab"]
    return mark_boxes(run, config, samples, {"cued": cue})  # type: ignore[arg-type]


def test_of_a_tested_class_only_patches_whose_loss_costs_the_answer_are_marks() -> None:
    found = boxes(
        Cue.CORNER_MARK,
        ("a", "salient_removed", 0.2, 0.9),
        ("a", "salient_removed", 0.8, 0.9),
        ("b", "salient_removed", 0.88, 0.9),
        ("b", "beside_removed", 0.1, 0.9),
    )
    assert found == {"a": BOX}


def test_an_edge_mark_is_what_lies_across_the_outline() -> None:
    tried = [("a", "salient_removed", 0.1, 0.9), ("b", "edge_removed", 0.1, 0.9)]
    assert boxes(Cue.EDGE_MARK, *tried) == {"b": BOX}


@pytest.mark.parametrize("control", [0.25, float("nan")])
def test_a_patch_that_costs_no_more_than_its_control_is_no_mark(control: float) -> None:
    assert boxes(Cue.CORNER_MARK, ("a", "salient_removed", 0.2, control)) == {}


def test_where_nothing_was_tried_the_map_tells() -> None:
    assert boxes(Cue.CORNER_MARK) == {"a": PEAK, "b": PEAK}


def test_a_place_or_a_mask_that_no_audit_writes_is_refused() -> None:
    trial = ("a", "salient_removed", 0.1, 0.9)
    oddities: list[dict[str, Any]] = [{"place": "patch 0 0"}, {"place": ""}, {"mask": "{}"}]
    for odd in oddities:
        with pytest.raises(RunError) as caught:
            boxes(Cue.CORNER_MARK, trial, **odd)
        assert caught.value.code == "run.impossible_rows"


def test_a_background_has_no_place() -> None:
    assert boxes(Cue.BACKGROUND, ("a", "salient_removed", 0.2, 0.9)) == {}
