"""`auditor doctor --bundle FILE.zip`: what a bug report needs, and nothing private."""

from __future__ import annotations

import re
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
    "environment",
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


LOG_LINES = 200
"""The end of a log says what went wrong; more would be the data team's whole day."""
_NAME = r"(?:(?!\.\w{1,5}\s)[^/\\\n\"':,;]){1,255}"
"""Of a folder: it may hold blanks, but an extension and a blank end a path."""
_WORD = r"[^/\\\s\"':,;]{1,255}"
PRIVATE = re.compile(
    r"\w{1,20}://[^\s\"']+|[\w.+-]{1,64}@[\w-]+\.[\w.-]+"  # of machines and of people
    rf"|(?<![\w/\\])(?:~[\w.-]*|[A-Za-z]:)?(?:[/\\]+{_NAME})+(?=[/\\])"
    rf"|{_WORD}(?:[/\\]+{_WORD})+(?=[/\\])"  # from here on; "3/8" is no folder
)
"""Folders and addresses. The file's own name stays, or a fault could not be told."""


def write_bundle(
    path: Path, examination: Mapping[str, Any], run: Path | None, log: Path | None = None
) -> list[str]:
    """Write the archive and return the names of its files.

    Args:
        path: the archive; one that is there is kept.
        examination: what `doctor` found.
        run: a finished run of which numbers and settings are added, or None.
        log: what a command wrote to stderr (with `--log-json`, say); its last lines are added
            without folders and addresses.

    Raises:
        RunError: the archive is there already or cannot be written, the run is none, or the log
            cannot be read.
    """
    from auditor.storage.manifest import json_text

    texts = {"doctor.json": json_text(examination).replace(str(Path.home()), "~")}
    if run is not None:
        texts["run.json"] = json_text(_shared(run))
    if log is not None:
        texts["log.txt"] = _tail(log)
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
    except OSError as error:
        raise RunError(
            "The bundle cannot be written.",
            code="output.not_written",
            expected="a path for a new file in a folder that is there",
            got=f"{path}: {error.strerror or error}",
            remedy="name another file",
        ) from error
    return list(texts)


def _shared(run: Path) -> dict[str, Any]:
    from auditor.storage.manifest import manifest_values
    from auditor.storage.run import open_run

    manifest = open_run(run).metadata
    settings = {name: manifest.section(name) for name in SETTINGS if manifest.section(name)}
    values = manifest_values(manifest)
    return {**{name: values[name] for name in SHARED}, "config": settings}


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise RunError(
            "The log cannot be read.",
            code="log.unreadable",
            expected="a text file",
            got=f"{log}: {error.strerror or error}",
            remedy="name the file that stderr of `auditor run` was written to",
        ) from error
    return PRIVATE.sub("...", "\n".join(lines[-LOG_LINES:])) + "\n"
