"""A folder of transformers is audited by its name, from the checks before the work to the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import auditor
from auditor.domain.errors import ConfigError, ModelError
from auditor.storage.run import Run
from tests.classifiers.test_hub import transformers_folder

MEAN = np.float32([0.485, 0.456, 0.406])
STD = np.float32([0.229, 0.224, 0.225])


def audited(folder: Path, arch: str) -> Run:
    return auditor.audit(
        {
            "data": {"path": folder / "images"},
            "model": {"arch": arch, "preprocess": {"resize": 64, "crop": False}},
            "interventions": {"enabled": False},
            "run": {"out": folder / "run", "device": "cpu", "workers": 0, "accelerate": "off"},
        }
    )


@pytest.fixture
def images(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name in ("cat", "dog", "eel"):
        (tmp_path / "images" / name).mkdir(parents=True)
        pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / name / "0.png")
    return tmp_path


@pytest.mark.slow
def test_an_audit_of_a_folder_gives_the_networks_own_probabilities(images: Path) -> None:
    network = transformers_folder(images / "net", "resnet")
    run = audited(images, f"hf:{images / 'net'}")
    assert run.manifest["classes"] == ["cat", "dog", "eel"]
    for case in run.cases().to_dict("records"):
        pixels = np.asarray(Image.open(images / "images" / case["image"]), np.float32) / 255
        inputs = torch.from_numpy((pixels - MEAN) / STD).permute(2, 0, 1)[None]
        with torch.no_grad():
            probabilities = network(inputs).logits.softmax(1)[0]
        position = ["cat", "dog", "eel"].index(case["label"])
        assert case["label_probability"] == pytest.approx(float(probabilities[position]), abs=1e-5)
    assert auditor.verify(run, data=True).holds


def test_a_folder_that_is_not_there_is_told_as_one(images: Path) -> None:
    with pytest.raises(ModelError) as told:
        audited(images, f"hf:{images / 'no_net'}")
    assert told.value.code == "hub.no_network"
    assert not (images / "run").exists()


def test_an_unknown_architecture_is_a_fault_of_the_configuration(images: Path) -> None:
    with pytest.raises(ConfigError, match=r"unknown architecture 'hf'"):
        auditor.audit(
            {
                "data": {"path": images / "images"},
                "model": {"arch": "hf", "checkpoint": images / "images/cat/0.png"},
            }
        )
