"""Trials as rows of their table."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.schema import TABLES
from auditor.interventions.trials import Trial


def trial_frame(trials: Iterable[Trial]) -> pd.DataFrame:
    """One row per trial, in the columns of the trials table: numbers with NaN for null, and plain
    objects with None for null, each text there once however many rows have it.

    A trial at a time: rows of small pictures come by the hundred thousand, and one of them as an
    object takes a kilobyte, here 116 bytes.
    """
    columns: dict[str, _Numbers | _Texts] = {
        each.name: _Numbers() if each.kind == "float" else _Texts() for each in TABLES["trials"]
    }
    add = [column.add for column in columns.values()]
    values_of = attrgetter(*columns)
    for trial in trials:
        for put, value in zip(add, values_of(trial), strict=True):
            put(value)
    return pd.DataFrame(
        {name: pd.Series(column.whole(), dtype=column.dtype) for name, column in columns.items()},
        copy=False,
    )


def trials_of(frame: pd.DataFrame) -> list[Trial]:
    """Rows of a stored trials table; null is None again."""
    names = [field.name for field in fields(Trial)]
    plain = frame[names].astype(object)
    return [Trial(*row) for row in plain.where(plain.notna(), None).itertuples(index=False)]


class _Numbers:
    """A column of numbers, eight bytes each."""

    dtype = "float64"

    def __init__(self) -> None:
        self._values = array("d")

    def add(self, value: float | None) -> None:
        self._values.append(np.nan if value is None else value)

    def whole(self) -> NDArray[np.float64]:
        """All of it."""
        return np.array(self._values, dtype=np.float64)


class _Texts:
    """A column of few different texts, four bytes each."""

    dtype = "object"

    def __init__(self) -> None:
        self._codes = array("i")
        self._known: dict[str | None, int] = {}

    def add(self, value: str | None) -> None:
        self._codes.append(self._known.setdefault(value, len(self._known)))

    def whole(self) -> NDArray[np.object_]:
        """All of it."""
        texts = np.array([*self._known, None], dtype=object)
        chosen: NDArray[np.object_] = texts[np.array(self._codes, dtype=np.int64)]
        return chosen
