"""What judging holds of every image, beside the sample: a dataset has millions of them."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from auditor.config import FindingsSection
from auditor.findings.evaluate import evaluate_classes
from auditor.storage.tables import to_frame

CLASSES = ("boat", "car", "cat", "dog")
FEW, MANY = 5_000, 25_000
BYTES = 200
"""An image at the most, at the peak; a text of Python's alone has 65."""


@pytest.mark.slow
def test_class_verdicts_take_little_memory_for_each_image() -> None:
    peak(FEW)  # what is imported and remembered once
    each = (peak(MANY) - peak(FEW)) / (MANY - FEW)
    assert each < BYTES


def peak(images: int) -> int:
    """Bytes at the peak of weighing and concluding, above the light columns of all images."""
    cases, groups = light(images)
    gc.collect()
    tracemalloc.start()
    try:
        evaluation = evaluate_classes(
            cases,
            pd.DataFrame(),
            settings=FindingsSection(),
            seed=0,
            classes=CLASSES,
            null_nominated={},
        )
        judged = pd.DataFrame({"case_id": [], "verdict": [], "p_background_other": []})
        found = evaluation.conclude(judged, groups)
        assert found.summary["images"] == images
        assert found.slices["images"].sum() == 2 * images
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def light(images: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As they come from the parts of an audit, with clusters."""
    rng = np.random.default_rng(0)
    label = pa.array([CLASSES[i % 4] for i in range(images)])
    cases = pa.table(
        {
            "case_id": pa.array([f"{i * 2_654_435_761 % 2**64:016x}" for i in range(images)]),
            "label": label.dictionary_encode(),
            "correct": pa.array(rng.random(images) < 0.9),
            "mask_source": pa.array(["box"] * images).dictionary_encode(),
            "mask_doubt": pa.nulls(images, pa.string()),
            "cam_scale": pa.array(rng.random(images)),
            "relevance_skill": pa.array(rng.random(images)),
            "nominated": pa.array(rng.random(images) < 0.2),
            "duplicate_group": pa.nulls(images, pa.string()),
            "sampled": pa.array(rng.random(images) < 0.01),
            "label_probability": pa.array(rng.random(images)),
            "slice_site": pa.array([f"site {i % 5}" for i in range(images)]).dictionary_encode(),
        }
    )
    groups = {"cluster": [f"{CLASSES[i % 4]} {i % 3}" for i in range(images)], "patch_group": None}
    return to_frame(cases), pd.DataFrame(groups).astype("category")
