"""Writes a run: parts while the audit goes on, then the whole run, the manifest last.

Killed at any moment, a folder is either a whole run or has no manifest and can be resumed.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd

from auditor.domain.manifest import Manifest
from auditor.domain.messages import stored
from auditor.domain.samples import Skip
from auditor.domain.schema import names
from auditor.storage.atomic import sync_folder, write_bytes, write_text, write_whole
from auditor.storage.begin import check_folder, make_parts, open_folder
from auditor.storage.csv_text import csv_bytes
from auditor.storage.digests import FILES, digests, sealed
from auditor.storage.layout import (
    MANIFEST,
    PARTS,
    REPORT,
    RUN_FILES,
    SIGNATURE,
    SKIPPED,
    SUMMARY,
    TABLES_OF_A_RUN,
    table_file,
)
from auditor.storage.lock import FolderLock
from auditor.storage.manifest import json_text, manifest_values
from auditor.storage.parts import Parts
from auditor.storage.run import Run, open_run
from auditor.storage.schema import arrow_schema
from auditor.storage.sorting import write_sorted
from auditor.storage.streaming import write_in_turn
from auditor.storage.tables import to_arrow, write_parquet


class RunWriter:
    """The one process that writes a run folder. Made by `begin`; a context manager.

    Attributes:
        path: the run folder.
        parts: what is done so far.
    """

    def __init__(self, path: Path, lock: FolderLock | None, *, made: bool) -> None:
        self.path = path
        self.parts = Parts(path / PARTS)
        self._lock = lock
        self._made = made
        self._written: set[str] = set()

    @classmethod
    def begin(
        cls,
        path: Path,
        *,
        resume: bool,
        overwrite: bool = False,
        identity: Mapping[str, str] | None = None,
    ) -> Self:
        """Take a run folder, making it where it does not exist.

        Args:
            path: the run folder.
            resume: go on with an unfinished run; begins a new one where there is none.
            overwrite: make an existing run anew. Only files of a run are removed.
            identity: fingerprints of all that parts depend on, by name (configuration, data,
                weights); parts of another identity are not mixed with new ones.

        Raises:
            RunError: if the folder holds anything and neither `resume` nor `overwrite` is given,
                if it is finished or no run and is to be resumed, if its parts are of another
                identity, or if another process writes it. Nothing was written then.
        """
        made, lock = open_folder(path, resume=resume, overwrite=overwrite)
        writer = cls(path, lock, made=made)
        try:
            make_parts(writer.parts.folder, identity or {})
        except BaseException:
            writer.close()
            raise
        return writer

    @classmethod
    def join(cls, path: Path) -> Self:
        """Help another process that has begun this run: only parts may be written."""
        return cls(path, None, made=False)

    @staticmethod
    def check(path: Path, *, resume: bool, overwrite: bool = False) -> None:
        """Refuse early what `begin` would refuse, before any long work. Writes nothing."""
        check_folder(path, resume=resume, overwrite=overwrite)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder. Parts stay for `resume`; an empty beginning leaves nothing."""
        if self._lock is None:
            return
        if self.parts.folder.is_dir() and not any(self.parts.folder.glob("*.parquet")):
            shutil.rmtree(self.parts.folder)
        self._lock.release()
        if self._made and self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()

    def discard(self) -> None:
        """Forget what is done so far: the input was bad, and there is nothing to go on with."""
        if self._lock is not None:
            shutil.rmtree(self.parts.folder, ignore_errors=True)

    def write_cases(self, stage: str, slices: Sequence[str]) -> None:
        """Write cases.parquet from the parts of a stage, sorted, without holding them all.

        Args:
            stage: whose parts hold whole rows of the table.
            slices: every `slice_*` column, in order.
        """
        target = self.path / table_file("cases")
        schema = arrow_schema("cases", slices)
        paths = self.parts.paths(stage)
        write_whole(
            target,
            lambda at: write_sorted(paths, at, schema, table="cases", scratch=self.parts.folder),
            scratch=self.parts.folder,
        )
        self._written.add("cases")

    def write_trials(self, *stages: str) -> None:
        """Write trials.parquet from the parts of some stages, one after the other, in the order of
        their rows, without holding them all.

        Raises:
            ValueError: if a part has a null where the schema allows none.
        """
        write_whole(
            self.path / table_file("trials"),
            lambda at: write_in_turn(self.parts.row_groups(*stages), at, table="trials"),
            scratch=self.parts.folder,
        )
        self._written.add("trials")

    def write_tables(
        self, tables: Mapping[str, pd.DataFrame], skips: Sequence[Skip] | pd.DataFrame
    ) -> None:
        """Write whole tables, and skipped.csv.

        Raises:
            RunError: if a table does not fit its schema; no file was written then.
            AuditInterrupted: if the disk refuses; the parts are kept.
        """
        scratch = self.parts.folder
        arrows = {name: to_arrow(name, frame) for name, frame in tables.items()}
        for name, arrow in arrows.items():
            write_whole(
                self.path / table_file(name),
                lambda at, name=name, arrow=arrow: write_parquet(arrow, at, table=name),  # type: ignore[misc]
                scratch=scratch,
            )
        write_bytes(self.path / SKIPPED, csv_bytes(skipped_frame(skips)), scratch=scratch)
        self._written |= arrows.keys()

    def finish(
        self,
        tables: Mapping[str, pd.DataFrame],
        skips: Sequence[Skip] | pd.DataFrame,
        summary: Mapping[str, Any],
        manifest: Manifest,
        report_html: str,
    ) -> Run:
        """Write the whole run, the manifest last, and take the parts away.

        Args:
            tables: frames of `cases`, `classes`, `slices`, `evidence` and, to be kept beside them,
                `trials`. One that is missing and was not written before is empty.
            skips: every input that was not audited.
            summary: JSON values; see `auditor.domain.summary`.
            manifest: what was audited, with what, and how, but for the digests of the files.
            report_html: the rendered report.

        Raises:
            RunError: if a table does not fit its schema; no file was written then.
            AuditInterrupted: if the disk refuses; the parts are kept.
        """
        scratch = self.parts.folder
        missing = [name for name in TABLES_OF_A_RUN if name not in self._written]
        self.write_tables(
            {n: pd.DataFrame(columns=names(n)) for n in missing} | dict(tables), skips
        )
        write_text(self.path / SUMMARY, json_text(summary), scratch=scratch)
        write_text(self.path / REPORT, report_html, scratch=scratch)
        others = [name for name in RUN_FILES if name not in (MANIFEST, SIGNATURE)]
        whole = {**manifest_values(manifest), FILES: digests(self.path, others)}
        write_text(self.path / MANIFEST, json_text(sealed(whole)), scratch=scratch)
        shutil.rmtree(scratch)
        sync_folder(self.path)
        self.close()
        return open_run(self.path)


def skipped_frame(skips: Sequence[Skip] | pd.DataFrame) -> pd.DataFrame:
    """Skips as rows of skipped.csv: image, reason, its code and its values."""
    if isinstance(skips, pd.DataFrame):
        return skips.reindex(columns=names("skipped"), fill_value="").fillna("")
    rows = [
        tuple(map(_speakable, (skip.image, skip.reason, *(stored(skip.reason) or ("", "")))))
        for skip in skips
    ]
    return pd.DataFrame(rows, columns=names("skipped"), dtype="str")


def _speakable(text: str) -> str:
    """Text that UTF-8 can hold: a file name need not be, and is told all the same."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
