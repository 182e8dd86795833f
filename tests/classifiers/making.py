"""Small checkpoints of real architectures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import Tensor

from auditor.classifiers.loading import load_classifier
from auditor.config import ModelSection
from auditor.tensors.classifier import Classifier

ARCH = "squeezenet1_1"
CLASSES = ("ant", "bee", "cat")


def weights(arch: str = ARCH, classes: int = 3) -> dict[str, Tensor]:
    """A state_dict with random weights."""
    torch.manual_seed(0)
    network = torchvision.models.get_model(arch, weights=None, num_classes=classes)
    state: dict[str, Tensor] = network.state_dict()
    return state


def saved(folder: Path, content: Any, name: str = "weights.pt") -> Path:
    """A checkpoint file."""
    path = folder / name
    torch.save(content, path)
    return path


def load(checkpoint: Path | None, arch: str | None = ARCH, **settings: Any) -> Classifier:
    """A classifier of small images."""
    model = {
        "arch": arch,
        "checkpoint": checkpoint,
        "preprocess": {"resize": 64, "crop": 64},
        **settings.pop("model", {}),
    }
    return load_classifier(
        ModelSection.model_validate(model),
        classes=settings.pop("classes", None),
        data_classes=settings.pop("data_classes", CLASSES),
        device=torch.device("cpu"),
        **settings,
    )
