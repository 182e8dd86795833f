"""What was audited, with what, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def config_value(manifest: Mapping[str, Any], section: str, key: str) -> Any:
    """A key of the run's configuration, None where it is not there."""
    return ((manifest.get("config") or {}).get(section) or {}).get(key)


def provenance(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    prints = manifest.get("fingerprints") or {}
    versions = manifest.get("versions") or {}
    timings = manifest.get("timings") or {}
    speed = manifest.get("throughput")
    memory = manifest.get("peak_memory") or {}
    model = config_value(manifest, "model", "arch") or config_value(manifest, "model", "factory")
    facts = {
        "Audited": _moment(manifest.get("created")),
        "Model": model,
        "Checkpoint": config_value(manifest, "model", "checkpoint"),
        "Weights, SHA-256": prints.get("weights"),
        "Data": config_value(manifest, "data", "path"),
        "Data, SHA-256": prints.get("dataset"),
        "Saliency": manifest.get("method"),
        "Target layer": manifest.get("target_layer"),
        "Saliency checks": _checks(manifest.get("sanity") or {}),
        "Seed": manifest.get("seed"),
        "Device": manifest.get("device"),
        "Computed by": _computed(manifest.get("environment") or {}),
        "Time": ", ".join(f"{name} {seconds:.1f} s" for name, seconds in timings.items()),
        "Speed": None if speed is None else f"{speed:.1f} images a second",
        "Peak memory": ", ".join(
            f"{name} {size / 2**20:,.0f} MiB" for name, size in memory.items()
        ),
        "Versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
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


def _checks(sanity: Mapping[str, Any]) -> str | None:
    """The numbers of the saliency's sanity checks, those that could be made."""
    checks = sanity.get("checks") or {}
    words = {
        "gradient_reaches_layer": "gradient reaches the layer",
        "randomised_similarity": "similarity to maps of random weights",
        "deletion_loss_salient": "log-odds lost with the most salient cells",
        "deletion_loss_random": "with as many random ones",
    }
    told = {said: checks.get(name) for name, said in words.items()}
    return ", ".join(
        f"{said} {value:.2f}" if isinstance(value, float) else f"{said}: {'yes' if value else 'no'}"
        for said, value in told.items()
        if value is not None
    )
