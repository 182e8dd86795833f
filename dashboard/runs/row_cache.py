"""Rows of a run that were read last: the same page or case is asked for by many sessions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import pandas as pd

MOST_KEPT = 128
"""Answers; a page of cards has about 100 kB."""
MOST_ROWS = 64
"""Of an answer that is kept."""


class RowCache:
    """Answers by what was asked, the oldest forgotten first. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], pd.DataFrame] = OrderedDict()
        self._lock = Lock()

    def rows(
        self, select: str, ranks: bytes, count: int, read: Callable[[], pd.DataFrame]
    ) -> pd.DataFrame:
        """What `read` gives for these columns and ranks; not to be changed.

        Args:
            select: the columns.
            ranks: of the rows, as bytes.
            count: how many rows these are.
            read: asks the table.
        """
        key = (select, ranks)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        found = read()
        if count <= MOST_ROWS:
            with self._lock:
                self._kept[key] = found
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return found
