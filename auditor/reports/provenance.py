"""What was audited, with what, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.domain.manifest import Manifest, SanityRecord
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import decimal


def provenance(manifest: Manifest, _: Translator) -> list[tuple[str, str]]:
    """Facts about the audit by their names, those that are known."""
    speed = manifest.throughput
    model = manifest.setting("model", "arch") or manifest.setting("model", "factory")
    facts = {
        _("Audited"): _moment(manifest.created),
        _("Model"): model,
        _("Checkpoint"): manifest.setting("model", "checkpoint"),
        _("Weights, SHA-256"): manifest.fingerprints.weights,
        _("Data"): manifest.setting("data", "path"),
        _("Data, SHA-256"): manifest.fingerprints.dataset,
        _("Saliency"): manifest.method,
        _("Target layer"): manifest.target_layer,
        _("Saliency checks"): _checks(manifest.sanity, _),
        _("Seed"): manifest.seed,
        _("Device"): manifest.device,
        _("Computed by"): _computed(manifest.environment),
        _("Time"): ", ".join(
            f"{name} {seconds:.1f} s"
            for name, seconds in manifest.timings.items()
            if seconds is not None
        ),
        _("Speed"): None if speed is None else _("{speed} images per second", speed=f"{speed:.1f}"),
        _("Peak memory"): ", ".join(
            f"{name} {size / 2**20:,.0f} MiB"
            for name, size in manifest.peak_memory.items()
            if size is not None
        ),
        _("Versions"): ", ".join(
            f"{name} {version}" for name, version in manifest.versions.items()
        ),
    }
    return [(name, str(fact)) for name, fact in facts.items() if fact not in (None, "")]


def _moment(created: str | None) -> str | None:
    return f"{created.replace('T', ' ')[:16]} UTC" if created else None


def _computed(environment: Mapping[str, Any]) -> str | None:
    words = {"cuda": "CUDA", "cudnn": "cuDNN", "driver": "driver", "threads": "threads"}
    parts = [f"torch {environment['torch_build']}"] if "torch_build" in environment else []
    parts += [environment[key] for key in ("device_name", "system") if environment.get(key)]
    parts += [f"{said} {environment[key]}" for key, said in words.items() if environment.get(key)]
    return ", ".join(parts)


def _checks(sanity: SanityRecord, _: Translator) -> str | None:
    """The numbers of the saliency's sanity checks, those that could be made."""
    words = {
        "gradient_reaches_layer": _("gradient reaches the layer"),
        "randomised_similarity": _("similarity to maps of random weights"),
        "deletion_loss_salient": _("log odds lost with the most salient cells"),
        "deletion_loss_random": _("with as many random ones"),
    }
    yes, no = _("yes"), _("no")
    told = {said: sanity.checks.get(name) for name, said in words.items()}
    return ", ".join(
        f"{said} {decimal(value)}"
        if isinstance(value, float)
        else f"{said}: {yes if value else no}"
        for said, value in told.items()
        if value is not None
    )
