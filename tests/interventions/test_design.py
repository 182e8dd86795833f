from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd
import pytest

from auditor.interventions.design import choose


def cases(count: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "case_id": [f"c{i:04d}" for i in range(count)],
            "label": rng.choice(["ant", "bee", "cow"], size=count, p=[0.6, 0.35, 0.05]),
            "group": [f"g{i}" for i in range(count)],
            "object_area": rng.beta(1.2, 4, size=count),
            "nominated": rng.choice(np.array([True, False, None], dtype=object), size=count),
        }
    )


def test_a_sample_of_every_class_and_nominated_cases_apart() -> None:
    frame = cases()
    choice = choose(frame, looks=(30,), nominated_budget=40, seed=1)
    drawn = frame[frame["case_id"].isin(choice.sampled)]["label"].value_counts()
    available = frame["label"].value_counts()
    assert drawn.to_dict() == {name: min(30, n) for name, n in available.items()}
    assert not choice.sampled & choice.nominated
    added = frame[frame["case_id"].isin(choice.nominated)]
    assert len(added) == 40
    assert (added["nominated"] == True).all()  # noqa: E712
    assert added["label"].nunique() >= 2


def test_the_sample_has_the_sizes_of_its_class() -> None:
    frame = cases()
    choice = choose(frame, looks=(40,), nominated_budget=0, seed=2)
    ant = frame[frame["label"] == "ant"].sort_values("object_area")
    fifth = np.arange(len(ant)) * 5 // len(ant)
    strata = pd.Series(fifth, index=ant.index)[ant["case_id"].isin(choice.sampled)]
    # Proportional: eight of forty from each fifth, give or take one at its borders.
    assert strata.value_counts().between(7, 9).all()


def test_only_cases_with_object_and_background_are_drawn() -> None:
    frame = cases(20)
    frame["object_area"] = [None, float("nan"), 0.0, 1.0, *[0.3] * 16]
    frame["nominated"] = True
    choice = choose(frame, looks=(50,), nominated_budget=50, seed=0)
    assert choice.sampled | choice.nominated == set(frame["case_id"][4:])


def test_neither_row_order_nor_other_classes_matter() -> None:
    frame = cases()
    whole = choose(frame, looks=(20,), nominated_budget=999, seed=3)
    shuffled = frame.sample(frac=1, random_state=0)
    assert choose(shuffled, looks=(20,), nominated_budget=999, seed=3) == whole
    bees = frame[frame["label"] == "bee"]
    alone = choose(bees, looks=(20,), nominated_budget=999, seed=3)
    assert alone.sampled == whole.sampled & set(bees["case_id"])


def test_every_case_has_the_same_chance() -> None:
    frame = cases(30).assign(label="ant")
    hits = dict.fromkeys(frame["case_id"], 0)
    for seed in range(600):
        for name in choose(frame, looks=(10,), nominated_budget=0, seed=seed).sampled:
            hits[name] += 1
    # 600 draws with chance 1/3: 200, standard deviation 11.5.
    assert all(abs(count - 200) < 55 for count in hits.values())


@pytest.mark.parametrize("dtype", ["boolean", "object", "float64"])
def test_null_is_not_nominated(dtype: str) -> None:
    frame = cases(3).assign(label="ant", object_area=0.2)
    frame["nominated"] = pd.array([True, None, False], dtype="boolean").astype(dtype)
    choice = choose(frame, looks=(1,), nominated_budget=9, seed=0)
    assert choice.nominated <= {"c0000"}
    assert len(choose(frame, looks=(3,), nominated_budget=9, seed=0).nominated) == 0


def test_nothing_to_choose_from() -> None:
    choice = choose(cases(0), looks=(5,), nominated_budget=5, seed=0)
    assert not choice.sampled
    assert not choice.nominated


def test_looks_take_the_sample_in_turns_that_are_stratified_alike() -> None:
    frame = cases()
    whole, turned = (
        choose(frame, looks=looks, nominated_budget=30, seed=4) for looks in ((60,), (20, 32, 60))
    )
    assert (turned.sampled, turned.nominated) == (whole.sampled, whole.nominated)
    areas = frame.set_index("case_id")["object_area"]
    for label, turns in turned.turns.items():
        names = [name for turn in turns for name in turn]
        assert len(names) == len(set(names))
        assert set(names) == turned.sampled & set(frame.loc[frame["label"] == label, "case_id"])
    assert [len(turn) for turn in turned.turns["bee"]] == [20, 12, 28]
    available = int((frame["label"] == "cow").sum())
    assert [len(turn) for turn in turned.turns["cow"]] == [20, available - 20]
    ranks = areas[list(chain.from_iterable(turned.turns["ant"]))].rank(pct=True)
    thirds = (ranks[list(turned.turns["ant"][0])] * 3).clip(upper=2.999).astype(int)
    assert thirds.value_counts().between(6, 8).all()
