"""What changed between audits of worlds and of runs whose difference is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from auditor.comparison import compare
from auditor.comparison.compare import compare_sides
from auditor.comparison.model import Comparison, Reading
from auditor.domain.errors import RunError
from auditor.storage.run import open_run
from tests.comparison.making import side
from tests.fakes.runs import make_run
from tests.fakes.worlds import CUED, World, clean

UNAFFECTED = ("cat", "tree", "car")
SICK = World((CUED, *clean(*UNAFFECTED)))
WELL = World((replace(CUED, object=6.0, cue=0.0, nominated=0.1), *clean(*UNAFFECTED)))


def readings(comparison: Comparison) -> dict[str, Reading]:
    return {change.name: change.reading for change in comparison.classes}


def test_a_repaired_class_is_better_and_alone() -> None:
    found = compare_sides(side(SICK, 0), side(WELL, 0))
    assert readings(found) == {"boat": Reading.BETTER} | dict.fromkeys(UNAFFECTED, Reading.SAME)
    boat = found.classes[0]
    assert (boat.base_verdict, boat.new_verdict) == ("confirmed", "clean")
    lost = boat.measures["background_effect"]
    assert lost.basis == "paired"
    assert lost.high is not None
    assert lost.high < -0.4
    assert found.overall["shortcut_rate"].noise is False


def test_the_other_way_round_it_is_worse() -> None:
    found = compare_sides(side(WELL, 0), side(SICK, 0))
    assert found.read_as(Reading.WORSE)[0].name == "boat"


def test_without_trials_the_intervals_decide() -> None:
    found = compare_sides(side(SICK, 0, trials=False), side(WELL, 0))
    boat = found.classes[0]
    assert boat.reading is Reading.BETTER
    assert boat.measures["background_effect"].basis == "intervals"
    assert boat.measures["shortcut_rate"].basis == "paired"


@pytest.mark.parametrize("trials", [True, False])
def test_other_draws_of_one_world_are_noise(trials: bool) -> None:
    loud = 0
    small = replace(SICK, per_class=24)
    for seed in range(0, 6, 2):
        found = compare_sides(
            side(small, seed, trials=trials), side(small, seed + 1, trials=trials)
        )
        loud += sum(
            reading in {Reading.WORSE, Reading.BETTER} for reading in readings(found).values()
        )
    # Twelve classes, four measures each, at q = .05.
    assert loud <= 1


def test_the_same_run_twice_differs_in_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=6, images=False)
    found = compare(run, run)
    assert set(readings(found).values()) == {Reading.SAME}
    assert found.explanations == ()
    assert found.images.both == 72
    changes = [m.change for c in found.classes for m in c.measures.values()]
    assert {change for change in changes if change is not None} == {0.0}


def test_a_verdict_that_moves_alone_is_noise() -> None:
    before, after = side(WELL, 0), side(WELL, 0)
    classes = after.classes.assign(verdict="suspected")
    found = compare_sides(before, replace(after, classes=classes))
    assert set(readings(found).values()) == {Reading.NOISE}


def test_undetermined_is_neither_better_nor_worse() -> None:
    sick, well = side(SICK, 0), side(WELL, 0)
    lost = replace(well, classes=well.classes.assign(verdict="undetermined"))
    assert readings(compare_sides(sick, lost))["boat"] is Reading.NOT_COMPARABLE
    found = compare_sides(lost, sick)
    assert readings(found)["boat"] is Reading.JUDGED
    assert [change.name for change in found.classes if change.newly_confirmed] == ["boat"]


def test_classes_and_images_come_and_go() -> None:
    small = World((CUED, *clean("cat", "tree")))
    found = compare_sides(side(small, 0), side(SICK, 0))
    assert readings(found)["car"] is Reading.NEW
    assert readings(compare_sides(side(SICK, 0), side(small, 0)))["car"] is Reading.GONE
    assert len(found.images.new) == 64
    assert found.images.gone == ()


def test_images_that_turn_are_named() -> None:
    before = side(WELL, 0)
    cases = before.cases.copy()
    named = cases["image"].tolist()
    cases["correct"] = True
    broken = cases.assign(correct=[i != 3 for i in range(len(cases))])
    moved = broken.copy()
    moved.loc[5, ["case_id", "label"]] = ["other", "dog"]
    found = compare_sides(replace(before, cases=cases), replace(before, cases=moved.drop(index=7)))
    assert found.images.broken == (named[3],)
    assert found.images.fixed == ()
    assert found.images.gone == (named[7],)
    assert found.images.new == ()
    assert found.images.relabelled == ((named[5], cases["label"][5], "dog"),)


def test_only_what_was_tested_twice_is_caught_or_freed() -> None:
    sick = side(SICK, 0)
    caught = sick.cases.loc[sick.cases["verdict"] == "shortcut", "image"]
    freed = compare_sides(sick, replace(sick, cases=sick.cases.assign(verdict="object"))).images
    assert freed.freed == tuple(sorted(caught))
    untested = sick.cases.assign(verdict="object", tested=False)
    assert compare_sides(sick, replace(sick, cases=untested)).images.freed == ()


def test_what_could_explain_it_is_told() -> None:
    prints = {"dataset": "d1", "weights": "w1"}
    config = {"findings": {"effect_floor": 0.1}, "run": {"out": "a", "device": "auto"}}
    other = {"findings": {"effect_floor": 0.2}, "run": {"out": "b"}, "data": {"path": "y"}}
    first = side(WELL, 0, fingerprints=prints, config=config, versions={"torch": "2.1"})
    second = side(
        WELL, 0, fingerprints=prints | {"weights": "w2"}, config=other, versions={"torch": "2.2"}
    )
    found = {each.what: each for each in compare_sides(first, second).explanations}
    assert list(found) == ["weights", "findings.effect_floor", "version of torch"]
    assert found["weights"].means
    assert (found["findings.effect_floor"].base, found["findings.effect_floor"].new) == (
        "0.1",
        "0.2",
    )


def test_another_cuda_or_processor_is_told_where_both_runs_know_theirs() -> None:
    h100 = {"torch_build": "2.9.0+cu130", "device_name": "NVIDIA H100", "cudnn": 91200}
    gpu = {"device": "cuda (NVIDIA H100)"}
    first = side(WELL, 0, **gpu, environment=h100)
    second = side(WELL, 0, **gpu, environment=h100 | {"cudnn": 91300})
    told = compare_sides(first, second).explanations
    assert [(each.what, each.base, each.new) for each in told] == [("cuDNN", "91200", "91300")]
    before = side(WELL, 0, **gpu)
    assert compare_sides(before, second).explanations == ()
    processor = side(WELL, 0, device="cpu", environment={"torch_build": "2.9.0+cpu"})
    assert [each.what for each in compare_sides(first, processor).explanations] == ["device"]


def test_numbers_made_again_are_the_reported_ones() -> None:
    one = side(SICK, 3)
    for name, rows in one.observations["background_effect"].groupby("class"):
        reported = one.classes.at[name, "background_effect"]
        assert rows["value"].mean() == pytest.approx(reported, abs=1e-12)
    assert set(one.observations["background_effect"]["class"]) == {"boat", *UNAFFECTED}
    for name, rows in one.observations["capture"].groupby("class"):
        assert rows["value"].mean() == pytest.approx(one.classes.at[name, "capture"], abs=1e-12)


def test_audits_of_different_tasks_are_refused(tmp_path: Path) -> None:
    birds = make_run(tmp_path / "a", classes=2, per_class=2, images=False)
    others = make_run(tmp_path / "b", classes=2, per_class=2, images=False, hostile=True)
    with pytest.raises(RunError) as caught:
        compare(birds, others)
    assert caught.value.code == "compare.nothing_in_common"


def test_json_is_strict_and_whole(tmp_path: Path) -> None:
    make_run(tmp_path / "a", classes=5, images=False)
    make_run(tmp_path / "b", classes=6, seed=1, images=False)
    found = compare(open_run(tmp_path / "a"), open_run(tmp_path / "b")).to_dict()
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["base"]["run"] == "a"
    assert sum(found["readings"].values()) == len(found["classes"]) == 6
    undetermined = next(each for each in found["classes"] if each["new_verdict"] == "undetermined")
    assert undetermined["background_effect"]["change"] is None
    assert undetermined["background_effect"]["noise"] is None
    assert isinstance(pd.json_normalize(found["classes"]), pd.DataFrame)


def test_a_cue_that_shows_in_no_other_number_counts_by_its_verdict() -> None:
    well = side(WELL, 0)
    verdicts = ["confirmed" if name == "boat" else "clean" for name in well.classes["class"]]
    cues = ["blur" if name == "boat" else None for name in well.classes["class"]]
    tinted = replace(well, classes=well.classes.assign(verdict=verdicts, cue=cues))
    found = compare_sides(well, tinted)
    boat = found.classes[0]
    assert (boat.reading, boat.worse, boat.cues) == (
        Reading.WORSE,
        ("cue_strength",),
        (None, "blur"),
    )
    back = compare_sides(tinted, well).classes[0]
    assert (back.reading, back.better) == (Reading.BETTER, ("cue_strength",))


def test_a_verdict_that_moved_with_the_rule_is_noise() -> None:
    well = side(WELL, 0)
    strict = side(WELL, 0, config={"findings": {"effect_floor": 0.01}})
    moved = replace(strict, classes=strict.classes.assign(verdict="confirmed"))
    assert set(readings(compare_sides(well, moved)).values()) == {Reading.NOISE}
