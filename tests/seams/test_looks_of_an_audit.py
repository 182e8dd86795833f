"""`interventions.looks` in a whole audit: who is decided stops, the others are asked on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import auditor
from auditor.comparison.inputs import side_of
from auditor.domain.errors import AuditInterrupted
from auditor.domain.interventions import EDGES, Intervention
from auditor.pipeline import look_rounds
from auditor.statistics.sequential import LookPosition
from auditor.storage.run import Run
from tests.fakes.coded import raises_coded
from tests.fakes.planted import CLASSES, config_of, write_dataset

LOOKS = [20, 24]
INTERVENTIONS = {"looks": LOOKS, "nominated_budget": 0, "swaps": 1}


class PowerWentError(Exception):
    """The power went."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    write_dataset(folder)
    return folder


@pytest.fixture(scope="module")
def run(data: Path) -> Run:
    return auditor.audit(config_of(data, interventions=INTERVENTIONS))


@pytest.mark.slow
def test_decided_classes_stop_and_the_verdicts_are_those_of_the_whole_sample(
    run: Run, data: Path
) -> None:
    whole = auditor.audit(
        config_of(
            data, run={"out": data / "whole"}, interventions=INTERVENTIONS | {"looks": LOOKS[-1]}
        )
    )
    classes, fixed = (each.classes().set_index("class") for each in (run, whole))
    assert classes["verdict"].to_dict() == fixed["verdict"].to_dict()
    assert (fixed["look"] == LOOKS[-1]).all()
    assert classes.loc["cued", "look"] == LOOKS[0]
    assert classes["look"].isin(LOOKS).all()
    assert (classes["look"] == classes["tested"]).all()
    cases = run.cases()
    asked = cases[cases["sampled"]].groupby("label").size()
    assert asked.to_dict() == classes["look"].to_dict()
    assert len(run.trials()) < len(whole.trials())
    # Which pictures of a confirmed class depend on its cue is told of each, reached or not.
    left = cases[cases["tested"] & ~cases["sampled"]]
    assert left.groupby("label").size().to_dict() == {"cued": LOOKS[-1] - LOOKS[0]}
    depends = [set(c.loc[c["verdict"] == "shortcut", "case_id"]) for c in (cases, whole.cases())]
    assert depends[0] == depends[1]
    assert depends[0] & set(left["case_id"])
    assert (classes["last_look"] == LOOKS[-1]).all()
    stood = side_of(run).positions
    assert stood["cued"] == LookPosition(tuple(LOOKS), 0)
    assert set(stood) == set(CLASSES)
    assert side_of(whole).positions == {}


@pytest.mark.slow
def test_an_audit_that_dies_after_a_look_resumes_to_the_same(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = INTERVENTIONS | {"looks": [4, 8, 24]}  # nobody is decided before 20 objects
    straight = auditor.audit(config_of(data, run={"out": data / "straight"}, interventions=looks))
    again = config_of(data, run={"out": data / "again"}, interventions=looks)
    decide = look_rounds.decide_classes
    calls = 0

    def dies(*args: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise PowerWentError
        return decide(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(look_rounds, "decide_classes", dies)
    with raises_coded(AuditInterrupted, "audit.interrupted", "--resume"):
        auditor.audit(again)
    monkeypatch.setattr(look_rounds, "decide_classes", decide)
    resumed = auditor.audit(again, resume=True)
    pd.testing.assert_frame_equal(resumed.cases(), straight.cases())
    pd.testing.assert_frame_equal(resumed.classes(), straight.classes())
    assert set(straight.classes()["look"]) == {24}
    assert set(straight.classes()["class"]) == set(CLASSES)


@pytest.mark.slow
def test_what_cannot_change_a_verdict_is_not_asked(run: Run) -> None:
    trials, cases = run.trials(), run.cases().set_index("case_id")
    flat = trials[trials["intervention"] == Intervention.NEUTRAL.value]
    assert not cases.loc[flat["case_id"].unique(), "correct"].any()
    wrong = cases.index[~cases["correct"] & cases["tested"]]
    assert set(wrong) <= set(flat["case_id"])
    first = trials[trials["intervention"].isin([name.value for name in EDGES])]
    assert len(first) > 0
