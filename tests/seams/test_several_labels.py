"""Several labels an image: a planted world through audit, report, export, gate and comparison."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import auditor
from auditor.comparison.compare import compare
from auditor.counterexamples.inputs import cues_of
from auditor.database import DATABASE_VARIABLE
from auditor.domain.errors import DataError, ModelError, RunError
from auditor.domain.samples import case_id_of
from auditor.export import export
from auditor.gate.checks import check_run, limits_of
from auditor.reports import render_html, render_markdown
from auditor.reports.contents import contents_of
from auditor.storage.run import Run
from auditor.verification.verify import verify
from dashboard.launch import APP, RUNS_VARIABLE
from tests.dashboard.apps import text
from tests.fakes.coded import warning_codes
from tests.fakes.labels import BIAS, KINDS, LABELS, config_of, write_dataset

ABSENT = 1 / (1 + math.exp(-BIAS))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    write_dataset(folder)
    return folder


@pytest.fixture(scope="module")
def run(world: Path) -> Run:
    return auditor.audit(config_of(world))


def carriers(label: str) -> int:
    return sum(count for labels, count in KINDS.items() if label in labels)


def test_the_label_that_is_told_by_its_background_is_confirmed_and_no_other(run: Run) -> None:
    classes = run.classes().set_index("class")
    assert list(classes.index) == list(LABELS)
    assert classes["verdict"].to_dict() == {"cued": "confirmed", "green": "clean", "red": "clean"}
    assert run.summary["verdicts"] == classes["verdict"].to_dict()
    assert classes["pair_with"].isna().all()
    assert classes.loc["cued", "cue"] == "background"
    assert classes["reason_code"].tolist() == ["confirmed.label", "clean.label", "clean.label"]
    assert run.manifest["classes"] == list(LABELS)
    # A case is a question about an image: what is said of images counts images.
    assert run.manifest["counts"]["audited"] == len(run.cases())
    assert run.manifest["pictures"] == run.cases()["image"].nunique() == sum(KINDS.values())


def test_the_numbers_are_those_of_the_sigmoid(run: Run) -> None:
    classes, cases = run.classes().set_index("class"), run.cases().set_index("case_id")
    # Its own backgrounds say yes with near certainty, all others leave the score at the bias.
    for effect in ("background_effect", "capture"):
        assert classes.loc["cued", effect] == pytest.approx(1 - ABSENT, abs=2e-3)
        assert classes.loc[["green", "red"], effect].abs().max() < 1e-3
    # An image without a label: its sigmoid is that of the bias, its absence the rest.
    bare = cases.loc[case_id_of("images/none_00.png", "not red")]
    assert (bare["predicted"], bool(bare["correct"])) == ("not red", True)
    assert bare["label_probability"] == pytest.approx(1 - ABSENT, abs=1e-4)
    trials = run.trials()
    swapped = trials[(trials["label"] == "cued") & (trials["intervention"] == "background_other")]
    assert np.allclose(swapped["p_label"], ABSENT, atol=1e-3)
    assert set(swapped["answer"]) == {"not cued"}
    assert np.allclose(swapped["p_donor"] + swapped["p_label"], 1.0, atol=1e-6)


def test_an_image_is_a_case_of_each_label_and_lends_to_its_own_question_alone(run: Run) -> None:
    cases, trials = run.cases(), run.trials()
    counts = cases["label"].value_counts()
    images = sum(KINDS.values())
    for label in LABELS:
        assert counts[label] == carriers(label)
        assert counts[f"not {label}"] == images - carriers(label)  # fewer than four a tested one
    both = cases.loc[cases["image"] == "images/red_green_00.png", "label"]
    assert sorted(both) == ["green", "not cued", "red"]
    met = trials[trials["donor_label"].notna()]
    asked = met["label"].str.removeprefix("not ")
    assert (asked == met["donor_label"].str.removeprefix("not ")).all()
    # Of an image with both, each label has its own object.
    masks = cases[cases["image"] == "images/red_green_00.png"].set_index("label")["object_area"]
    assert masks["not cued"] == pytest.approx(masks["red"] + masks["green"], abs=1e-6)
    assert cases["duplicate_group"].isna().all()


def test_accuracy_is_balanced_over_each_label(run: Run) -> None:
    classes = run.classes()
    for name in ("accuracy", "sensitivity", "specificity", "auroc"):
        assert (classes[name] == 1.0).all()
    assert run.summary["accuracy"] == 1.0
    together = {(e["label"], e["other"]): e for e in run.summary["co_occurrence"]}
    found = together["red", "cued"]
    assert found["images_with"] == KINDS["cued", "red"]
    assert found["images_without"] == carriers("red") - KINDS["cued", "red"]
    assert abs(found["difference"]) < 0.01
    assert not found["possible_cue"]


def test_pictures_hang_on_the_label_that_is_cued(run: Run) -> None:
    cases = run.cases()
    depend = cases[cases["verdict"] == "shortcut"]
    assert set(depend["label"]) == {"cued", "not cued"}
    assert set(depend["reason_code"]) == {"shortcut.label"}
    told = depend.loc[depend["label"] == "cued", "reason"].iloc[0]
    assert "'not cued'" in told


def test_reports_gate_export_and_verification_speak_of_labels(run: Run, tmp_path: Path) -> None:
    contents = contents_of(run)
    markdown, page = render_markdown(contents), render_html(contents)
    for told in (markdown, page):
        assert "sigmoid" in told
        assert "Sensitivity" in told
        assert "softmax" not in told.lower()
        assert "not cued |" not in told
        assert re.search(rf"\b{len(run.cases())}\b.* {sum(KINDS.values())}\b", told)
    assert "标签" in render_markdown(contents, lang="zh")
    assert not check_run(run, limits_of(run, {"max_confirmed": 0}, baseline=False)).holds
    assert check_run(run, limits_of(run, {"max_confirmed": 1}, baseline=False)).holds
    out = tmp_path / "classes.csv"
    assert export(run, "classes", out) == len(LABELS)
    rows = pd.read_csv(out).set_index("class")
    assert rows.loc["cued", "verdict"] == "confirmed"
    assert (rows[["sensitivity", "specificity", "auroc"]] == 1.0).all(axis=None)
    steps = tmp_path / "actions.jsonl"
    export(run, "actions", steps)
    assert "'cued'" in steps.read_text(encoding="utf-8")
    checks = {check.name: check for check in verify(run.path, data=True).checks}
    faults = [check for check in checks.values() if check.holds is False]
    assert not faults


def test_a_run_compared_with_itself_has_not_changed(run: Run) -> None:
    found = compare(run, run)
    assert [change.name for change in found.classes] == list(LABELS)
    for change in found.classes:
        assert change.base_verdict == change.new_verdict
        effect = change.measures["background_effect"]
        assert effect.base == effect.new is not None
        assert effect.change == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        *((page, "cued") for page in ("gallery", "overview", "classes", "slices", "reports")),
        ("case", "cued"),
        ("case", "not red"),
    ],
)
def test_the_dashboard_shows_labels(
    page: str, answer: str, run: Run, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.setenv(RUNS_VARIABLE, str(world))
    st.cache_resource.clear()
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["run"] = run.path.name
    app.query_params["case"] = case_id_of("images/cued_00.png", answer)
    if page != "gallery":
        app.switch_page(f"views/{page}.py")
    app.run()
    st.cache_resource.clear()
    assert not app.exception
    assert not app.error
    told = text(app)
    if page == "overview":
        assert "sigmoid" in told
    if (page, answer) == ("case", "cued"):
        assert answer in told


@pytest.mark.parametrize("form", ["columns", "list"])
def test_lists_and_columns_say_the_same(form: str, tmp_path: Path, run: Run) -> None:
    write_dataset(tmp_path, form=form)
    tree = config_of(tmp_path, interventions={"enabled": False}, model={"output": "auto"})
    tree["model"]["factory"] = "tests.fakes.labels:sigmoids"
    tree["model"]["layer"] = "body.0"
    again = auditor.audit(tree)
    columns = ["case_id", "label", "predicted", "label_probability"]
    one, other = (
        r.cases()[columns].sort_values("case_id", ignore_index=True) for r in (run, again)
    )
    pd.testing.assert_frame_equal(one, other, atol=1e-5)
    assert again.manifest["config"]["model"]["output"] == "multilabel"
    assert any(code.startswith("network.labels") for code in warning_codes(again.manifest))


def refused(folder: Path, **model: Any) -> dict[str, Any]:
    return config_of(folder, model=model, interventions={"enabled": False})


def test_a_softmax_is_refused_for_several_labels(world: Path, tmp_path: Path) -> None:
    tree = refused(world, factory="tests.fakes.labels:softmaxed", layer="0.0")
    tree["run"]["out"] = tmp_path / "run"
    with pytest.raises(ModelError) as caught:
        auditor.audit(tree)
    assert caught.value.code == "model.softmax_not_labels"
    tree = refused(world, output="softmax")
    tree["run"]["out"] = tmp_path / "run"
    with pytest.raises(DataError) as caught:
        auditor.audit(tree)
    assert caught.value.code == "data.several_labels"
    assert "model.output=multilabel" in caught.value.remedy


def test_a_list_of_labels_under_one_column_says_what_to_set(world: Path, tmp_path: Path) -> None:
    path = world / "single.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "label"])
        writer.writerow(["images/red_00.png", "red"])
        writer.writerow(["images/red_green_00.png", "red|green"])
    tree = refused(world, output="auto")
    tree["data"]["path"] = path
    tree["run"]["out"] = tmp_path / "run"
    skipped = auditor.audit(tree).skipped()
    assert "model.output=multilabel" in skipped["reason"].iloc[0]


def test_what_is_made_of_single_labels_is_refused(run: Run) -> None:
    with pytest.raises(RunError) as caught:
        cues_of(run, ["cued"])
    assert caught.value.code == "run.several_labels"
