"""The folder of a data audit, as `auditor data` writes it, and which one belongs to a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from auditor.domain.errors import RunError
from auditor.files import refuse_filled
from auditor.storage.checks import read_json
from auditor.storage.data_tables import FINDING_SCHEMA, PLACE_SCHEMA, read_data_table
from auditor.storage.rows import MOST_VALUE
from auditor.storage.run import Run
from auditor.storage.tables import TABLE_FAULTS

MANIFEST = "data.json"
FINDINGS = "findings.parquet"
PLACES = "places.parquet"
SKIPPED = "skipped.csv"
REPORT = "report.html"


@dataclass(frozen=True)
class DataRun:
    """A finished data audit.

    Attributes:
        path: its folder.
        manifest: counts, fingerprint, contradictions, classes that are given away.
    """

    path: Path
    manifest: Mapping[str, Any]

    def findings(self) -> pd.DataFrame:
        """One row per family of traits and class, what gives most away first."""
        return _read(self.path / FINDINGS, FINDING_SCHEMA)

    def places(self) -> pd.DataFrame:
        """One row per class: where it differs at a fixed place, with a picture."""
        return _read(self.path / PLACES, PLACE_SCHEMA)

    @staticmethod
    def refuse_existing(path: Path) -> None:
        """Raises RunError where the folder holds something already."""
        refuse_filled(
            path,
            "The folder for the data audit is not empty.",
            "name another --out; nothing was written",
        )


def open_data_run(path: Path | str) -> DataRun:
    """A finished data audit.

    Raises:
        RunError: the folder holds none, or its manifest cannot be read or holds something else
            than a data audit's.
    """
    folder = Path(path)
    try:
        manifest = read_json(folder / MANIFEST)
    except RunError as error:
        raise _no_data_run(folder, error.got) from None
    if manifest.get("kind") != "data":
        raise _no_data_run(folder, f"{MANIFEST} is of another kind")
    fault = next(_faults(manifest), None)
    if fault is not None:
        raise _no_data_run(folder, f"{MANIFEST}: {fault}")
    return DataRun(folder, manifest)


def _faults(manifest: Mapping[str, Any]) -> Iterator[str]:
    counts = manifest.get("counts", {})
    if not isinstance(counts, dict) or not all(
        type(count) is int and 0 <= count <= MOST_VALUE for count in counts.values()
    ):
        yield "counts that are none"
    for key in ("classes", "gives_away"):
        if not _are_names(manifest.get(key, [])):
            yield f"{key} that are no list of names"
    groups = manifest.get("contradictions") or []
    if not isinstance(groups, list) or not all(_are_names(group) for group in groups):
        yield "contradictions that are no lists of names"
    for key in ("created", "data", "fingerprint"):
        if not isinstance(manifest.get(key), str | None):
            yield f"{key} that is no text"


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def list_data_runs(folder: Path) -> list[DataRun]:
    """The data audits directly in a folder, newest first; what cannot be opened is left out."""
    try:
        inside = sorted(path for path in folder.iterdir() if (path / MANIFEST).is_file())
    except OSError:
        return []
    found = list(_openable(inside))
    return sorted(found, key=lambda run: str(run.manifest.get("created")), reverse=True)


def _openable(folders: list[Path]) -> Iterator[DataRun]:
    for path in folders:
        try:
            yield open_data_run(path)
        except RunError:
            continue


def data_run_of(run: Run) -> DataRun | None:
    """The audit of the data that a model was audited on: the folder that `data.audit` named, else
    the newest one beside the run that has its dataset's fingerprint, else one of the same path.

    None where there is none, or it cannot be read any more.
    """
    named = run.metadata.setting("data", "audit")
    if named is not None:
        return next(_openable([Path(str(named))]), None)
    beside = list_data_runs(run.path.resolve().parent)
    own = run.metadata.fingerprints.dataset
    same = [each for each in beside if own and each.manifest.get("fingerprint") == own]
    path = _resolved(run.metadata.setting("data", "path"))
    alike = [each for each in beside if path and _resolved(each.manifest.get("data")) == path]
    return next(iter([*same, *alike]), None)


def _resolved(path: Any) -> Path | None:
    # A name that no file can have is nobody's data.
    with suppress(OSError, ValueError, RuntimeError):
        return None if path is None else Path(str(path)).resolve()
    return None


def _read(path: Path, schema: pa.Schema) -> pd.DataFrame:
    try:
        return read_data_table(path, schema)
    except TABLE_FAULTS as error:
        fault = str(error).split("\n")[0]
        raise _no_data_run(path.parent, f"{path.name}: {fault}") from None


def _no_data_run(folder: Path, got: str) -> RunError:
    return RunError(
        "This is no finished data audit.",
        code="data_audit.not_finished",
        expected=f"a folder with {MANIFEST}, as `auditor data` writes it",
        got=f"{folder}: {got}",
        remedy="name the folder that `auditor data --out` wrote",
    )
