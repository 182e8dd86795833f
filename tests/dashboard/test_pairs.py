"""Every picture that two runs see differently is found once, and reached."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from auditor.domain.verdicts import FLAGGED_CASES
from auditor.storage.run import Run
from dashboard.runs.pairs import PairChange, Pairs, changed_pairs
from tests.dashboard.apps import Open, component, components
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    folder: Path = tmp_path_factory.mktemp("pairs") / "runs"
    before = make_run(folder / "before", classes=4, per_class=24)
    return before, make_run(folder / "after", classes=4, per_class=24, retrained=True)


def found(both: tuple[Run, Run]) -> Pairs:
    return changed_pairs(duckdb.connect(), *(run.table_path("cases") for run in both))


def test_pairs_are_what_a_plain_join_finds(both: tuple[Run, Run]) -> None:
    pairs = found(both)
    joined = both[0].cases().merge(both[1].cases(), on="case_id", suffixes=("_base", "_new"))
    other = (joined["predicted_base"] != joined["predicted_new"]) | (
        joined["verdict_base"] != joined["verdict_new"]
    )
    ids = [run.cases()["case_id"].to_numpy() for run in both]
    assert ids[0][pairs.base].tolist() == ids[1][pairs.new].tolist()
    assert sorted(ids[1][pairs.new]) == sorted(joined.loc[other, "case_id"])
    before, after = joined["correct_base"].astype(bool), joined["correct_new"].astype(bool)
    flagged = [joined[f"verdict_{side}"].isin(FLAGGED_CASES) for side in ("base", "new")]
    freed = (before == after) & flagged[0] & ~flagged[1]
    counts = pairs.counts()
    assert counts[PairChange.BROKEN] == (before & ~after).sum() > 0
    assert counts[PairChange.FIXED] == (after & ~before).sum() > 0
    assert counts[PairChange.FREED] == freed.sum() > 0
    assert sum(counts.values()) == other.sum()


def test_choices_narrow_each_other_down(both: tuple[Run, Run]) -> None:
    pairs = found(both)
    label = pairs.labels[0]
    some = pairs.among([label], [PairChange.FREED], "shortcut>object")
    assert len(pairs.among()) == len(pairs.new)
    for place in some:
        assert pairs.labels[place] == label
        assert pairs.turns[place] == "shortcut>object"
    of_label = sum(len(pairs.among([each])) for each in pairs.labels.categories)
    assert of_label == len(pairs.new)
    assert not len(pairs.among(["no such class"]))


def test_the_page_shows_both_models(both: tuple[Run, Run], show: Open) -> None:
    app = show(both[0].path.parent, "compare", run="after", base="before", change="freed")
    assert not app.exception
    sent = component(app, "pairs")
    assert isinstance(sent, dict)
    assert sent["total"] == found(both).counts()[PairChange.FREED]
    first = sent["pairs"][0]  # type: ignore[index]
    assert first["base"]["verdict"]["name"] == "Shortcut"
    assert first["new"]["verdict"]["name"] == "Object"
    assert first["base"]["picture"]
    assert first["new"]["heat"]
    same = show(both[0].path.parent, "compare", run="after", base="before", of="no such")
    assert not same.exception


def test_the_same_run_twice_has_no_pairs(tmp_path: Path, show: Open) -> None:
    for name in ("one", "two"):
        make_run(tmp_path / "runs" / name, classes=2, per_class=4)
    app = show(tmp_path / "runs", "compare", run="two", base="one")
    assert not app.exception
    assert "pairs" not in components(app)
    assert any(header.value.endswith(": 0") for header in app.header)
