from __future__ import annotations

import io
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from auditor.domain.schema import names
from auditor.interventions.evidence import render
from auditor.interventions.patch_strips import GAP, patch_strip
from auditor.interventions.patch_strips import SIDE as STRIP_SIDE
from auditor.interventions.showcase import (
    CASES_A_CLASS,
    LOOKS_A_CLASS,
    looked_at,
    showcase,
    worst_cases,
)
from auditor.interventions.trial_frame import trials_of
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


def test_looks_of_named_and_worst_cases_are_shown_few_of_a_class() -> None:
    cases = pd.DataFrame(
        {
            "case_id": [f"{label}{i:02}" for label in "ab" for i in range(20)],
            "label": [label for label in "ab" for _ in range(20)],
            "tested": True,
        }
    )
    named = {"a19", "b17"}
    worst = worst_cases(cases, named)
    assert named <= set(worst)
    assert len(worst) == 2 * CASES_A_CLASS
    looked = looked_at(cases[cases["case_id"].isin(worst)], named)
    assert named <= set(looked)
    assert len(looked) == 2 * LOOKS_A_CLASS
    trials = pd.DataFrame(
        [
            {
                "case_id": case,
                "label": case[0],
                "intervention": kind,
                "fill": "none",
                "donor": None,
                "p_label": 0.5,
                "place": place,
            }
            for case in worst
            for kind, place in (
                ("original", None),
                ("cast_other", None),
                ("jpeg", None),
                ("exchange_other", "region top 0.150"),
                ("exchange_other", "property noise"),
            )
        ]
    )
    shown = showcase(trials, worst, looked)
    assert set(shown["intervention"]) == {"original", "cast_other"}
    placed = showcase(trials, worst, looked, {"a": "region top 0.150"})
    exchanged = placed[placed["intervention"] == "exchange_other"]
    assert set(exchanged["place"]) == {"region top 0.150"}
    assert set(exchanged["case_id"]) == {case for case in looked if case.startswith("a")}
    assert set(shown.loc[shown["intervention"] == "cast_other", "case_id"]) == set(looked)
    assert len(showcase(trials, worst)) == len(worst)


def test_of_an_edge_the_control_shows_the_same_image() -> None:
    given = {"x": 0.1, "y": 0.5, "z": 0.9}
    control = {"x": 0.2, "y": 0.3, "z": 0.0}
    trials = pd.DataFrame(
        [
            {
                "case_id": "a",
                "label": "a",
                "intervention": kind,
                "fill": "none",
                "donor": donor,
                "p_label": p,
                "place": None,
            }
            for kind, asked in (("beside_given", given), ("beside_given_control", control))
            for donor, p in asked.items()
        ]
    )
    shown = showcase(trials, ["a"], ["a"]).set_index("intervention")["donor"]
    assert shown.to_dict() == {"beside_given": "y", "beside_given_control": "y"}


def test_a_salient_patch_is_drawn_where_the_map_has_it() -> None:
    maps = torch.zeros(len(SAMPLES), 5, 5)
    maps[:, 0, 0] = 1.0
    network = classifier(ColourProbe(CORNER, [1, 2]), ["land", "sea"])
    found = run_all(network, SUBJECTS, swaps=2, batch_size=8, maps=maps)
    trial = next(t for t in found if t.intervention == "patch_other")
    picture = next(render(SUBJECTS, [trial], maps)).picture
    pixels = np.asarray(Image.open(io.BytesIO(picture))).astype(int)
    assert np.abs(pixels[3, 3] - GROUND[trial.donor_label or ""]).max() < 25
    assert np.abs(pixels[30, 35] - GROUND[trial.label]).max() < 25


def test_a_strip_shows_each_image_and_its_patch() -> None:
    maps = torch.zeros(len(SAMPLES), 5, 5)
    maps[:, 0, 4] = 1.0
    strip = np.asarray(Image.open(io.BytesIO(patch_strip(SUBJECTS, maps)))).astype(int)
    assert strip.shape == (2 * STRIP_SIDE, len(SAMPLES) * (STRIP_SIDE + GAP) - GAP, 3)
    bright, dim = strip[8, STRIP_SIDE - 8], strip[STRIP_SIDE - 8, 8]
    assert np.abs(bright - GROUND["land"]).max() < 25
    assert bright[1] > 2 * dim[1]
    assert np.abs(strip[STRIP_SIDE + 60, 60] - GROUND["land"]).max() < 25


def test_same_bytes_again_from_stored_trials(trials: list) -> None:
    stored = trials_of(pd.DataFrame(map(asdict, trials[::9])))
    assert list(render(SUBJECTS, stored)) == list(render(SUBJECTS, trials[::9]))


def test_rows_are_those_of_the_schema(trials: list) -> None:
    assert list(asdict(next(render(SUBJECTS, trials[:1])))) == names("evidence")
    assert list(render(SUBJECTS, [])) == []
