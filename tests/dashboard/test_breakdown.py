"""Classes and metadata taken apart, checked against pandas on the same table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from auditor.storage.run import Run
from dashboard.charts.breakdown import class_by_group, clusters, size_bands, worst_group
from dashboard.runs.filters import Filters, group_name
from dashboard.runs.queries import Cases
from tests.dashboard.asking import asked
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(
        tmp_path_factory.mktemp("runs") / "r", classes=4, per_class=35, images=False, hostile=True
    )


@pytest.fixture(scope="module")
def frame(run: Run) -> pd.DataFrame:
    return run.cases()


@pytest.fixture
def cases(run: Run) -> Cases:
    return asked(run.table_path("cases"))


def test_three_bands_share_the_outlined_pictures(cases: Cases, frame: pd.DataFrame) -> None:
    label = frame["label"].iloc[0]
    mine = frame[(frame["label"] == label) & frame["object_area"].notna()]
    bands = size_bands(cases, label)
    assert [band.name for band in bands] == ["Small", "Medium", "Large"]
    assert sum(band.images for band in bands) == len(mine)
    assert max(band.images for band in bands) - min(band.images for band in bands) <= 1
    assert bands[0].largest <= bands[1].smallest <= bands[1].largest <= bands[2].smallest
    assert bands[0].smallest == pytest.approx(mine["object_area"].min())
    tested = mine["sampled"] & mine["tested"]
    assert sum(band.tested for band in bands) == tested.sum()
    right = sum(band.images * (band.right.value or 0.0) for band in bands)
    assert right == pytest.approx(mine["correct"].sum())
    shortcuts = sum(band.tested * (band.shortcut.value or 0.0) for band in bands)
    assert shortcuts == pytest.approx((mine["verdict"][tested] == "shortcut").sum())


def test_a_rate_has_an_interval_of_independent_groups(cases: Cases, frame: pd.DataFrame) -> None:
    for band in size_bands(cases, frame["label"].iloc[0]):
        assert band.right.low is not None
        assert band.right.high is not None
        assert band.right.low <= (band.right.value or 0.0) <= band.right.high
        assert band.right.groups <= band.images


def test_without_outlines_there_are_no_bands(cases: Cases) -> None:
    assert size_bands(cases, "no such class") == []


def test_clusters_are_counted_largest_first(cases: Cases, frame: pd.DataFrame) -> None:
    label = frame["label"].iloc[0]
    mine = frame[(frame["label"] == label) & frame["cluster"].notna()]
    found = clusters(cases, label)
    assert found["images"].is_monotonic_decreasing
    assert dict(zip(found["cluster"], found["images"], strict=True)) == dict(
        mine["cluster"].value_counts()
    )
    shortcuts = mine[mine["verdict"] == "shortcut"]["cluster"].value_counts()
    for cluster, count in zip(found["cluster"], found["shortcuts"], strict=True):
        assert count == shortcuts.get(cluster, 0)


def test_class_by_group_adds_up(cases: Cases, frame: pd.DataFrame) -> None:
    assert cases.slice_columns() == ["camera", "night"]
    found = class_by_group(cases, "night").set_index(["label", "value"])
    known = frame[frame["slice_night"].notna()]
    for key, mine in known.groupby(["label", "slice_night"]):
        tested = mine[mine["sampled"] & mine["tested"]]
        row = found.loc[key]
        assert row["images"] == len(mine)
        assert row["right"] == mine["correct"].sum()
        assert row["tested"] == len(tested)
        assert row["shortcuts"] == (tested["verdict"] == "shortcut").sum()
    assert found["images"].sum() == len(known)


def test_the_worst_group_is_large_enough() -> None:
    groups = pd.DataFrame(
        [("cat", "day", 100, 70), ("cat", "night", 9, 0), ("dog", "day", 10, 6)],
        columns=["label", "value", "images", "right"],
    )
    worst = worst_group(groups)
    assert worst is not None
    assert (worst.label, worst.value, worst.images, worst.right) == ("dog", "day", 10, 0.6)
    assert worst_group(groups[groups["images"] < 10]) is None


def test_groups_filter_as_pandas_does(cases: Cases, frame: pd.DataFrame) -> None:
    wanted = Filters(
        groups=(
            group_name("camera", "A"),
            group_name("camera", "Ünïcode C"),
            group_name("night", "True"),
        )
    )
    chosen = frame[
        frame["slice_camera"].isin(["A", "Ünïcode C"]) & (frame["slice_night"] == "True")
    ]
    assert 0 < len(chosen) < len(frame)
    assert set(cases.all(wanted)["case_id"]) == set(chosen["case_id"])


def test_a_column_of_any_name_is_only_a_name(tmp_path: Path, frame: pd.DataFrame) -> None:
    nasty = 'x" OR 1=1 --'
    table = tmp_path / "cases.parquet"
    frame.rename(columns={"slice_camera": f"slice_{nasty}"}).to_parquet(table)
    cases = asked(table)
    assert set(class_by_group(cases, nasty)["value"]) == set(frame["slice_camera"])
    found = cases.all(Filters(groups=(group_name(nasty, "A"),)))
    assert len(found) == (frame["slice_camera"] == "A").sum()
