"""A checkpoint trained on random labels, from the configuration to the run's sanity checks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import auditor
from auditor.domain.errors import ConfigError, ModelError
from tests.fakes.planted import build_network, config_of, write_dataset


def test_its_maps_are_compared_in_a_real_audit(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=4)
    checkpoint = tmp_path / "random-labels.safetensors"
    save_file(build_network().state_dict(), checkpoint)

    run = auditor.audit(
        config_of(
            tmp_path,
            saliency={"random_labels": checkpoint},
            interventions={"enabled": False},
        )
    )

    assert run.manifest["sanity"]["checks"]["random_labels_similarity"] == pytest.approx(1.0)
    assert run.summary["saliency_sane"] is False


def test_a_checkpoint_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=1)
    with pytest.raises(ConfigError):
        auditor.audit(config_of(tmp_path, saliency={"random_labels": tmp_path / "none.pt"}))
    torch.save({"other": torch.ones(2)}, tmp_path / "other.pt")
    with pytest.raises(ModelError):
        auditor.audit(config_of(tmp_path, saliency={"random_labels": tmp_path / "other.pt"}))
