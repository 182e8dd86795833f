"""What an audit depends on, and what its manifest says of where its numbers come from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch

from auditor.config import AuditConfig
from auditor.data.masks.automatic import AutoMasks
from auditor.domain.manifest import Fingerprints, Manifest
from auditor.files import absolute, words
from auditor.ports import DatasetSource
from auditor.storage.manifest import versions
from auditor.tensors.acceleration import Acceleration
from auditor.tensors.classifier import Classifier
from auditor.tensors.environment import environment

ACCELERATION = "the acceleration"
"""Name in a run's identity."""


def identity_of(
    config: AuditConfig, dataset: str, classifier: Classifier, acceleration: Acceleration
) -> dict[str, str]:
    """What parts depend on: all but where they are written, who decodes, and who is told."""
    tree = config.to_dict()
    # What acceleration was asked for is not what was used.
    for key in ("out", "workers", "actors", "read_timeout", "accelerate"):
        tree["run"].pop(key)
    for section in ("report", "notify", "gate"):
        tree.pop(section)
    return {
        "the configuration": json.dumps(tree, sort_keys=True),
        "the data": dataset,
        "the weights": classifier.weights_sha256,
        "the device": _device_words(classifier.device),
        ACCELERATION: acceleration.words(),
        "the versions of the packages": json.dumps(versions(), sort_keys=True),
    }


def provenance_of(
    config: AuditConfig,
    classifier: Classifier,
    source: DatasetSource,
    dataset: str,
    auto_masks: AutoMasks | None,
    *,
    acceleration: Acceleration,
) -> Manifest:
    """What is known before the first image: counts, times and checks are added at the end."""
    return Manifest(
        config=config.to_dict(),
        seed=config.run.seed,
        versions=versions(),
        device=_device_words(classifier.device),
        environment=environment(classifier.device),
        acceleration=acceleration.to_dict(),
        deterministic=torch.are_deterministic_algorithms_enabled(),
        fingerprints=Fingerprints(dataset, classifier.weights_sha256),
        target_layer=classifier.target_layer,
        method=config.saliency.method,
        classes=tuple(classifier.labels or classifier.classes),
        data_root=words(absolute(source.root)),
        folder=_working_folder(),
        preprocess=classifier.preprocess,
        warnings=(
            *source.warnings,
            *(auto_masks.warnings() if auto_masks else ()),
            *acceleration.warnings(),
        ),
        auto_masks=None if auto_masks is None else asdict(auto_masks),
    )


def _working_folder() -> str | None:
    """What the configuration's relative paths are relative to; None where it was removed."""
    try:
        return str(Path.cwd())
    except OSError:
        return None


def _device_words(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type
