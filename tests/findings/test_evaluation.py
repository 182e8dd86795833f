"""The tables as a whole: columns, types, nulls, order, empty inputs."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config import FindingsSection
from auditor.domain.schema import TABLES, names
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.findings import Findings, evaluate
from tests.fakes.worlds import CUED, World, audit, clean
from tests.findings.evaluating import evaluated, row

SMALL = World((CUED, *clean("cat", "tree")), per_class=24)


@pytest.fixture(scope="module")
def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    cases, trials = audit(SMALL, 4)
    hour = ["day" if number % 3 else "night" for number in range(len(cases))]
    return cases.assign(slice_hour=hour), trials


def _tables(found: Findings) -> dict[str, pd.DataFrame]:
    return {"cases": found.cases, "classes": found.classes, "slices": found.slices}


def _assert_no_nan(found: Findings) -> None:
    for frame in _tables(found).values():
        for cell in frame.to_numpy(dtype=object).ravel():
            assert not (isinstance(cell, float) and math.isnan(cell))
    json.loads(json.dumps(found.summary, allow_nan=False))


def _assert_same(one: Findings, two: Findings) -> None:
    for name, frame in _tables(one).items():
        pd.testing.assert_frame_equal(frame, _tables(two)[name], check_exact=True)
    assert one.summary == two.summary


def test_columns_are_the_contracts(small: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = evaluated(*small)
    assert list(found.cases.columns) == [*names("cases"), "slice_hour"]
    assert list(found.classes.columns) == names("classes")
    assert list(found.slices.columns) == names("slices")
    _assert_no_nan(found)


def test_what_may_not_be_null_is_not(small: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = evaluated(*small)
    for table in ("classes", "slices"):
        for column in TABLES[table]:
            if not column.nullable:
                assert _tables(found)[table][column.name].notna().all(), column.name
    for name in ("verdict", "reason", "severity"):
        assert found.cases[name].notna().all()
    assert found.cases["severity"].between(0, 1).all()
    assert set(found.cases["verdict"]) <= {verdict.value for verdict in CaseVerdict}
    assert found.cases["reason"].str.endswith(".").all()


def test_cases_come_worst_first(small: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    cases = evaluated(*small).cases
    keys = list(zip(-cases["severity"].astype(float), cases["case_id"], strict=True))
    assert keys == sorted(keys)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=3, deadline=None)
def test_order_of_rows_does_not_matter(shuffle: int) -> None:
    cases, trials = audit(World((CUED, *clean("cat", "tree")), per_class=24), 4)
    rng = np.random.default_rng(shuffle)
    shuffled = [
        frame.iloc[rng.permutation(len(frame))].reset_index(drop=True) for frame in (cases, trials)
    ]
    _assert_same(evaluated(cases, trials), evaluated(*shuffled))


def test_input_frames_are_left_alone(small: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    before = [frame.copy(deep=True) for frame in small]
    evaluated(*small)
    for frame, copy in zip(small, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_another_seed_moves_the_interval_not_the_verdict(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    lows = []
    for seed in (0, 1):
        found = evaluate(
            *small,
            settings=FindingsSection(),
            seed=seed,
            classes=(),
            null_nominated={},
        )
        assert row(found, "boat")["verdict"] == "confirmed"
        lows.append(row(found, "boat")["capture_low"])
    assert lows[0] != lows[1]


def test_nothing_at_all() -> None:
    found = evaluate(
        pd.DataFrame(),
        pd.DataFrame(),
        settings=FindingsSection(),
        seed=0,
        classes=("cat", "boat"),
        null_nominated={},
    )
    assert found.cases.empty
    assert found.classes["class"].tolist() == ["boat", "cat"]
    assert set(found.classes["verdict"]) == {"undetermined"}
    assert found.slices.empty
    assert list(found.slices.columns) == names("slices")
    leak = found.summary.pop("leak")
    assert leak["classes"].pop("open") == ["boat", "cat"]
    assert not any(leak["classes"].values())
    assert leak["accuracy"] is None
    assert found.summary == {
        "verdicts": {"boat": "undetermined", "cat": "undetermined"},
        "confirmed": 0,
        "shortcut_rate": None,
        "accuracy": None,
        "worst_group_accuracy": None,
        "worst_group": None,
        "images": 0,
        "tested": 0,
    }


def test_without_trials_nobody_is_confirmed_or_cleared(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    cases, trials = small
    found = evaluated(cases.assign(tested=False), trials.iloc[:0])
    assert found.summary["verdicts"] == {
        "boat": "suspected",
        "cat": "undetermined",
        "tree": "undetermined",
    }
    assert (found.classes["tested"] == 0).all()
    assert found.classes.set_index("class")["reason_code"].to_dict() == {
        "boat": "suspected.not_run",
        "cat": "undetermined.not_run",
        "tree": "undetermined.not_run",
    }
    assert found.classes["shortcut_rate"].isna().all()
    assert set(found.cases["verdict"]) == {"suspected", "object"}
    assert found.summary["tested"] == 0
    _assert_no_nan(found)


def test_nulls_everywhere() -> None:
    cases = pd.DataFrame(
        {
            "case_id": ["a", "b", "c"],
            "image": ["a.jpg", "b.jpg", "c.jpg"],
            "label": ["cat", "cat", "dog"],
            "predicted": ["cat", "dog", "dog"],
            "correct": [True, False, True],
            "mask_source": ["file", "none", "box"],
            "nominated": [None, None, None],
            "slice_site": [None, "x", None],
        }
    )
    found = evaluated(cases, pd.DataFrame(), classes=("cat", "dog", "fox"))
    _assert_no_nan(found)
    assert set(found.cases["verdict"]) == {"undetermined"}
    assert set(found.classes["verdict"]) == {"undetermined"}
    assert found.slices[["slice", "value", "images"]].to_numpy().tolist() == [["site", "x", 1]]


@pytest.mark.parametrize("column", ["p_label_control", "p_donor", "p_donor_control", "donor_group"])
def test_trials_without_a_column_of_controls(
    small: tuple[pd.DataFrame, pd.DataFrame], column: str
) -> None:
    cases, trials = small
    found = evaluated(cases, trials.assign(**{column: None}))
    _assert_no_nan(found)
    if column == "p_label_control":
        assert "confirmed" not in set(found.classes["verdict"])


def test_single_kinds_of_trials(small: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    cases, trials = small
    for intervention in sorted(set(trials["intervention"])):
        found = evaluated(cases, trials[trials["intervention"] == intervention])
        _assert_no_nan(found)
        assert "confirmed" not in set(found.classes["verdict"])


def _nullable(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.convert_dtypes()


def _objects(frame: pd.DataFrame) -> pd.DataFrame:
    as_objects = frame.astype(object)
    return as_objects.where(as_objects.notna(), None)


@pytest.mark.parametrize("change", [_nullable, _objects], ids=["nullable", "object"])
def test_column_types_do_not_matter(small: tuple[pd.DataFrame, pd.DataFrame], change: Any) -> None:
    cases, trials = small
    _assert_same(evaluated(cases, trials), evaluated(change(cases), change(trials)))


def test_classes_of_model_and_labels_get_a_row(small: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = evaluated(*small, classes=("zebra", "boat"))
    assert found.classes["class"].tolist() == ["boat", "cat", "tree", "zebra"]
    assert row(found, "zebra")["verdict"] == ClassVerdict.UNDETERMINED
    assert row(found, "zebra")["reason_code"] == "undetermined.no_images"
    assert pd.isna(row(found, "zebra")["accuracy"])


def test_nominated_extras_do_not_enter_the_estimate(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    cases, trials = small
    extra = set(cases.loc[cases["label"] == "cat", "case_id"].iloc[:40]) & set(
        cases.loc[cases["sampled"], "case_id"]
    )
    kept = evaluated(
        cases.assign(sampled=cases["sampled"] & ~cases["case_id"].isin(extra)),
        trials[~trials["case_id"].isin(extra)],
        settings=FindingsSection(min_images=5),
    )
    marked = evaluated(
        cases.assign(sampled=cases["sampled"] & ~cases["case_id"].isin(extra)),
        trials,
        settings=FindingsSection(min_images=5),
    )
    assert len(extra) > 3
    pd.testing.assert_frame_equal(
        kept.classes.drop(columns="reason"), marked.classes.drop(columns="reason")
    )
    assert (
        marked.cases["p_background_other"].notna().sum()
        > kept.cases["p_background_other"].notna().sum()
    )
