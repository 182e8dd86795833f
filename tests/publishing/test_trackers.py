"""A run in MLflow and in Weights & Biases, read back with their own clients."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from auditor.domain.errors import AuditorError
from auditor.publishing import class_numbers, log_run, run_numbers, tracker_of
from auditor.storage.run import Run
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "run", hostile=True)


class Told:
    """A tracker that remembers."""

    def __init__(self) -> None:
        self.metrics: dict[str, float] = {}
        self.texts: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    def numbers(self, values: Mapping[str, float]) -> None:
        self.metrics.update(values)

    def facts(self, values: Mapping[str, str]) -> None:
        self.texts.update(values)

    def files(self, folder: Path) -> None:
        self.contents |= {path.name: path.read_bytes() for path in folder.iterdir()}

    def close(self) -> str:
        return "here"


def test_numbers_are_the_runs_own_and_the_gate_is_one_of_them(made: Run) -> None:
    told = Told()
    gate = log_run(made, told)
    assert not gate.holds
    assert told.metrics["gate_holds"] == 0.0
    assert told.texts["gate"] == "fails"
    assert {name: told.metrics[name] for name in run_numbers(made)} == run_numbers(made)
    assert len([name for name in told.metrics if name.endswith("/background_effect")]) == sum(
        "background_effect" in values for values in class_numbers(made).values()
    )
    assert {"report.html", "model-card.md", "classes.csv"} <= set(told.contents)


def test_without_pictures_the_report_has_none(made: Run) -> None:
    with_pictures, without = Told(), Told()
    log_run(made, with_pictures)
    log_run(made, without, pictures=False)
    assert b"data:image/jpeg" in with_pictures.contents["report.html"]
    assert b"data:image/jpeg" not in without.contents["report.html"]


@pytest.mark.slow
def test_mlflow_keeps_what_was_told(
    made: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    tracker = tracker_of("mlflow", made, "audits")
    log_run(made, tracker)
    tracker.close()
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("audits")
    (found,) = client.search_runs([experiment.experiment_id])
    assert found.info.status == "FINISHED"
    assert found.data.metrics["accuracy"] == made.summary["accuracy"]
    assert len([name for name in found.data.metrics if name.startswith("class/")]) == sum(
        map(len, class_numbers(made).values())
    )
    files = {file.path for file in client.list_artifacts(found.info.run_id, "shortcut-audit")}
    assert "shortcut-audit/report.html" in files


def _written(folder: Path, wanted: list[bytes]) -> set[bytes]:
    """What of it stands in the run's file; W&B's own process may write after the run ended."""
    until = time.monotonic() + 60
    while True:
        stored = b"".join(path.read_bytes() for path in folder.rglob("*.wandb"))
        found = {text for text in wanted if text in stored}
        if len(found) == len(wanted) or time.monotonic() > until:
            return found
        time.sleep(0.2)


@pytest.mark.slow
def test_wandb_keeps_what_was_told(
    made: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_SILENT", "true")
    tracker = tracker_of("wandb", made)
    log_run(made, tracker)
    tracker.close()
    wanted = [b"worst_group_accuracy", b"gate_holds", b"audit-run", b"shortcut-audit"]
    assert set(wanted) <= _written(tmp_path, wanted)
    staged = {path.read_bytes()[:8] for path in tmp_path.rglob("staging/*") if path.is_file()}
    assert b"<!doctyp" in {content.lower() for content in staged}


def test_a_store_that_refuses_is_an_error_of_ours(
    made: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"file://{tmp_path}/none")
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE", raising=False)
    with pytest.raises(AuditorError):
        tracker_of("mlflow", made)
