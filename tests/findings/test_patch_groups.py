"""Groups of alike patches: one thing in four corners is one group, another thing is another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from auditor.findings.clusters.patch_groups import find_groups

CORNERS = ((0, 0), (0, 6), (6, 0), (6, 6))
STICKER, THING = np.eye(32)[3], np.eye(32)[11]


def cases(label: str, *, stickers: int, things: int, seed: int = 0) -> pd.DataFrame:
    """Maps on an 8 x 8 grid: stickers in four corners by turns, things around the middle."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(stickers + things):
        sticker = i < stickers
        grid = rng.integers(0, 6, (8, 8))
        top, left = CORNERS[i % 4] if sticker else rng.integers(2, 5, 2)
        grid[top : top + 2, left : left + 2] += rng.integers(150, 240, (2, 2))
        peak = (STICKER if sticker else THING) + rng.normal(0, 0.05, 32)
        rows.append(
            {
                "case_id": f"{label}{i:04}",
                "label": label,
                "cam": grid.astype(np.uint8).tobytes(),
                "cam_scale": 0.01,
                "peak": peak.astype("<f2").tobytes(),
                "sticker": sticker,
            }
        )
    return pd.DataFrame(rows)


def test_a_sticker_in_four_corners_is_one_group_and_the_object_another() -> None:
    frame = cases("fruit", stickers=60, things=24)
    found = find_groups(frame, ["fruit"]).of(frame)
    assert set(found[frame["sticker"]]) == {"fruit patch 1"}
    assert set(found[~frame["sticker"]]) == {"fruit patch 2"}
    mixed = frame.sample(frac=1, random_state=3)
    again = find_groups(mixed, ["fruit"]).of(mixed).sort_index()
    pd.testing.assert_series_equal(again, found)


def test_the_rest_of_a_large_class_joins_the_nearest() -> None:
    frame = cases("fruit", stickers=60, things=24)
    later = cases("fruit", stickers=40, things=40, seed=9)
    found = find_groups(frame, ["fruit"]).of(later)
    assert (found[later["sticker"]] == "fruit patch 1").all()
    assert (found[~later["sticker"]] == "fruit patch 2").all()


def test_only_the_classes_asked_for_with_enough_maps_have_groups() -> None:
    frame = pd.concat(
        [
            cases("few", stickers=19, things=0),
            cases("asked", stickers=30, things=0),
            cases("masked", stickers=30, things=0),
        ],
        ignore_index=True,
    )
    frame.loc[frame.index[frame["label"] == "asked"][0], "cam_scale"] = 0.0
    found = find_groups(frame, ["few", "asked"]).of(frame)
    assert found[frame["label"] != "asked"].isna().all()
    asked = found[frame["label"] == "asked"]
    assert asked.isna().sum() == 1
    assert asked.dropna().nunique() == 1


@pytest.mark.parametrize("missing", ["column", "values"])
def test_without_peaks_there_are_no_groups(missing: str) -> None:
    frame = cases("fruit", stickers=40, things=0)
    frame = frame.drop(columns="peak") if missing == "column" else frame.assign(peak=None)
    assert find_groups(frame, ["fruit"]).of(frame).isna().all()
