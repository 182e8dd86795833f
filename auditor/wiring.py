"""Which implementation stands behind every seam. Only this file picks them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from auditor import pipeline
from auditor.classifiers.loading import load_classifier
from auditor.comparison.last import since_last
from auditor.config import AuditConfig
from auditor.data import grabcut
from auditor.data.auto_masks import AutoMasks, with_auto_masks
from auditor.data.fingerprint import fingerprint
from auditor.data.known import split_known
from auditor.data.loader import Loader
from auditor.data.opening import open_source
from auditor.domain.errors import AuditInterrupted, AuditorError, ConfigError, DataError
from auditor.domain.samples import Sample, Skip
from auditor.ports import DatasetSource, Progress
from auditor.reports import render_html
from auditor.storage.manifest import versions
from auditor.storage.run import Run
from auditor.storage.writer import RunWriter
from auditor.tensors.classifier import Classifier
from auditor.tensors.determinism import deterministic

SMALL_DATASET = 400
"""Below this, starting worker processes costs more than they save."""


def audit(
    config: AuditConfig, *, progress: Progress, resume: bool = False, overwrite: bool = False
) -> Run:
    """Run one audit.

    Raises:
        AuditorError: bad input (exit 2, nothing was written), or `AuditInterrupted` (exit 3)
            when it stopped part-way; what is done is kept for `resume`.
    """
    with deterministic():
        return _audit(config, progress, resume=resume, overwrite=overwrite)


def _audit(config: AuditConfig, progress: Progress, *, resume: bool, overwrite: bool) -> Run:
    _refuse_unavailable(config)
    out = config.run.out or _default_out(config)
    RunWriter.check(out, resume=resume, overwrite=overwrite)
    device = _device(config)
    source = _source(config)
    items = list(source.items())
    listed = [item for item in items if isinstance(item, Sample)]
    early = tuple(item for item in items if isinstance(item, Skip))
    classifier = load_classifier(
        config.model,
        classes=_class_names(config),
        data_classes=source.classes,
        device=device,
        precision=config.run.precision,
    )
    known, unknown = split_known(listed, classifier.classes)
    skips = (*early, *unknown)
    if not known:
        raise _nothing_to_audit(config, skips, classifier)
    samples, auto_masks = _with_auto_masks(config, known)
    dataset = fingerprint(samples)
    setup = pipeline.Setup(
        config=config,
        samples=samples,
        skips=skips,
        loader=Loader(
            classifier.preprocess,
            batch_size=config.run.batch_size,
            workers=_workers(config, len(samples), device),
            mask_fit=config.data.mask_fit,
            hashes=config.data.near_duplicates,
            pin_memory=device.type == "cuda",
            patience=config.run.read_timeout,
        ),
        classifier=classifier,
        provenance=_provenance(config, classifier, source, dataset, auto_masks),
        render_report=lambda contents: render_html(contents, since=since_last(contents, out)),
        progress=progress,
        others=source.others,
    )
    identity = _identity(config, dataset, classifier.weights_sha256, device)
    with RunWriter.begin(out, resume=resume, overwrite=overwrite, identity=identity) as writer:
        return _kept_on_failure(setup, writer, out)


def _kept_on_failure(setup: pipeline.Setup, writer: RunWriter, out: Path) -> Run:
    try:
        return pipeline.audit(setup, writer)
    except DataError:
        writer.discard()
        raise
    except AuditorError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        raise AuditInterrupted(
            "The audit stopped part-way.",
            expected="to come to its end",
            got="it was told to stop" if isinstance(error, KeyboardInterrupt) else repr(error),
            remedy=f"what is done is kept in {out}: run the same command with --resume",
        ) from error


def _refuse_unavailable(config: AuditConfig) -> None:
    faults = []
    if config.run.engine != "local":
        faults.append(f"run.engine: {config.run.engine!r} is not available in this version")
    if config.data.auto_mask is not None and not grabcut.is_available():
        faults.append(
            "data.auto_mask: grabcut needs OpenCV: pip install 'shortcut-auditor[automask]'"
        )
    if faults:
        raise ConfigError(faults, source="the resolved configuration")


def _default_out(config: AuditConfig) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return Path("runs") / f"{config.data.path.resolve().stem}-{stamp}"


def _device(config: AuditConfig) -> torch.device:
    if config.run.device == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            ["run.device: cuda was asked for but torch sees no GPU (see `auditor doctor`)"],
            source="the resolved configuration",
        )
    if config.run.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(config.run.device)


def _source(config: AuditConfig) -> DatasetSource:
    data = config.data
    return open_source(
        data.path, masks=data.masks, split=data.split, slices=data.slices, limit=data.limit
    )


def _with_auto_masks(
    config: AuditConfig, samples: Sequence[Sample]
) -> tuple[Sequence[Sample], AutoMasks | None]:
    method = config.data.auto_mask
    if method is None or all(sample.mask is not None for sample in samples):
        return samples, None
    return with_auto_masks(samples, method, fit=config.data.mask_fit)


def _class_names(config: AuditConfig) -> Sequence[str] | None:
    given = config.data.classes
    if not isinstance(given, Path):
        return given
    try:
        lines = given.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            "The class names cannot be read.",
            expected="a UTF-8 text file with one class name a line, in the order of the outputs",
            got=f"{given}: {error}",
            remedy="name the right file with --classes",
        ) from None
    return [line.strip() for line in lines if line.strip()]


def _nothing_to_audit(
    config: AuditConfig, skips: Sequence[Skip], classifier: Classifier
) -> DataError:
    reasons = "; ".join(f"{skip.image}: {skip.reason}" for skip in skips[:3]) or "no image"
    return DataError(
        "There is nothing to audit.",
        expected=f"images labelled with the model's classes: {', '.join(classifier.classes[:10])}",
        got=f"{len(skips)} inputs in {config.data.path}, none of them usable ({reasons})",
        remedy="name the right --data, and the model's class names with --classes",
    )


def _workers(config: AuditConfig, images: int, device: torch.device) -> int:
    if config.run.workers is not None:
        return config.run.workers
    cores = os.cpu_count() or 1
    if images < SMALL_DATASET or cores < 2:
        return 0
    return min(16, cores - 1) if device.type == "cuda" else max(1, cores // 4)


def _identity(
    config: AuditConfig, dataset: str, weights: str, device: torch.device
) -> dict[str, str]:
    """What parts depend on: all but where they are written, who decodes, and who is told."""
    tree = config.to_dict()
    for key in ("out", "workers", "read_timeout"):
        tree["run"].pop(key)
    for section in ("report", "notify", "gate"):
        tree.pop(section)
    return {
        "the configuration": json.dumps(tree, sort_keys=True),
        "the data": dataset,
        "the weights": weights,
        "the device": _device_words(device),
        "the versions of the packages": json.dumps(versions(), sort_keys=True),
    }


def _provenance(
    config: AuditConfig,
    classifier: Classifier,
    source: DatasetSource,
    dataset: str,
    auto_masks: AutoMasks | None,
) -> dict[str, Any]:
    return {
        "config": config.to_dict(),
        "seed": config.run.seed,
        "device": _device_words(classifier.device),
        "fingerprints": {"dataset": dataset, "weights": classifier.weights_sha256},
        "target_layer": classifier.target_layer,
        "method": config.saliency.method,
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "classes": classifier.classes,
        "data_root": str(source.root.resolve()),
        "preprocess": classifier.preprocess,
        "warnings": (*source.warnings, *(auto_masks.warnings() if auto_masks else ())),
        "auto_masks": None if auto_masks is None else asdict(auto_masks),
    }


def _device_words(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type
