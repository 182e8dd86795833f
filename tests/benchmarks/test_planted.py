"""The benchmark's own arithmetic: its design, its tallies, the baselines on maps made by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.selftest.rendering import recipes, render
from benchmarks.planted import scoring
from benchmarks.planted.baselines import map_scores
from benchmarks.planted.photos import Photos
from benchmarks.planted.worlds import CORRELATIONS, KINDS, SIZES, entries

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
SQUARE = [entry.world for entry in entries(1) if entry.part == "square"]


def test_every_kind_meets_every_correlation_and_every_size() -> None:
    cells = Counter(
        (planted.kind, planted.correlation) for w in SQUARE for planted in w.planted.values()
    )
    assert {(kind, rate) for kind in KINDS for rate in CORRELATIONS} == set(cells)
    sizes = {(p.kind, world.sizes) for world in SQUARE for p in world.planted.values()}
    assert len(sizes) >= 0.8 * len(KINDS) * len(SIZES)


def test_no_network_carries_a_kind_twice_and_half_of_its_classes_are_clean() -> None:
    for world in SQUARE:
        kinds = [planted.kind for planted in world.planted.values()]
        assert len(kinds) == len(set(kinds)) == len(world.classes) // 2


def test_names_are_unique_and_seeds_differ() -> None:
    names = [entry.world.name for entry in entries(1)]
    assert len(names) == len(set(names))
    assert {e.world.seed for e in entries(1)}.isdisjoint({e.world.seed for e in entries(5000)})


def _rows(*rows: tuple[float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["true_loss", "verdict"])


def test_tally_counts_the_cue_reliant_and_the_unaffected_apart() -> None:
    table = _rows(
        (0.5, "confirmed"), (0.3, "clean"), (0.07, "confirmed"), (0.0, "confirmed"), (0.0, "clean")
    )
    counted = scoring.tally(table, scoring.confirmed(table))
    assert (counted.hits, counted.cue_reliant) == (1, 2)
    assert (counted.alarms, counted.unaffected, counted.flagged) == (1, 2, 3)
    assert (counted.precision, counted.recall) == (0.5, 0.5)


def test_hindsight_finds_the_cut_that_separates() -> None:
    table = _rows((0.5, "-"), (0.4, "-"), (0.0, "-"), (0.0, "-")).assign(
        map_mass=[0.9, 0.8, 0.6, 0.3], estimate=[0.5, 0.6, 0.0, 0.1]
    )
    flagged = scoring.baseline(table, "mass", scoring.hindsight(table, "mass"))
    assert flagged.tolist() == [True, True, False, False]
    assert scoring.auroc(table, "map_mass") == 1.0
    assert scoring.spearman(table) == (pytest.approx(3.5 / 22.5**0.5), 4)


def test_baselines_find_a_cluster_of_maps_in_the_corner() -> None:
    rng = np.random.default_rng(0)
    rows = []
    for number in range(40):
        cam = rng.integers(0, 20, (8, 8)).astype(np.uint8)
        corner = number < 12
        cam[:2, :2] = 255 if corner else 0
        cam[4:6, 4:6] = 0 if corner else 255
        rows.append(
            {
                "cam": cam.tobytes(),
                "relevance_mass": 0.05 if corner else 0.6,
                "iou": 0.0 if corner else 0.7,
                "border_mass": 0.5 if corner else -0.2,
            }
        )
    found = map_scores(pd.DataFrame(rows))
    assert found["mass"] == pytest.approx(1 - (12 * 0.05 + 28 * 0.6) / 40)
    assert found["spray"] == pytest.approx(0.95, abs=0.01)
    assert found["border"] < 0.1


def test_photographs_hold_no_object_and_no_tag_of_the_sample_data() -> None:
    stuff = Photos(SAMPLE_DATA)
    world = SQUARE[0]
    made = recipes(world, stuff, training=False)[:24]
    for recipe in made:
        image, mask = render(recipe, world, stuff)
        assert image.shape == (world.side, world.side, 3)
        assert 0.02 < mask.mean() < 0.5
    pictures = stuff._pictures
    assert {p.scene for p in pictures} >= set(stuff.plain_kinds) | set(stuff.cue_kinds)
    assert all(len(crops) >= 40 for crops in stuff._crops.values())
