"""A run's network ready to be trained, and training pictures in its geometry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from auditor.classifiers.loading import load_classifier
from auditor.config import AuditConfig
from auditor.counterexamples.inputs import refuse_labels
from auditor.data.class_names import class_names
from auditor.data.loader import Loader
from auditor.data.sources.opening import open_source
from auditor.domain.errors import ModelError
from auditor.domain.mask_references import mask_source
from auditor.domain.samples import Sample
from auditor.files import absolute, exists, located
from auditor.ports import Progress
from auditor.repairs.material import Material, gather_material
from auditor.repairs.trainable import Trainable
from auditor.storage.audited_config import audited_config
from auditor.storage.run import Run
from auditor.tensors.batch import Batch
from auditor.tensors.head import Answering
from auditor.wiring import with_missing_masks

READ_AT_ONCE = 64


class TrainingData(Protocol):
    """Where the training pictures are."""

    @property
    def data(self) -> Path: ...
    @property
    def masks(self) -> Path | None: ...
    @property
    def split(self) -> str | None: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def auto_mask(self) -> str | None: ...


def repair_config(run: Run) -> AuditConfig:
    """The configuration of a run, to audit the same pictures again.

    Raises:
        RunError: an image of the run may carry several labels.
        ModelError: the network cannot be trained: it is a program or a folder, not a module with
            weights.
    """
    refuse_labels(run, "Repairs")
    config = audited_config(run.metadata)
    arch = config.model.arch or ""
    if (config.model.checkpoint is None and config.model.factory is None) or arch.startswith("hf:"):
        raise ModelError(
            "This network cannot be retrained here.",
            code="repair.not_trainable",
            expected="an architecture with a checkpoint, or a factory that returns a module",
            got=repr(config.model.arch or config.model.factory),
            remedy="retrain it in your own pipeline: retrain.py of another repair shows how; audit"
            " the new weights",
        )
    if not exists(config.data.path):
        root = Path(run.metadata.data_root)
        data = config.data.model_copy(update={"path": root})
        config = config.model_copy(update={"data": data})
    return _with_names(config, run)


def _with_names(config: AuditConfig, run: Run) -> AuditConfig:
    """The configuration with the names of all outputs of the network.

    A repaired checkpoint holds weights alone. Names that the audited checkpoint stored, or that
    came from the data, would be lost with it, and labels would change places without a word.
    """
    whole = load_classifier(
        config.model.model_copy(update={"restrict": "all"}),
        classes=class_names(config.data),
        data_classes=sorted(run.metadata.classes),
        device=torch.device("cpu"),
        fold=False,
    )
    data = config.data.model_copy(update={"classes": whole.classes})
    return config.model_copy(update={"data": data})


def load_trainable(
    config: AuditConfig, checkpoint: Path | None, classes: Sequence[str]
) -> Trainable:
    """The network with the weights of a checkpoint, of the configuration's without one.

    Args:
        config: of the run.
        checkpoint: weights of an earlier round, or None.
        classes: of the material.
    """
    model = config.model
    if checkpoint is not None:
        model = model.model_copy(update={"checkpoint": checkpoint, "checkpoint_key": None})
    classifier = load_classifier(
        model,
        classes=class_names(config.data),
        data_classes=sorted(classes),
        device=torch.device(device_of(config)),
        fold=False,
    )
    network = classifier.network
    module = network.inner if isinstance(network, Answering) else network
    return Trainable(module, classifier, tuple(classes))


@dataclass(frozen=True)
class LoadedMaterial:
    """Attributes:
    material: the training pictures of the run's classes, in the network's geometry.
    groups: the duplicate group of each.
    masks: how many pictures there are by where their masks come from.
    overlap: how many audited pictures are among them, by their files.
    """

    material: Material
    groups: list[str]
    masks: dict[str, int]
    overlap: int


def load_material(
    config: AuditConfig, wanted: TrainingData, run: Run, progress: Progress
) -> LoadedMaterial:
    """What is trained on. Masks that are missing are made by what `wanted` names, else by what the
    run was audited with.

    Raises:
        DataError: they cannot be read, are too many, or too few have masks.
    """
    classes = run.metadata.classes
    source = open_source(wanted.data, masks=wanted.masks, split=wanted.split, limit=wanted.limit)
    samples = [
        record
        for record in source.items()
        if isinstance(record, Sample) and record.label in classes
    ]
    method = wanted.auto_mask or config.data.auto_mask
    data = config.data.model_copy(update={"auto_mask": method})
    samples = list(
        with_missing_masks(
            config.model_copy(update={"data": data}), samples, device_of(config), progress
        )[0]
    )
    used = tuple(sorted({sample.label for sample in samples}))
    preprocess = load_trainable(config, None, classes).classifier.preprocess
    loader = Loader(preprocess, batch_size=READ_AT_ONCE, mask_fit=config.data.mask_fit)

    def batches() -> Iterator[Batch]:
        for loaded in loader.load(samples):
            if loaded.batch is not None:
                yield loaded.batch

    masks = Counter(mask_source(sample.mask).value for sample in samples)
    material, groups = gather_material(batches(), used)
    return LoadedMaterial(material, groups, dict(masks), overlap_of(run, samples))


def overlap_of(run: Run, samples: Sequence[Sample]) -> int:
    """How many audited pictures are among some samples; a copy under another name is not seen."""
    root = Path(run.metadata.data_root)
    audited = {absolute(located(root, str(name))) for name in run.cases(("image",))["image"]}
    return len(audited & {absolute(sample.path) for sample in samples})


def device_of(config: AuditConfig) -> str:
    """`cuda` or `cpu`."""
    wanted = config.run.device
    return "cuda" if wanted == "cuda" or (wanted == "auto" and torch.cuda.is_available()) else "cpu"
