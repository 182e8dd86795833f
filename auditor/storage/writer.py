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
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.samples import Skip
from auditor.domain.schema import TABLES, names
from auditor.storage.atomic import sync_folder, write_bytes, write_text, write_whole
from auditor.storage.begin import check_folder, make_parts, open_folder
from auditor.storage.csv_text import csv_bytes
from auditor.storage.layout import (
    MANIFEST,
    PARTS,
    REPORT,
    SKIPPED,
    SUMMARY,
    TABLES_OF_A_RUN,
    table_file,
)
from auditor.storage.lock import FolderLock
from auditor.storage.manifest import json_text
from auditor.storage.run import Run, open_run
from auditor.storage.tables import (
    to_arrow,
    to_arrow_part,
    to_frame,
    unreadable,
    write_parquet,
)


class RunWriter:
    """The one process that writes a run folder. Made by `begin`; a context manager.

    Attributes:
        path: the run folder.
    """

    def __init__(self, path: Path, lock: FolderLock, *, made: bool) -> None:
        self.path = path
        self._lock = lock
        self._made = made

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
            make_parts(writer._parts, identity or {})
        except BaseException:
            writer.close()
            raise
        return writer

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
        if self._parts.is_dir() and not any(self._parts.glob("*.parquet")):
            shutil.rmtree(self._parts)
        self._lock.release()
        if self._made and self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()

    def discard(self) -> None:
        """Forget what is done so far: the input was bad, and there is nothing to go on with."""
        shutil.rmtree(self._parts, ignore_errors=True)

    def part_path(self, stage: str, index: int) -> Path:
        """Where part `index` (from 0) of a stage is or will be."""
        return self._parts / f"{stage}-{index:06d}.parquet"

    def has_part(self, stage: str, index: int) -> bool:
        """Whether that part is done; a part that is there is whole."""
        return self.part_path(stage, index).is_file()

    def write_part(self, stage: str, index: int, frame: pd.DataFrame) -> None:
        """Keep a part, whole or not at all; writing it again replaces it.

        Args:
            stage: name of a table of the schema (its columns get their types) or any other.
            index: from 0.
            frame: may lack columns of the table and may hold helper columns.
        """
        arrow = to_arrow_part(stage, frame)
        write_whole(
            self.part_path(stage, index),
            lambda at: write_parquet(arrow, at, table=stage),
            scratch=self._parts,
        )

    def read_parts(self, stage: str) -> pd.DataFrame:
        """All parts of a stage in the order of their index; no row where there is no part."""
        paths = sorted(self._parts.glob(f"{stage}-[0-9]*.parquet"))
        if not paths:
            return pd.DataFrame(columns=names(stage) if stage in TABLES else [])
        tables = []
        for path in paths:
            try:
                tables.append(pq.read_table(path))
            except (OSError, pa.ArrowException) as error:
                raise unreadable(path, error) from None
        return to_frame(pa.concat_tables(tables, promote_options="permissive"))

    def finish(
        self,
        tables: Mapping[str, pd.DataFrame],
        skips: Sequence[Skip] | pd.DataFrame,
        summary: Mapping[str, Any],
        manifest: Mapping[str, Any],
        report_html: str,
    ) -> Run:
        """Write the whole run, the manifest last, and take the parts away.

        Args:
            tables: frames of `cases`, `classes`, `slices`, `evidence` (a missing one is empty)
                and, to be kept beside them, `trials`.
            skips: every input that was not audited.
            summary, manifest: JSON values.
            report_html: the rendered report.

        Raises:
            RunError: if a table does not fit its schema; no file was written then.
            AuditInterrupted: if the disk refuses; the parts are kept.
        """
        empty = {name: pd.DataFrame(columns=names(name)) for name in TABLES_OF_A_RUN}
        arrows = {name: to_arrow(name, frame) for name, frame in (empty | dict(tables)).items()}
        for name, arrow in arrows.items():
            write_whole(
                self.path / table_file(name),
                lambda at, name=name, arrow=arrow: write_parquet(arrow, at, table=name),  # type: ignore[misc]
                scratch=self._parts,
            )
        write_bytes(self.path / SKIPPED, csv_bytes(skipped_frame(skips)), scratch=self._parts)
        write_text(self.path / SUMMARY, json_text(summary), scratch=self._parts)
        write_text(self.path / REPORT, report_html, scratch=self._parts)
        write_text(self.path / MANIFEST, json_text(manifest), scratch=self._parts)
        shutil.rmtree(self._parts)
        sync_folder(self.path)
        self.close()
        return open_run(self.path)

    @property
    def _parts(self) -> Path:
        return self.path / PARTS


def skipped_frame(skips: Sequence[Skip] | pd.DataFrame) -> pd.DataFrame:
    """Skips as rows of skipped.csv: image, reason."""
    if isinstance(skips, pd.DataFrame):
        return skips[names("skipped")]
    rows = [(_speakable(skip.image), _speakable(skip.reason)) for skip in skips]
    return pd.DataFrame(rows, columns=names("skipped"), dtype="str")


def _speakable(text: str) -> str:
    """Text that UTF-8 can hold: a file name need not be, and is told all the same."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
