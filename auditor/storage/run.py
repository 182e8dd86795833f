"""A finished run, as everything after the audit reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.errors import RunError
from auditor.domain.schema import SCHEMA_VERSION, TABLES, names
from auditor.files import is_remote
from auditor.storage.case_view import CasePictures, show_case
from auditor.storage.contents import RunContents
from auditor.storage.csv_text import read_text_csv
from auditor.storage.layout import MANIFEST, PARTS, SKIPPED, SUMMARY, TABLES_OF_A_RUN, table_file
from auditor.storage.remote import fetch
from auditor.storage.report_cases import shown_cases
from auditor.storage.tables import read_table, unreadable

MANIFEST_KINDS: dict[str, type] = dict.fromkeys(
    (
        *("config", "versions", "environment", "fingerprints", "counts", "timings"),
        *("peak_memory", "sanity", "preprocess", "lost_classes", "auto_masks", "leakage"),
    ),
    dict,
) | {"classes": list, "warnings": list}
SUMMARY_KINDS: dict[str, type] = {"verdicts": dict, "leak": dict}


@dataclass(frozen=True)
class Run:
    """A whole run on the disk. Tables are read when asked for.

    Attributes:
        path: the run folder.
        manifest: what was audited, with what, and how.
        summary: verdicts and headline numbers.
    """

    path: Path
    manifest: dict[str, Any] = field(repr=False)
    summary: dict[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    def table_path(self, table: str) -> Path:
        """The Parquet file of a table, for queries in place."""
        return self.path / table_file(table)

    def cases(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row an audited image, worst first. CONTRACT section 4.

        Args:
            columns: only these, and `slice_*`, which spares reading the maps.
        """
        return read_table(self.table_path("cases"), "cases", columns=columns)

    def classes(self) -> pd.DataFrame:
        """One row a class."""
        return read_table(self.table_path("classes"), "classes")

    def slices(self) -> pd.DataFrame:
        """One row a slice; none where the data names no slices."""
        return read_table(self.table_path("slices"), "slices")

    def evidence(self, case_id: str | None = None) -> pd.DataFrame:
        """Pictures of the interventions on one case, or on all; no row where none were kept."""
        filters: list[tuple[str, str, object]] | None = (
            None if case_id is None else [("case_id", "==", case_id)]
        )
        return read_table(self.table_path("evidence"), "evidence", filters=filters)

    def trials(self) -> pd.DataFrame:
        """Every changed image and its answer; no row where the run keeps none."""
        return self._extra("trials")

    def hypotheses(self) -> pd.DataFrame:
        """What classes without masks may rely on, ranked; no row where every class has masks."""
        return self._extra("hypotheses")

    def skipped(self) -> pd.DataFrame:
        """Every input that was not audited: image, reason."""
        path = self.path / SKIPPED
        try:
            return read_text_csv(path)[names("skipped")]
        except (OSError, ValueError, KeyError) as error:
            raise unreadable(path, error) from None

    def contents(self) -> RunContents:
        """What a report is rendered from. Of the cases those that one shows."""
        classes = self.classes()
        cases, flagged = shown_cases(self.table_path("cases"), classes)
        return RunContents(
            manifest=self.manifest,
            summary=self.summary,
            cases=cases,
            classes=classes,
            slices=self.slices(),
            evidence=self.evidence(),
            skipped=self.skipped(),
            trials=self.trials(),
            hypotheses=self.hypotheses(),
            flagged=flagged,
        )

    def _extra(self, table: str) -> pd.DataFrame:
        path = self.table_path(table)
        if not path.is_file():
            return pd.DataFrame(columns=names(table))
        return read_table(path, table)

    def case(self, case_id: str) -> pd.Series:
        """One row of `cases`.

        Raises:
            RunError: if the run has no such case.
        """
        rows = read_table(self.table_path("cases"), "cases", filters=[("case_id", "==", case_id)])
        if rows.empty:
            raise RunError(
                "The run has no such case.",
                expected=f"a case_id of {self.table_path('cases')}",
                got=repr(case_id),
                remedy="take one from the column case_id of run.cases()",
            )
        return rows.iloc[0]

    def show(self, case_id: str) -> CasePictures:
        """A case in a notebook: the model's view, and its heat map, side by side.

        Raises:
            RunError: if the run has no such case or its image is not there any more.
        """
        return show_case(self.case(case_id), self.manifest)


def is_finished(path: Path) -> bool:
    """Whether the folder holds a whole run."""
    return (path / MANIFEST).is_file()


def open_run(path: Path | str) -> Run:
    """A finished run; a remote one is fetched to the user's cache first.

    Raises:
        RunError: if the folder is missing, holds no run or an unfinished one, is of another
            schema, its manifest or summary was edited into something else, or a table is
            missing, truncated or lacks a column that is never null.
    """
    folder = fetch(Path(path)) if is_remote(Path(path)) else Path(path)
    if not is_finished(folder):
        raise _no_run(folder)
    manifest = _json(folder / MANIFEST)
    _check_version(folder, manifest)
    summary = _json(folder / SUMMARY)
    _check_kinds(folder / MANIFEST, manifest, MANIFEST_KINDS)
    _check_kinds(folder / SUMMARY, summary, SUMMARY_KINDS)
    for table in TABLES_OF_A_RUN:
        _check_table(folder / table_file(table), table)
    return Run(folder, manifest, summary)


def _no_run(folder: Path) -> RunError:
    if not folder.exists():
        got, remedy = "no such folder", "check the path; runs are where --out put them"
    elif not folder.is_dir():
        got, remedy = "a file", "give the folder that holds manifest.json"
    elif (folder / PARTS).is_dir():
        got, remedy = "an audit that did not finish", "run the same audit again with --resume"
    else:
        got, remedy = f"no {MANIFEST} in it", "give the folder that an audit wrote with --out"
    return RunError(
        "This is no finished run.",
        expected=f"a folder with {MANIFEST} at {folder}",
        got=got,
        remedy=remedy,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if not isinstance(value, dict):
        raise unreadable(path, ValueError(f"{type(value).__name__} instead of an object"))
    return value


def _check_version(folder: Path, manifest: dict[str, Any]) -> None:
    version = manifest.get("schema_version")
    if version == SCHEMA_VERSION:
        return
    newer = isinstance(version, int) and version > SCHEMA_VERSION
    raise RunError(
        f"The run in {folder} is of another schema version.",
        expected=f"schema_version {SCHEMA_VERSION}",
        got=f"schema_version {version}",
        remedy="upgrade shortcut-auditor" if newer else "audit again with this version",
    )


def _check_kinds(path: Path, value: dict[str, Any], kinds: dict[str, type]) -> None:
    """What is read as an object or a list is one, or a reader would meet it far from here."""
    for key, kind in kinds.items():
        if value.get(key) is not None and not isinstance(value[key], kind):
            named = "a list" if kind is list else "an object"
            raise unreadable(path, ValueError(f"{key} is {value[key]!r:.40}, not {named}"))


def _check_table(path: Path, table: str) -> None:
    try:
        stored = pq.read_schema(path).names
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None
    # Columns that may be null can have been added since the run was written.
    needed = [column.name for column in TABLES[table] if not column.nullable]
    missing = [name for name in needed if name not in stored]
    if missing:
        raise unreadable(path, ValueError(f"column {missing[0]} is missing"))
