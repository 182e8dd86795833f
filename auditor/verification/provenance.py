"""Fingerprints of the images and of the weights, made again from what the manifest names."""

from __future__ import annotations

from dataclasses import replace

from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.mask_references import MaskAuto
from auditor.domain.messages import phrase
from auditor.storage.audited_config import audited_config


def data_fault(manifest: Manifest) -> str | None:
    """How the dataset differs from the one that was audited; None where it does not.

    Raises:
        AuditorError: the data cannot be read, or the manifest does not say what was audited.
    """
    from auditor.data.fingerprint import fingerprint
    from auditor.data.questions import audited_samples
    from auditor.data.sources.opening import open_data

    config = audited_config(manifest)
    data = config.data
    found, _ = audited_samples(
        replace(open_data(data, labels=manifest.multilabel), multilabel=manifest.multilabel),
        manifest.classes,
        per_class=config.interventions.per_class,
        seed=config.run.seed,
        skips=[],
    )
    samples = list(found)
    if data.auto_mask is not None:
        automatic = MaskAuto(data.auto_mask)
        samples = [s if s.mask is not None else replace(s, mask=automatic) for s in samples]
    return _difference(_print(manifest, "dataset"), fingerprint(samples))


def weights_fault(manifest: Manifest) -> str | None:
    """How the weights differ from those that were audited; None where they do not, "" where only
    code could tell: no module that a run names is ever imported.

    Raises:
        AuditorError: the weights cannot be read or do not fit.
    """
    config = audited_config(manifest)
    if config.model.factory is not None:
        return ""
    import torch

    from auditor.classifiers.loading import load_classifier

    names = manifest.classes
    cpu = torch.device("cpu")
    network = load_classifier(config.model, classes=names, data_classes=names, device=cpu)
    return _difference(_print(manifest, "weights"), network.weights_sha256)


def _print(manifest: Manifest, name: str) -> str:
    held: str | None = getattr(manifest.fingerprints, name)
    if held is None:
        raise RunError(
            "The manifest names no fingerprint.",
            code="verify.no_fingerprint",
            expected=f"fingerprints.{name}",
            got="none",
            remedy="audit again with this version",
        )
    return held


def _difference(held: str, found: str) -> str | None:
    return (
        None
        if held == found
        else phrase("SHA-256 {now}... now, {then}... in the audit", now=found[:16], then=held[:16])
    )
