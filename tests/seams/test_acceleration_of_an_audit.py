"""`run.accelerate` from the configuration to trials, manifest and `--resume`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import auditor
from auditor.config import AuditConfig
from auditor.domain.errors import RunError
from auditor.pipeline import acceleration_stage, intervention_stage
from auditor.storage.run import Run
from auditor.tensors.acceleration import Capabilities
from tests.fakes.planted import config_of, write_dataset

COMPILERS = [name for name in ("g++", "clang++") if shutil.which(name)]
KEY = ["case_id", "intervention", "fill", "donor", "place"]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accelerated")
    write_dataset(folder, per_class=6)
    return folder


def config(planted: Path, out: Path, accelerate: str, **interventions: object) -> AuditConfig:
    return AuditConfig.from_dict(
        config_of(
            planted,
            run={"out": out, "accelerate": accelerate},
            interventions={"swaps": 1, "per_class": 4, **interventions},
            findings={"min_images": 3},
        )
    )


@pytest.fixture(scope="module")
def plain(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return auditor.audit(config(planted, tmp_path_factory.mktemp("plain") / "run", "off"))


def test_bf16_moves_trials_by_little_and_maps_not_at_all(
    planted: Path, plain: Run, tmp_path: Path
) -> None:
    fast = auditor.audit(config(planted, tmp_path / "run", "bf16"))
    told = fast.manifest["acceleration"]
    assert (told["kind"], told["precision"]) == ("bf16", "bf16")
    assert told["checked_images"] > 0
    assert 0 < told["largest_difference"] <= 0.01
    assert plain.manifest["acceleration"]["kind"] == "off"
    for column in ("cam", "confidence", "relevance_mass"):
        pd.testing.assert_series_equal(fast.cases()[column], plain.cases()[column])
    one, two = (pd.read_parquet(run.path / "trials.parquet")["p_label"] for run in (plain, fast))
    assert 0 < (one - two).abs().max() < 0.05
    assert fast.summary["verdicts"] == plain.summary["verdicts"]


@pytest.mark.slow
@pytest.mark.skipif(not COMPILERS, reason="torch.compile needs a C++ compiler")
def test_a_compiled_network_gives_the_same_verdicts_also_resumed(
    planted: Path, plain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    run_trials, calls = intervention_stage.run_trials, 0

    def stopped(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise KeyboardInterrupt
        return run_trials(*given, **named)

    with monkeypatch.context() as broken:
        broken.setattr(intervention_stage, "run_trials", stopped)
        broken.setattr(intervention_stage, "PIXELS_A_PART", 4 * 64 * 64)
        with pytest.raises(auditor.AuditorError):
            auditor.audit(config(planted, out, "compile"))
        assert len(list((out / "parts").glob("trials-*.parquet"))) == 1
        broken.setattr(intervention_stage, "run_trials", run_trials)
        run = auditor.audit(config(planted, out, "auto"), resume=True)
    told = run.manifest["acceleration"]
    assert (told["kind"], told["precision"], told["failed"]) == ("compile", "float32", False)
    assert told["checked_images"] > 0
    assert told["largest_difference"] < 1e-4
    assert run.summary["verdicts"] == plain.summary["verdicts"]
    pd.testing.assert_series_equal(run.cases()["cam"], plain.cases()["cam"])
    pd.testing.assert_series_equal(run.cases()["verdict"], plain.cases()["verdict"])
    one, two = (
        pd.read_parquet(each.path / "trials.parquet").sort_values(KEY, ignore_index=True)
        for each in (plain, run)
    )
    pd.testing.assert_frame_equal(one[KEY], two[KEY])
    assert (one["p_label"] - two["p_label"]).abs().max() < 1e-4


def test_nothing_is_tried_without_interventions(planted: Path, tmp_path: Path) -> None:
    run = auditor.audit(config(planted, tmp_path / "run", "bf16", enabled=False))
    assert run.manifest["acceleration"]["kind"] == "off"
    assert run.manifest["acceleration"]["checked_images"] == 0


def test_a_small_audit_is_not_converted(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Capabilities("cpu", bf16=False, openvino="2026.1")
    monkeypatch.setattr(acceleration_stage, "capabilities", lambda _: there)
    run = auditor.audit(config(planted, tmp_path / "run", "auto"))
    assert len(run.cases()) < acceleration_stage.WORTH_CONVERTING
    assert run.manifest["acceleration"]["kind"] == "off"


def test_resume_keeps_the_choice(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(intervention_stage, "run_trials", stopped)
        with pytest.raises(auditor.AuditorError):
            auditor.audit(config(planted, out, "bf16"))
    assert json.loads((out / "parts" / "identity.json").read_text())["the acceleration"].startswith(
        "bf16"
    )
    with pytest.raises(RunError, match="acceleration"):
        auditor.audit(config(planted, out, "off"), resume=True)
    run = auditor.audit(config(planted, out, "auto"), resume=True)
    told = run.manifest["acceleration"]
    assert (told["kind"], told["by_name"]) == ("bf16", False)
    assert told["reason"] != "asked for"


def test_a_run_in_mixed_precision_is_resumed(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    there = Capabilities("cuda", bf16=True, openvino=None, mixed=True)
    monkeypatch.setattr(acceleration_stage, "capabilities", lambda _: there)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(intervention_stage, "run_trials", stopped)
        with pytest.raises(auditor.AuditorError):
            auditor.audit(config(planted, out, "auto"))
    run = auditor.audit(config(planted, out, "auto"), resume=True)
    assert run.manifest["acceleration"]["precision"] == "as run.precision"
