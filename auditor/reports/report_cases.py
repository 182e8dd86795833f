"""The cases that a report may show, found without reading the whole table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from auditor.domain.verdicts import FLAGGED_CASES, FLAGGED_CLASSES
from auditor.storage.rows import check_rows
from auditor.storage.tables import TABLE_FAULTS, to_frame, unreadable, with_added_columns

OF_A_CLASS = 12
OF_A_FLAGGED_CLASS = 2_000
"""Its mean map is made of so many."""


def shown_cases(path: Path, classes: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Whole rows of the cases that a report may show, worst first, and how many are flagged.

    Of each class the worst flagged ones, of a flagged class the worst of all its cases, and the
    examples that a finding names.

    Args:
        path: cases.parquet, which is stored worst first.
        classes: of the run.

    Raises:
        RunError: if the file is missing, truncated, no Parquet, or holds what no audit writes.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as stored:
            few = stored.read(columns=["case_id", "label", "verdict"])
            check_rows(path, "cases", few)
            chosen, flagged = _chosen(few, classes)
            rows = _rows(stored, chosen)
            check_rows(path, "cases", rows)
            return to_frame(with_added_columns(rows, "cases")), flagged
    except TABLE_FAULTS as error:
        raise unreadable(path, error) from None


def _chosen(few: pa.Table, classes: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Positions of the rows to show, and the number of flagged rows."""
    flagged = pc.is_in(few["verdict"], pa.array(FLAGGED_CASES)).to_numpy()
    flagged_classes = classes.loc[classes["verdict"].isin(FLAGGED_CLASSES), "class"]
    of_flagged_class = pc.is_in(few["label"], pa.array(flagged_classes, pa.string())).to_numpy()
    examples = " ".join(classes["cue_examples"].dropna()) if "cue_examples" in classes else ""
    named = pc.is_in(few["case_id"], pa.array(examples.split(), pa.string())).to_numpy()
    labels = few["label"].combine_chunks().dictionary_encode().indices.to_numpy()
    shown = (
        named
        | (flagged & (_turn(labels, flagged) < OF_A_CLASS))
        | (of_flagged_class & (_turn(labels, of_flagged_class) < OF_A_FLAGGED_CLASS))
    )
    return np.flatnonzero(shown), int(flagged.sum())


def _turn(labels: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """(N,) how many counted rows of the same class come before each counted row; 0 elsewhere."""
    turn = np.zeros(len(labels), np.int64)
    own = pd.Series(labels[counted])
    turn[counted] = own.groupby(own).cumcount().to_numpy()
    return turn


def _rows(stored: pq.ParquetFile, chosen: np.ndarray) -> pa.Table:
    """Some rows of a file, a row group in memory at a time."""
    tables = [stored.schema_arrow.empty_table()]
    start = 0
    for group in range(stored.num_row_groups):
        end = start + stored.metadata.row_group(group).num_rows
        own = chosen[(chosen >= start) & (chosen < end)] - start
        if len(own):
            tables.append(stored.read_row_group(group).take(own))
        start = end
    return pa.concat_tables(tables)
