"""What is done so far of an unfinished run: a Parquet file for each part of each stage.

A part is there whole or not at all, and writing it again replaces it, so any number of processes
may make parts of one run, and any of them may die. Its digest lies beside it: a part that the disk
has changed, or whose digest is missing, counts as not done and is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from auditor.domain.errors import AuditInterrupted
from auditor.domain.schema import TABLES, names
from auditor.storage.atomic import write_whole
from auditor.storage.digests import beside, is_intact, sha256_of
from auditor.storage.part_reading import OTHER_DIGEST, damaged, read_part, read_shared_parts
from auditor.storage.tables import (
    release_memory,
    to_arrow_part,
    to_frame,
    write_parquet,
)

PATIENCE = 60.0


class Parts:
    """The parts in a folder.

    Attributes:
        folder: where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, stage: str, index: int) -> Path:
        """Where part `index` (from 0) of a stage is or will be."""
        return self.folder / f"{stage}-{index:06d}.parquet"

    def paths(self, stage: str) -> list[Path]:
        """All parts of a stage in the order of their index."""
        return sorted(self.folder.glob(f"{stage}-[0-9]*.parquet"))

    def has(self, stage: str, index: int) -> bool:
        """Whether that part is done, and is what was written."""
        return is_intact(self.path(stage, index))

    def expect(self, stage: str, indices: Collection[int]) -> None:
        """Wait until all these parts are seen: a network's disk shows other machines' files late.

        Raises:
            AuditInterrupted: some are missing still after `PATIENCE` seconds.
        """
        until = time.monotonic() + PATIENCE
        while missing := [index for index in indices if not self.has(stage, index)]:
            if time.monotonic() > until:
                raise AuditInterrupted(
                    f"{len(missing)} parts are missing.",
                    code="run.parts_missing",
                    expected=f"{len(indices)} parts {stage} in {self.folder}",
                    got=f"no {self.path(stage, missing[0]).name}, {PATIENCE:g} seconds long",
                    remedy="see that all machines write to one and the same folder; "
                    "--resume goes on",
                )
            time.sleep(1.0)

    def write(self, stage: str, index: int, frame: pd.DataFrame) -> None:
        """Keep a part, whole or not at all; writing it again replaces it.

        Args:
            stage: name of a table of the schema (its columns get their types) or any other.
            index: from 0.
            frame: may lack columns of the table and may hold helper columns.
        """
        self.write_arrow(stage, index, to_arrow_part(stage, frame))

    def write_arrow(self, stage: str, index: int, arrow: pa.Table) -> None:
        """`write` for a table whose types are settled."""
        write_whole(
            self.path(stage, index),
            lambda at: write_parquet(arrow, at, table=stage),
            scratch=self.folder,
        )
        self._write_digest(self.path(stage, index))

    def read(self, stage: str, columns: Collection[str] | None = None) -> pd.DataFrame:
        """All parts of a stage in the order of their index; no row where there is no part.

        Args:
            stage: as it was written.
            columns: only these and every slice, with repeating text as categories: what a table of
                a whole dataset may cost in memory. All columns when None.
        """
        paths = self.paths(stage)
        if not paths:
            return pd.DataFrame(columns=names(stage) if stage in TABLES else [])
        parts = (read_part(path, columns) for path in paths)
        frame = to_frame(pa.concat_tables(parts, promote_options="permissive"), used_up=True)
        release_memory()
        return frame

    def read_shared(
        self,
        *stages: str,
        columns: Collection[str] | None = None,
        only: Mapping[str, Collection[str]] | None = None,
    ) -> pd.DataFrame:
        """As `read`, for many rows of few different texts: they are plain objects, each text there
        once however many rows have it, and null is None. A third of what `read` takes.

        Args:
            stages: one after the other.
            columns: only these; all when None.
            only: by text column what a row has to have there; of the others a part is in memory
                at a time. All rows when None.
        """
        paths = [path for stage in stages for path in self.paths(stage)]
        if not paths:
            return self.read(stages[0])
        return read_shared_parts(paths, columns, only)

    def each_shared(
        self,
        stage: str,
        columns: Collection[str],
        *,
        only: Mapping[str, Collection[str]] | None = None,
    ) -> Iterator[pd.DataFrame]:
        """The parts of a stage one by one, in the order of their index, each as `read_shared` has
        it."""
        for path in self.paths(stage):
            yield read_shared_parts([path], columns, only)

    def row_groups(self, *stages: str) -> Iterator[pa.Table]:
        """The rows of some stages, one stage after the other, a row group in memory at a time."""
        for path in (path for stage in stages for path in self.paths(stage)):
            if not is_intact(path):
                raise damaged(path, OTHER_DIGEST)
            with pq.ParquetFile(path, page_checksum_verification=True) as stored:
                for index in range(stored.num_row_groups):
                    yield stored.read_row_group(index)

    def each(self, stage: str, columns: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        """The parts of a stage one by one, in the order of their index; `columns` as in `read`."""
        for path in self.paths(stage):
            yield to_frame(read_part(path, columns))
            release_memory()

    def find(
        self, stage: str, case_ids: Collection[str], columns: Collection[str] | None = None
    ) -> pd.DataFrame:
        """The rows of some cases, in the order of the parts, a part in memory at a time.

        Args:
            stage: whose rows have a `case_id`.
            case_ids: as many as fit into memory with their rows.
            columns: only these and every slice; all when None.
        """
        wanted = pa.array(list(case_ids), pa.string())
        found = []
        for path in self.paths(stage):
            rows = read_part(path, columns)
            found.append(rows.filter(pc.is_in(rows["case_id"], wanted)))
            release_memory()
        if not found:
            return pd.DataFrame(columns=list(columns or names(stage)))
        return to_frame(pa.concat_tables(found, promote_options="permissive"))

    def remove(self, stage: str) -> None:
        """Take the parts of a stage away."""
        for path in self.paths(stage):
            path.unlink()
            beside(path).unlink(missing_ok=True)

    def _write_digest(self, path: Path) -> None:
        """Not flushed: a digest that a power cut takes costs one part that is made again."""
        text = f"{sha256_of(path)}\n".encode()
        write_whole(beside(path), lambda at: at.write_bytes(text), scratch=self.folder, flush=False)
