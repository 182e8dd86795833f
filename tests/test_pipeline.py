"""The whole audit on a world whose answer is known by construction."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import auditor
from auditor import wiring
from auditor.config import AuditConfig
from auditor.domain.errors import AuditInterrupted, DataError, RunError
from auditor.domain.schema import names
from auditor.engines.local import Local
from auditor.pipeline import (
    evidence_stage,
    intervention_stage,
    localisation_stage,
    run_audit,
    saliency_stage,
)
from auditor.ports import Silent
from auditor.storage.run import Run
from tests.fakes.planted import CLASSES, SIZE, config_of, write_dataset


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    write_dataset(folder)
    return folder


@pytest.fixture(scope="module")
def run(planted: Path) -> Run:
    return auditor.audit(config_of(planted))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that something is done and something is left when an audit stops."""
    monkeypatch.setattr(saliency_stage, "BATCHES_A_PART", 1)
    monkeypatch.setattr(intervention_stage, "PIXELS_A_PART", 30 * SIZE * SIZE)


def test_what_is_planted_is_found_and_nothing_else(run: Run) -> None:
    assert run.summary["verdicts"] == {
        "blue": "clean",
        "cued": "confirmed",
        "green": "clean",
        "red": "clean",
    }
    assert run.summary["confirmed"] == 1


def test_effects_are_those_of_the_network(run: Run) -> None:
    # On grey nothing speaks for `cued`: it falls from 1 to 1 / (e^2 + 3) = .096, and its yellow
    # wins every other object.
    classes = run.classes().set_index("class")
    cued = classes.loc["cued"]
    assert cued["background_effect"] == pytest.approx(1 - 0.096, abs=0.01)
    assert cued["capture_low"] > 0.8
    clean = classes.drop(index="cued")
    assert (clean["background_effect_high"] < 0.05).all()
    # Removing the object leaves the empty image's answer: .71 for `blue`, .096 for the others.
    assert clean.loc["blue", "object_effect"] == pytest.approx(1 - 0.711, abs=0.01)
    assert clean.loc["red", "object_effect"] == pytest.approx(1 - 0.096, abs=0.01)
    assert abs(cued["object_effect"]) < 0.02
    assert (classes["accuracy"] == 1.0).all()


def test_cases_tell_the_same(run: Run) -> None:
    cases = run.cases()
    by_class = cases.groupby("label")["verdict"].agg(set)
    assert by_class["cued"] == {"shortcut"}
    for label in ("blue", "green", "red"):
        assert by_class[label] == {"object"}
    assert cases["severity"].is_monotonic_decreasing
    assert (cases.head(24)["label"] == "cued").all()


