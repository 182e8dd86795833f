from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import auditor
from auditor.config import AuditConfig
from auditor.storage.run import Run, open_run
from tests.fakes.planted import config_of, write_dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    images = write_dataset(folder, per_class=16)
    (images / "red" / "broken.png").write_bytes(b"no image")
    return folder


@pytest.fixture(scope="session")
def local(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return auditor.audit(config(planted, tmp_path_factory.mktemp("local") / "run"))


def config(planted: Path, out: Path, **run: object) -> AuditConfig:
    tree = config_of(
        planted,
        run={"out": out, "batch_size": 4, **run},
        interventions={"swaps": 2, "per_class": 6},
        # Masks are tried with errors, too, so that this stage runs under every engine.
        findings={"min_images": 5, "mask_stability": "always"},
    )
    return AuditConfig.from_dict(tree)


def assert_the_same(one: Run, other: Run) -> None:
    """Equal within 1e-5, and every verdict the same (docs/run-folder.md)."""
    for table in ("cases", "classes", "slices"):
        ours, theirs = (getattr(run, table)() for run in (one, other))
        pd.testing.assert_frame_equal(
            ours.drop(columns=["reason", "cam"], errors="ignore"),
            theirs.drop(columns=["reason", "cam"], errors="ignore"),
            check_exact=False,
            rtol=0,
            atol=1e-5,
        )
    assert one.summary["verdicts"] == other.summary["verdicts"]
    pd.testing.assert_frame_equal(one.skipped(), other.skipped())
    shown = [run.evidence()[["case_id", "intervention", "fill"]] for run in (one, other)]
    pd.testing.assert_frame_equal(*shown)


def reopened(out: Path) -> Run:
    assert json.loads((out / "manifest.json").read_text())
    return open_run(out)
