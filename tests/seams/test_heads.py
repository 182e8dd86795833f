"""Networks end as they like, and whole audits say the same of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import auditor
from auditor.actions import actions_of
from auditor.domain.errors import ModelError
from auditor.gate.checks import check_run, limits_of
from auditor.reports import render_markdown
from auditor.reports.contents import contents_of
from auditor.storage.run import Run
from tests.fakes.coded import warning_codes
from tests.fakes.heads import MARKER, NAMES, POSITIONS
from tests.fakes.planted import CLASSES, config_of, write_dataset

PER_CLASS = 24
EXACT = {"accelerate": "off"}
"""Numbers are held against each other to 1e-5, which no faster pass keeps to."""
SAME = ["verdict", "cue", "background_effect", "capture", "object_effect", "accuracy"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("heads")
    write_dataset(folder, per_class=PER_CLASS)
    return folder


def audited(world: Path, out: Path, factory: str, **sections: Any) -> Run:
    tree = config_of(world, run={"out": out, **EXACT}, **sections)
    tree["model"]["factory"] = f"tests.fakes.heads:{factory}"
    tree["model"]["layer"] = "auto" if factory in ("one_class", "thousand") else "body.0"
    return auditor.audit(tree)


@pytest.fixture(scope="module")
def plain(world: Path) -> Run:
    return auditor.audit(config_of(world, run=EXACT))


@pytest.mark.parametrize(
    ("factory", "told"),
    [
        ("softmax", "ends in a softmax"),
        pytest.param("clipped_softmax", "logarithm of its outputs", marks=pytest.mark.slow),
        pytest.param("log_softmax", "ends in a log-softmax", marks=pytest.mark.slow),
        pytest.param("sigmoid", "ends in a sigmoid", marks=pytest.mark.slow),
    ],
)
def test_an_ending_changes_no_verdict_and_is_told(
    factory: str, told: str, world: Path, plain: Run, tmp_path: Path
) -> None:
    run = audited(world, tmp_path / "run", factory)
    assert any(told in warning for warning in run.manifest["warnings"])
    pd.testing.assert_frame_equal(run.classes()[SAME], plain.classes()[SAME], atol=1e-5)
    one, other = (each.cases().set_index("case_id").sort_index() for each in (run, plain))
    pd.testing.assert_series_equal(one["confidence"], other["confidence"], atol=1e-5)
    if factory != "clipped_softmax":  # whose map is of the logarithm: its score is out of reach
        assert run.manifest["target_layer"] == "body.0"
        assert np.allclose(one["relevance_mass"], other["relevance_mass"], equal_nan=True)


@pytest.mark.slow
def test_a_thousand_outputs_are_read_among_the_classes_of_the_data(
    world: Path, plain: Run, tmp_path: Path
) -> None:
    run = audited(world, tmp_path / "run", "thousand", data={"classes": NAMES})
    assert run.manifest["classes"] == list(CLASSES)
    assert any("1,000 outputs" in warning for warning in run.manifest["warnings"])
    pd.testing.assert_frame_equal(run.classes()[SAME], plain.classes()[SAME], atol=1e-5)
    assert set(run.cases()["predicted"]) <= set(CLASSES)
    steps = actions_of(run.classes(), run.cases(), min_images=20)
    assert set(steps["class"]) <= set(CLASSES)
    assert set(run.classes()["class"]) == set(CLASSES)
    undetermined = (run.classes()["verdict"] == "undetermined").sum()
    limits = limits_of(run, {"max_undetermined": int(undetermined)}, baseline=False)
    assert check_run(run, limits).holds
    markdown = render_markdown(contents_of(run))
    assert all(f"| {name} |" in markdown for name in CLASSES)
    assert "other-" not in markdown


def test_all_outputs_count_where_that_is_asked_for(world: Path, tmp_path: Path) -> None:
    run = audited(
        world,
        tmp_path / "run",
        "thousand",
        data={"classes": NAMES},
        model={"restrict": "all"},
        interventions={"enabled": False},
    )
    assert len(run.manifest["classes"]) == len(NAMES)
    assert run.cases()["confidence"].min() < 0.3
    # Classes without an image have no row, no step and no verdict.
    assert set(run.classes()["class"]) == set(CLASSES) == set(run.summary["verdicts"])
    assert POSITIONS[1] == NAMES.index("cued")


@pytest.mark.parametrize(
    "factory", ["one_number", pytest.param("one_sigmoid", marks=pytest.mark.slow)]
)
def test_one_number_stands_for_two_classes(factory: str, world: Path, tmp_path: Path) -> None:
    two = tmp_path / "two"
    for kind in ("images", "masks"):
        for name in ("cued", "red"):
            (two / kind).mkdir(parents=True, exist_ok=True)
            (two / kind / name).symlink_to(world / kind / name)
    run = audited(two, tmp_path / "run", factory)
    assert run.manifest["classes"] == ["cued", "red"]
    assert run.summary["accuracy"] == 1.0
    assert any("--classes" in warning for warning in run.manifest["warnings"])
    cued = run.classes().set_index("class").loc["cued"]
    assert cued["verdict"] in ("confirmed", "suspected")
    # A map for the class below 0, too: its score is that of the other one turned round.
    assert run.cases().groupby("label")["relevance_mass"].count().tolist() == [24, 24]
    named = audited(
        two,
        tmp_path / "named",
        factory,
        data={"classes": ("red", "cued")},
        interventions={"enabled": False},
    )
    assert named.summary["accuracy"] == 0.0


def test_one_class_of_a_softmax_is_refused(world: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        audited(world, tmp_path / "run", "one_class")
    assert caught.value.code == "model.one_class"
    assert "model.output=binary" in caught.value.remedy
    assert not (tmp_path / "run").exists()


def broken_world(folder: Path, white: int) -> Path:
    write_dataset(folder, per_class=PER_CLASS)
    for i in range(white):
        Image.new("RGB", (64, 64), "white").save(folder / "images" / "red" / f"{i:03}.png")
    path = folder / "images" / "green" / "005.png"
    pixels = np.array(Image.open(path))
    inside = np.argwhere(np.array(Image.open(folder / "masks" / "green" / "005.png")))
    row, column = inside[len(inside) // 2]
    pixels[row, column] = MARKER
    Image.fromarray(pixels).save(path)
    return folder


def test_an_image_without_an_answer_is_skipped_and_named(tmp_path: Path) -> None:
    run = audited(
        broken_world(tmp_path / "world", white=1),
        tmp_path / "run",
        "not_a_number",
        interventions={"looks": PER_CLASS},
    )
    skipped = run.skipped()
    assert skipped["image"].tolist() == ["red/000.png"]
    assert skipped["reason_code"].tolist() == ["skip.not_finite"]
    cases = run.cases().set_index("image")
    assert len(cases) == 4 * PER_CLASS - 1
    # Its swap onto yellow has no answer: seen, but not tested; the others are.
    assert not cases.loc["green/005.png", "tested"]
    assert cases["tested"].sum() == len(cases) - 1
    assert any("green/005.png" in warning for warning in run.manifest["warnings"])
    assert run.trials()["p_label"].notna().all()
    assert run.summary["verdicts"]["cued"] == "confirmed"


def test_many_images_without_an_answer_stop_the_audit(tmp_path: Path) -> None:
    world = broken_world(tmp_path / "world", white=15)
    with pytest.raises(ModelError) as caught:
        audited(world, tmp_path / "run", "not_a_number")
    assert caught.value.code == "model.not_finite"
    assert "of 96 images" in caught.value.got


def test_dropout_in_eval_mode_is_told_and_its_maps_are(world: Path, tmp_path: Path) -> None:
    run = audited(world, tmp_path / "run", "dropout", interventions={"enabled": False})
    assert "network.random" in warning_codes(run.manifest)
    assert "repeated_similarity" in run.manifest["sanity"]["checks"]
