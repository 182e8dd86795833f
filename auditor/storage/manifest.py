"""The manifest: what was audited, with what, and how. Written last; it makes a folder a run."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from auditor.domain.preprocess import Preprocess
from auditor.domain.schema import SCHEMA_VERSION

PACKAGES = {
    "auditor": "shortcut-auditor",
    "torch": "torch",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "pillow": "pillow",
}


def build_manifest(
    *,
    config: Mapping[str, Any],
    seed: int,
    device: str,
    fingerprints: Mapping[str, str],
    target_layer: str,
    method: str,
    classes: Sequence[str],
    counts: Mapping[str, int],
    timings: Mapping[str, float],
    throughput: float | None,
    peak_memory: Mapping[str, int],
    sanity: Mapping[str, Any],
    data_root: str,
    preprocess: Preprocess,
    warnings: Sequence[str] = (),
    lost_classes: Mapping[str, str] | None = None,
    auto_masks: Mapping[str, Any] | None = None,
    leakage: Mapping[str, Any] | None = None,
    deterministic: bool = True,
    environment: Mapping[str, Any] | None = None,
    acceleration: Mapping[str, Any] | None = None,
    created: datetime | None = None,
) -> dict[str, Any]:
    """The manifest as plain JSON values.

    Args:
        config: `AuditConfig.to_dict()`.
        seed: of every random choice.
        device: in words, as "cpu" or "cuda (NVIDIA H200)".
        fingerprints: SHA-256 by what it is of: `dataset`, `weights`.
        target_layer: qualified name of the explained layer.
        method: name of the saliency method.
        classes: the model's class names, in the order of its logits.
        counts: `images` (listed), `audited`, `skipped`.
        timings: seconds by stage.
        throughput: images a second of the whole audit, or None.
        peak_memory: bytes by place: `host`, `device`.
        sanity: `sane` (bool), `checks` and `reasons`, as the saliency stage found them.
        data_root: folder that column `image` is relative to.
        preprocess: the network's input geometry.
        warnings: what a user should hear of the data, a sentence each.
        lost_classes: classes of which no image could be audited, and why.
        leakage: audited images that other splits hold too; None with a single split.
        auto_masks: how many masks were guessed, by what, and how good it is on drawn ones.
        deterministic: torch's deterministic algorithms were on.
        environment: what computed: build of torch, device, CUDA, cuDNN, driver, threads.
        acceleration: what interventions ran on, why, and how far it was from float32.
        created: aware; now if not given.
    """
    moment = (created or datetime.now(UTC)).astimezone(UTC)
    plain: dict[str, Any] = json_values(
        {
            "schema_version": SCHEMA_VERSION,
            "created": moment.isoformat(timespec="milliseconds"),
            "config": config,
            "seed": seed,
            "versions": versions(),
            "device": device,
            "environment": environment or {},
            "acceleration": acceleration,
            "deterministic": deterministic,
            "fingerprints": fingerprints,
            "target_layer": target_layer,
            "method": method,
            "classes": classes,
            "counts": counts,
            "timings": timings,
            "throughput": throughput,
            "peak_memory": peak_memory,
            "sanity": sanity,
            "data_root": data_root,
            "preprocess": asdict(preprocess),
            "warnings": warnings,
            "lost_classes": lost_classes or {},
            "auto_masks": auto_masks,
            "leakage": leakage,
        }
    )
    return plain


def preprocess_of(manifest: Mapping[str, Any]) -> Preprocess:
    """The network's input geometry of a run, as it stands in its manifest."""
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in manifest["preprocess"].items()
    }
    return Preprocess(**plain)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a result; none of them is imported."""
    found = {"python": platform.python_version()}
    for name, distribution in PACKAGES.items():
        try:
            found[name] = version(distribution)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def json_values(value: Any) -> Any:
    """Plain JSON values: tuples as lists, numpy scalars as numbers, NaN and infinities as null."""
    if isinstance(value, Mapping):
        return {str(key): json_values(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [json_values(inner) for inner in value]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (int, float, bool, type(None))):
        return value
    # A file name need not be text: what UTF-8 cannot hold is written as an escape.
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def json_text(value: Any) -> str:
    """As it stands in a run folder: readable, names unescaped, strict JSON."""
    return json.dumps(json_values(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
