"""A finished run, as everything after the audit reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_, phrase
from auditor.domain.schema import names
from auditor.domain.summary import Summary
from auditor.files import is_file, is_remote
from auditor.storage.case_view import CasePictures, show_case
from auditor.storage.checks import check_table, held_to, manifest_in, no_run, summary_in
from auditor.storage.csv_text import read_text_csv
from auditor.storage.digests import check_file, digest_in
from auditor.storage.layout import (
    MANIFEST,
    REPORT,
    RUN_FILES,
    SKIPPED,
    SUMMARY,
    TABLES_OF_A_RUN,
    table_file,
)
from auditor.storage.manifest import read_manifest, read_summary
from auditor.storage.remote import fetch
from auditor.storage.tables import read_table, unreadable


@dataclass(frozen=True)
class Run:
    """A whole run on the disk. Tables are read when asked for.

    Attributes:
        path: the run folder.
        manifest: what was audited, with what, and how, as the plain values of manifest.json.
        summary: verdicts and headline numbers, as the plain values of summary.json.
    """

    path: Path
    manifest: dict[str, Any] = field(repr=False)
    summary: dict[str, Any] = field(repr=False)

    @cached_property
    def metadata(self) -> Manifest:
        """The manifest with its types; see `auditor.domain.manifest`.

        Raises:
            RunError: a key holds another type.
        """
        return held_to(self.path / MANIFEST, read_manifest, self.manifest)

    @cached_property
    def results(self) -> Summary:
        """The summary with its types; see `auditor.domain.summary`. Raises as `metadata`."""
        return held_to(self.path / SUMMARY, read_summary, self.summary)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    def table_path(self, table: str) -> Path:
        """The Parquet file of a table, for queries in place.

        Raises:
            RunError: it is not as the audit wrote it. Hashed once as long as it is not changed.
        """
        path = self.path / table_file(table)
        check_file(path, self.manifest)
        return path

    def report_path(self) -> Path:
        """The rendered report; whoever hands a run on may leave it out.

        Raises:
            RunError: it is not as it was written.
        """
        path = self.path / REPORT
        if path.is_file():
            check_file(path, self.manifest)
        return path

    def cases(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row an audited image, worst first. docs/run-folder.md.

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
        """Every input that was not audited: image, reason, its code and values ("" without)."""
        path = self.path / SKIPPED
        check_file(path, self.manifest)
        try:
            found = read_text_csv(path)
            first, added = names("skipped")[:2], names("skipped")[2:]
            return found[first].join(found.reindex(columns=added, fill_value=""))
        except (OSError, ValueError, KeyError) as error:
            raise unreadable(path, error) from None

    def _extra(self, table: str) -> pd.DataFrame:
        listed = digest_in(self.manifest, table_file(table)) is not None
        if not listed and not is_file(self.path / table_file(table)):
            return pd.DataFrame(columns=names(table))
        return read_table(self.table_path(table), table)

    def case(self, case_id: str) -> pd.Series:
        """One row of `cases`.

        Raises:
            RunError: if the run has no such case.
        """
        rows = read_table(self.table_path("cases"), "cases", filters=[("case_id", "==", case_id)])
        if rows.empty:
            raise RunError(
                N_("The run has no such case."),
                code="run.unknown_case",
                expected=phrase("a case_id of {file}", file=self.table_path("cases")),
                got=repr(case_id),
                remedy=N_("take one from the column case_id of run.cases()"),
            )
        return rows.iloc[0]

    def show(self, case_id: str) -> CasePictures:
        """A case in a notebook: the model's view, and its heat map, side by side.

        Raises:
            RunError: if the run has no such case or its image is not there any more.
        """
        return show_case(self.case(case_id), self.metadata)


def is_finished(path: Path) -> bool:
    """Whether the folder holds a whole run."""
    return is_file(path / MANIFEST)


def open_run(path: Path | str, *, lazily: bool = False) -> Run:
    """A finished run; a remote one is fetched to the user's cache first.

    Args:
        path: the run folder, or its address.
        lazily: check a table's digest when it is first read, not now: for lists of runs.

    Raises:
        RunError: if the folder is missing, holds no run or an unfinished one, is of another
            schema, a file is not as the audit wrote it, its manifest or summary was edited into
            something else, or a table is missing, truncated or lacks a column that is never null.
    """
    folder = fetch(Path(path)) if is_remote(Path(path)) else Path(path)
    if not is_finished(folder):
        raise no_run(folder)
    manifest = manifest_in(folder)
    summary = summary_in(folder)
    check_file(folder / SUMMARY, manifest)
    for table in TABLES_OF_A_RUN:
        check_table(folder / table_file(table), table)
    if not lazily:
        for name in set(RUN_FILES) - {REPORT}:
            check_file(folder / name, manifest)
    return Run(folder, manifest, summary)
