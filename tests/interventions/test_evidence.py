from __future__ import annotations

import io
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from auditor.domain.schema import names
from auditor.interventions.evidence import render
from auditor.interventions.trials import trials_of
from tests.interventions.making import (
    CORNER,
    OBJECT,
    SIDE,
    ColourProbe,
    classifier,
    flat_batch,
    run_all,
    sample,
)

SAMPLES = [sample(f"{kind}{i}", kind) for kind in ("land", "sea") for i in range(4)]
SUBJECTS = flat_batch(SAMPLES, [(200, 0, 0)] * 8, [(0, 180, 0)] * 4 + [(0, 0, 160)] * 4)
GROUND = {"land": (0, 180, 0), "sea": (0, 0, 160)}


@pytest.fixture(scope="module")
def trials() -> list:
    network = classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"])
    return run_all(network, SUBJECTS, swaps=2, batch_size=8)


def test_pictures_show_what_was_asked(trials: list) -> None:
    expected = {
        "original": (True, None),
        "object_removed": (False, None),
        "background_other": (True, "other"),
        "empty_other": (False, "other"),
    }
    chosen = [t for t in trials if t.intervention in expected]
    for trial, evidence in zip(chosen, render(SUBJECTS, chosen), strict=True):
        with_object, ground = expected[trial.intervention]
        picture = np.asarray(Image.open(io.BytesIO(evidence.picture))).astype(int)
        assert picture.shape == (SIDE, SIDE, 3)
        middle = (OBJECT.start + OBJECT.stop) // 2
        around = GROUND[trial.donor_label if ground else trial.label]
        assert np.abs(picture[2, 2] - around).max() < 25
        inside = (200, 0, 0) if with_object else around
        assert np.abs(picture[middle, middle] - inside).max() < 25
        assert evidence.probability == trial.p_label


def test_same_bytes_again_from_stored_trials(trials: list) -> None:
    stored = trials_of(pd.DataFrame(map(asdict, trials[::9])))
    assert list(render(SUBJECTS, stored)) == list(render(SUBJECTS, trials[::9]))


def test_rows_are_those_of_the_schema(trials: list) -> None:
    assert list(asdict(next(render(SUBJECTS, trials[:1])))) == names("evidence")
    assert list(render(SUBJECTS, [])) == []