def test_alike_pictures_lie_close_on_the_map(run: Run) -> None:
    cases = run.cases(("case_id", "label", "map_x", "map_y", "features"))
    vectors = np.stack([np.frombuffer(row, dtype="<f2") for row in cases["features"]])
    assert vectors.shape == (len(cases), 32)
    places = cases[["map_x", "map_y"]].to_numpy()
    assert np.allclose(vectors[:, :2], places, atol=5e-3)
    assert places[:, 0].std() == pytest.approx(1.0, abs=0.01)
    far = ((vectors[:, None] - vectors[None]).astype(np.float32) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    nearest = cases["label"].to_numpy()[far.argmin(axis=1)]
    assert (nearest == cases["label"]).mean() > 0.9


def test_the_run_folder_is_that_of_the_contract(run: Run) -> None:
    found = {entry.name for entry in run.path.iterdir()}
    assert {
        "manifest.json",
        "cases.parquet",
        "classes.parquet",
        "slices.parquet",
        "evidence.parquet",
        "skipped.csv",
        "summary.json",
        "report.html",
    } <= found
    assert "parts" not in found
    assert set(names("cases")) <= set(pd.read_parquet(run.path / "cases.parquet").columns)
    assert list(pd.read_parquet(run.path / "classes.parquet").columns) == names("classes")
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert manifest["counts"] == {"images": 96, "audited": 96, "skipped": 0}
    assert manifest["target_layer"] == "0"
    assert len(manifest["fingerprints"]["dataset"]) == 64
    summary = json.loads((run.path / "summary.json").read_text())
    assert summary["saliency_sane"] is True
    assert summary["accuracy"] == 1.0
    assert "cued" in (run.path / "report.html").read_text()


def test_evidence_holds_pictures_of_the_worst_cases(run: Run) -> None:
    worst = run.cases().iloc[0]
    evidence = run.evidence(worst["case_id"])
    assert {"original", "object_removed", "background_removed", "background_other"} <= set(
        evidence["intervention"]
    )
    assert all(picture[:2] == b"\xff\xd8" for picture in evidence["picture"])


def test_the_same_input_gives_the_same_cases(run: Run, planted: Path, tmp_path: Path) -> None:
    again = auditor.audit(config_of(planted, run={"out": tmp_path / "again"}))
    pd.testing.assert_frame_equal(run.cases(), again.cases(), check_exact=True)
    pd.testing.assert_frame_equal(run.classes(), again.classes(), check_exact=True)


@pytest.mark.parametrize(
    ("stage", "broken"),
    [
        pytest.param(saliency_stage, "score_batch", marks=pytest.mark.slow),
        (intervention_stage, "run_trials"),
        pytest.param(localisation_stage, "run_attribute_swaps", marks=pytest.mark.slow),
        pytest.param(run_audit, "write_verdicts", marks=pytest.mark.slow),
        pytest.param(evidence_stage, "render", marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("small_parts")
def test_a_stopped_audit_resumes_to_the_same(
    run: Run,
    planted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: ModuleType,
    broken: str,
) -> None:
    out = tmp_path / "stopped"
    config = config_of(planted, run={"out": out})
    works = getattr(stage, broken)
    calls = 0

    def breaks(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if broken not in ("score_batch", "run_trials") or calls > 2:
            raise OSError("the lights went out")
        return works(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(stage, broken, breaks)
        with pytest.raises(AuditInterrupted) as caught:
            auditor.audit(config)
        assert caught.value.code == "audit.interrupted"
        assert caught.value.exit_code == 3
        assert not (out / "manifest.json").exists()
        with pytest.raises(RunError):
            auditor.open_run(out)
        patched.setattr(stage, broken, works)
        resumed = auditor.audit(config, resume=True)
    pd.testing.assert_frame_equal(run.cases(), resumed.cases(), check_exact=True)
    pd.testing.assert_frame_equal(run.classes(), resumed.classes(), check_exact=True)


def test_resume_refuses_another_audit(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "stopped"
    with monkeypatch.context() as patched:
        patched.setattr(run_audit, "write_verdicts", lambda *_, **__: 1 / 0)
        with pytest.raises(AuditInterrupted):
            auditor.audit(config_of(planted, run={"out": out}))
    with pytest.raises(RunError):
        auditor.audit(config_of(planted, run={"out": out, "seed": 5}), resume=True)


def test_an_existing_run_is_refused_unless_made_anew(run: Run, planted: Path) -> None:
    with pytest.raises(RunError):
        auditor.audit(config_of(planted))
    anew = auditor.audit(config_of(planted), overwrite=True)
    pd.testing.assert_frame_equal(run.cases(), anew.cases(), check_exact=True)


def test_what_cannot_be_audited_is_skipped_with_its_reason(tmp_path: Path) -> None:
    images = write_dataset(tmp_path)
    (images / "red" / "broken.png").write_bytes(b"no image")
    (images / "red" / "000.png").write_bytes(b"")
    Image.new("L", (9, 9), 255).save(tmp_path / "masks" / "blue" / "000.png")
    (images / "stranger").mkdir()
    Image.new("RGB", (64, 64)).save(images / "stranger" / "a.png")
    classes = tmp_path / "classes.txt"
    classes.write_text("\n".join(CLASSES))
    run = auditor.audit(config_of(tmp_path, data={"classes": classes}))
    skipped = run.skipped().set_index("image")["reason"]
    assert set(skipped.index) == {
        "red/broken.png",
        "red/000.png",
        "blue/000.png",
        "stranger/a.png",
    }
    assert "stranger" in skipped["stranger/a.png"]
    assert "9" in skipped["blue/000.png"]
    assert run.manifest["counts"] == {"images": 98, "audited": 94, "skipped": 4}
    assert run.summary["verdicts"]["cued"] == "confirmed"


def test_strict_refuses_skips_and_leaves_nothing(tmp_path: Path) -> None:
    images = write_dataset(tmp_path, per_class=2)
    (images / "red" / "000.png").write_bytes(b"")
    with pytest.raises(DataError) as caught:
        auditor.audit(config_of(tmp_path, data={"strict": True}))
    assert caught.value.code == "data.skips_under_strict"
    assert not (tmp_path / "run").exists()


def test_nothing_readable_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    images = write_dataset(tmp_path, per_class=1)
    for path in images.glob("*/*.png"):
        path.write_bytes(b"")
    with pytest.raises(DataError) as caught:
        auditor.audit(config_of(tmp_path))
    assert caught.value.code == "audit.no_image"
    assert not (tmp_path / "run").exists()


def test_without_interventions_nothing_is_confirmed(planted: Path, tmp_path: Path) -> None:
    run = auditor.audit(
        config_of(planted, run={"out": tmp_path / "quick"}, interventions={"enabled": False})
    )
    assert run.summary["confirmed"] == 0
    assert run.summary["verdicts"]["cued"] in {"suspected", "undetermined"}
    assert not run.cases()["tested"].any()
    assert run.cases()["background_effect"].isna().all()


def test_without_masks_only_appearance_is_tried(planted: Path, tmp_path: Path) -> None:
    config = config_of(planted, run={"out": tmp_path / "maskless"})
    config["data"].pop("masks")
    run = auditor.audit(config)
    # Its background is one colour all over: without a mask that is a tint and a frame.
    verdicts = dict(run.summary["verdicts"])
    assert verdicts.pop("cued") == "confirmed"
    assert set(verdicts.values()) == {"undetermined"}
    assert run.classes().set_index("class").loc["cued", "cue"] in ("colour cast", "border frame")
    assert run.summary["shortcut_rate"] is None
    cases = run.cases()
    assert set(cases["mask_source"]) == {"none"}
    assert cases["relevance_mass"].isna().all()
    unaffected = run.classes().set_index("class").drop(index="cued")
    assert set(unaffected["reason_code"]) == {"undetermined.no_masks"}


def test_some_images_without_a_mask(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=4)
    (tmp_path / "masks" / "red" / "001.png").unlink()
    cases = auditor.audit(config_of(tmp_path)).cases().set_index("image")
    assert (cases["mask_source"] == "none").sum() == 1
    assert cases.loc["red/001.png", "mask"] is None or pd.isna(cases.loc["red/001.png", "mask"])
    assert cases.loc["red/000.png", "mask_source"] == "file"


def test_too_few_images_are_undetermined(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=6)
    run = auditor.audit(config_of(tmp_path))
    assert set(run.summary["verdicts"].values()) == {"undetermined"}


def test_the_labels_map_is_kept_where_it_is_not_the_predictions(tmp_path: Path) -> None:
    images = write_dataset(tmp_path, per_class=2)
    # A red object under the label blue: predicted red.
    (images / "red" / "000.png").rename(images / "blue" / "wrong.png")
    (tmp_path / "masks" / "red" / "000.png").rename(tmp_path / "masks" / "blue" / "wrong.png")
    run = auditor.audit(config_of(tmp_path, saliency={"target": "both"}))
    cases = run.cases().set_index("image")
    wrong = cases.loc["blue/wrong.png"]
    assert wrong["predicted"] == "red"
    assert len(wrong["label_cam"]) == wrong["cam_height"] * wrong["cam_width"]
    assert wrong["label_cam"] != wrong["cam"]
    assert cases.drop(index="blue/wrong.png")["label_cam"].isna().all()


@pytest.mark.slow
def test_who_leads_goes_on_alone_only_when_all_have_seen_every_part(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the parts away in the end, and another rank may still look for them."""
    told: list[str] = []

    class Told(Silent):
        def stage(self, name: str, total: int | None) -> None:
            told.append(name)

    monkeypatch.setattr(Local, "meet", lambda self: told.append("all are here"))
    config = AuditConfig.from_dict(config_of(planted, run={"out": tmp_path / "run"}))
    wiring.audit(config, progress=Told())
    locating = "locating what the classes rely on"
    last = told.index(locating)
    assert told.index("background features") < last
    assert told[last : last + 3] == [locating, "all are here", "evaluating classes"]
