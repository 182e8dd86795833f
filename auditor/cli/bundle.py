"""`auditor doctor --bundle FILE.zip`: what a bug report needs, and nothing private."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.domain.errors import RunError

SHARED = (
    "schema_version",
    "created",
    "seed",
    "versions",
    "device",
    "deterministic",
    "target_layer",
    "method",
    "counts",
    "timings",
    "throughput",
    "peak_memory",
    "sanity",
    "preprocess",
)
"""Of a manifest: no path, no name of a class, no address, no fingerprint of data or weights."""
SETTINGS = ("saliency", "interventions", "findings")
"""Of its configuration: sections that hold numbers and choices only."""


def write_bundle(path: Path, examination: Mapping[str, Any], run: Path | None) -> list[str]:
    """Write the archive; names of its files.

    Args:
        path: the archive; one that is there is kept.
        examination: what `doctor` found.
        run: a finished run of which numbers and settings are added, or None.

    Raises:
        RunError: the archive is there already or cannot be written, or the run is none.
    """
    from auditor.storage.manifest import json_text

    texts = {"doctor.json": json_text(examination).replace(str(Path.home()), "~")}
    if run is not None:
        texts["run.json"] = json_text(_shared(run))
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
    except OSError as error:
        raise RunError(
            "The bundle cannot be written.",
            expected="a path for a new file in a folder that is there",
            got=f"{path}: {error.strerror or error}",
            remedy="name another file",
        ) from error
    return list(texts)


def _shared(run: Path) -> dict[str, Any]:
    from auditor.storage.run import open_run

    manifest = open_run(run).manifest
    config = manifest.get("config") or {}
    settings = {name: config[name] for name in SETTINGS if name in config}
    return {**{name: manifest.get(name) for name in SHARED}, "config": settings}
