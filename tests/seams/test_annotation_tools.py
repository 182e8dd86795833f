"""Exported tasks are read by the tools' own packages, and what these hand back is taken.

The packages clash with each other's versions and with ours, so each may live in an environment of
its own: `AUDITOR_SDK_PYTHONS` names their interpreters, with the system's path separator between.
docs/round-trips.md says what to install.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.domain.review_tasks import TASKS, TaskFormat
from auditor.export.tasks.gathering import tasks_of
from auditor.review_imports.importing import import_reviews
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from tests.fakes.runs import make_run

PACKAGES = {
    TaskFormat.COCO: ("pycocotools", "coco.py", ".json"),
    TaskFormat.LABEL_STUDIO: ("label_studio_sdk", "label_studio.py", ".json"),
    TaskFormat.CVAT: ("datumaro", "cvat.py", ".zip"),
    TaskFormat.FIFTYONE: ("fiftyone", "fiftyone_samples.py", ".json"),
}
PROGRAMS = Path(__file__).parent.parent / "sdk"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "run", classes=5, hostile=True)


@cache
def interpreter(package: str) -> str:
    named = os.environ.get("AUDITOR_SDK_PYTHONS", "").split(os.pathsep)
    for python in (sys.executable, *filter(None, named)):
        code = f"from importlib.util import find_spec as f; exit(f({package!r}) is None)"
        if subprocess.run([python, "-c", code], check=False).returncode == 0:
            return python
    pytest.skip(f"{package} is not installed here, nor where AUDITOR_SDK_PYTHONS says")


def exported(run: Run, what: TaskFormat, folder: Path) -> Path:
    folder.mkdir()
    out = folder / f"{what}{TASKS[what].suffix}"
    given = ["export", str(run.path), "--what", what, "--out", str(out), "--json"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows"] == len(tasks_of(run))
    shutil.copytree(run.path.parent / "run-data", folder / "images")
    return folder


def test_every_format_has_a_package_that_reads_it() -> None:
    assert set(PACKAGES) == set(TASKS) == set(TaskFormat)


@pytest.mark.parametrize("what", TaskFormat)
def test_there_and_back_through_the_tools_own_package(
    run: Run, tmp_path: Path, what: TaskFormat
) -> None:
    package, program, suffix = PACKAGES[what]
    python = interpreter(package)
    tasks = {task.case_id: task for task in tasks_of(run)}
    folder = exported(run, what, tmp_path / "out")
    back = tmp_path / "back" / f"annotated{suffix}"
    back.parent.mkdir()
    done = subprocess.run(
        [python, str(PROGRAMS / program), str(folder), str(back)],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={key: v for key, v in os.environ.items() if key != "PYTHONPATH"}
        | {"HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    pixels = json.loads(done.stdout.splitlines()[-1])
    masks = {case: task.mask for case, task in tasks.items() if task.mask is not None}
    assert pixels == {case: int(mask.sum()) for case, mask in masks.items()}

    result = import_reviews(run, back, masks_out=tmp_path / "masks")
    assert (result.decisions, result.saved, result.unmatched) == (len(tasks), len(tasks), ())
    assert (result.masks, result.unchanged) == (1, len(tasks) - 1)
    assert reviewers(run) == dict.fromkeys(tasks, ("confirmed", "ada"))
    record = pd.read_csv(tmp_path / "masks" / "masks.csv")
    changed = tasks[record["case_id"][0]]
    assert changed.mask is not None
    expected = changed.mask.copy()
    expected[:4, :6] = True
    file = tmp_path / "masks" / record["mask"][0]
    assert np.array_equal(np.asarray(Image.open(file)) > 0, expected)
    assert import_reviews(run, back).saved == 0


def reviewers(run: Run) -> dict[str, tuple[str, str]]:
    store = open_store(run.path.parent)
    try:
        latest = store.ledger(run.name).latest()
    finally:
        store.close()
    return {case: (event.decision.value, event.reviewer) for case, event in latest.items()}
