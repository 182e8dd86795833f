"""How far apart two devices may be: what docs/operations.md promises, on the sample data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

import auditor
from auditor.cli.demo import sample_data
from auditor.config import AuditConfig
from auditor.storage.run import Run

TOLERANCES = {
    "confidence": 0.01,
    "label_probability": 0.01,
    "relevance_mass": 0.02,
    "relevance_skill": 0.05,
    "saliency_auroc": 0.02,
    "p_background_removed": 0.02,
    "p_background_other": 0.02,
    "object_effect": 0.02,
}
"""By column, the largest difference of an image whose predicted class is the same."""
EFFECT = 0.02
"""The same for the effects of a class."""


def audit_on(
    device: str, folder: Path, *, images: int, tested: int, batch_size: int = 64, threads: int = 1
) -> Run:
    """An audit of some of the demo's data: `images` of each class, `tested` of them changed."""
    sample = sample_data()
    rows = pd.read_csv(sample / "manifest.csv").groupby("label").head(images)
    for column in ("image", "mask"):
        rows[column] = [str(sample / name) for name in rows[column]]
    folder.mkdir()
    rows.to_csv(folder / "some.csv", index=False)
    tree: dict[str, Any] = AuditConfig.load(sample / "demo.toml").to_dict()
    tree["data"] |= {"path": folder / "some.csv"}
    tree["interventions"] |= {"per_class": tested, "nominated_budget": 0}
    tree["run"] |= {"out": folder / "run", "device": device, "batch_size": batch_size, "workers": 0}
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return auditor.audit(tree)
    finally:
        torch.set_num_threads(before)


def agree(one: Run, other: Run) -> None:
    first, second = (run.cases().set_index("case_id").sort_index() for run in (one, other))
    assert list(first.index) == list(second.index)
    same = first["predicted"] == second["predicted"]
    assert same.mean() >= 0.99
    for column, tolerance in TOLERANCES.items():
        apart = (first.loc[same, column] - second.loc[same, column]).abs()
        assert apart.notna().any(), column
        assert apart.max() <= tolerance, column
    pairs = [run.classes().set_index("class").sort_index() for run in (one, other)]
    for column in ("background_effect", "capture", "accuracy"):
        assert (pairs[0][column] - pairs[1][column]).abs().max() <= EFFECT, column
    assert one.summary["verdicts"] == other.summary["verdicts"]


@pytest.mark.slow
def test_other_batches_move_nothing(tmp_path: Path) -> None:
    """A few images, too few for verdicts: those are compared where the devices are others."""
    one = audit_on("cpu", tmp_path / "one", images=12, tested=4)
    two = audit_on("cpu", tmp_path / "two", images=12, tested=4, batch_size=24)
    agree(one, two)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_gpu_agrees_with_the_processor(tmp_path: Path) -> None:
    one = audit_on("cpu", tmp_path / "cpu", images=64, tested=32, threads=2)
    other = audit_on("cuda", tmp_path / "gpu", images=64, tested=32)
    agree(one, other)
    assert "confirmed" in one.summary["verdicts"].values()
