"""What was audited, with what, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.wording.catalogue import Translator


def config_value(manifest: Mapping[str, Any], section: str, key: str) -> Any:
    """A key of the run's configuration, None where it is not there."""
    return ((manifest.get("config") or {}).get(section) or {}).get(key)


def provenance(manifest: Mapping[str, Any], _: Translator) -> list[tuple[str, str]]:
    """Facts about the audit by their names, those that are known."""
    prints = manifest.get("fingerprints") or {}
    versions = manifest.get("versions") or {}
    timings = manifest.get("timings") or {}
    speed = manifest.get("throughput")
    memory = manifest.get("peak_memory") or {}
    model = config_value(manifest, "model", "arch") or config_value(manifest, "model", "factory")
    facts = {
        _("Audited"): _moment(manifest.get("created")),
        _("Model"): model,
        _("Checkpoint"): config_value(manifest, "model", "checkpoint"),
        _("Weights, SHA-256"): prints.get("weights"),
        _("Data"): config_value(manifest, "data", "path"),
        _("Data, SHA-256"): prints.get("dataset"),
        _("Saliency"): manifest.get("method"),
        _("Target layer"): manifest.get("target_layer"),
        _("Saliency checks"): _checks(manifest.get("sanity") or {}, _),
        _("Seed"): manifest.get("seed"),
        _("Device"): manifest.get("device"),
        _("Computed by"): _computed(manifest.get("environment") or {}),
        _("Time"): ", ".join(f"{name} {seconds:.1f} s" for name, seconds in timings.items()),
        _("Speed"): None if speed is None else _("{speed} images per second", speed=f"{speed:.1f}"),
        _("Peak memory"): ", ".join(
            f"{name} {size / 2**20:,.0f} MiB" for name, size in memory.items()
        ),
        _("Versions"): ", ".join(f"{name} {version}" for name, version in versions.items()),
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


def _checks(sanity: Mapping[str, Any], _: Translator) -> str | None:
    """The numbers of the saliency's sanity checks, those that could be made."""
    checks = sanity.get("checks") or {}
    words = {
        "gradient_reaches_layer": _("gradient reaches the layer"),
        "randomised_similarity": _("similarity to maps of random weights"),
        "deletion_loss_salient": _("log odds lost with the most salient cells"),
        "deletion_loss_random": _("with as many random ones"),
    }
    yes, no = _("yes"), _("no")
    told = {said: checks.get(name) for name, said in words.items()}
    return ", ".join(
        f"{said} {value:.2f}" if isinstance(value, float) else f"{said}: {yes if value else no}"
        for said, value in told.items()
        if value is not None
    )
