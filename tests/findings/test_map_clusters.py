"""Clusters of maps: planted ones come back, whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from auditor.findings.clusters import map_clusters as module
from auditor.findings.clusters.map_clusters import draw, find_clusters

CORNERS = ((0, 0), (0, 5), (5, 0), (5, 5))


def maps(counts: dict[str, list[int]], seed: int = 0) -> pd.DataFrame:
    """Maps on a 7 x 7 grid with a blob in one of four corners each."""
    rng = np.random.default_rng(seed)
    rows = []
    for label, sizes in counts.items():
        for corner, size in enumerate(sizes):
            for i in range(size):
                grid = rng.integers(0, 12, (7, 7))
                top, left = CORNERS[corner]
                grid[top : top + 2, left : left + 2] += rng.integers(120, 240, (2, 2))
                rows.append(
                    {
                        "case_id": f"{label}{corner}{i:04}",
                        "label": label,
                        "cam": grid.astype(np.uint8).tobytes(),
                        "cam_scale": 0.01,
                        "truth": corner,
                    }
                )
    return pd.DataFrame(rows)


def map_clusters(cases: pd.DataFrame, *, seed: int) -> pd.Series:
    drawn = draw(cases, seed=seed)
    return find_clusters(cases[cases["case_id"].isin(drawn)]).of(cases)


def test_four_corners_are_four_clusters_the_largest_first() -> None:
    cases = maps({"fruit": [30, 25, 20, 15], "bird": [40]})
    found = map_clusters(cases, seed=0)
    fruit = cases["label"] == "fruit"
    assert adjusted_rand_score(cases["truth"][fruit], found[fruit]) == 1.0
    assert found[fruit].value_counts().to_dict() == {
        "fruit 1": 30,
        "fruit 2": 25,
        "fruit 3": 20,
        "fruit 4": 15,
    }
    assert set(found[~fruit].str.split().str[0]) == {"bird"}
    mixed = cases.sample(frac=1, random_state=3)
    pd.testing.assert_series_equal(map_clusters(mixed, seed=0).sort_index(), found)


def test_zero_maps_and_small_classes_have_no_cluster() -> None:
    cases = maps({"few": [19], "some": [12, 12]})
    cases.loc[cases["label"] == "some", "cam_scale"] = [0.0] * 3 + [1.0] * 21
    found = map_clusters(cases, seed=0)
    assert found[cases["label"] == "few"].isna().all()
    assert found[cases["cam_scale"] == 0].isna().all()
    assert found[(cases["label"] == "some") & (cases["cam_scale"] > 0)].notna().all()


def test_of_a_large_class_a_part_is_clustered_and_the_rest_joins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_CASES", 60)
    cases = maps({"fruit": [90, 80, 70, 60]})
    assert len(draw(cases, seed=1)) == 60
    assert draw(cases, seed=1) != draw(cases, seed=2)
    found = map_clusters(cases, seed=1)
    assert adjusted_rand_score(cases["truth"], found) == 1.0
