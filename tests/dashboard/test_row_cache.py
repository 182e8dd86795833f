"""Rows that were asked for last are read once, and decisions on them are not kept with them."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from auditor.reviews.events import Review, ReviewDecision
from auditor.storage.run import Run
from dashboard.runs.queries import Cases
from dashboard.runs.ranks import Decided, Ranking
from dashboard.runs.row_cache import MOST_KEPT, MOST_ROWS, RowCache


def test_the_latest_answers_are_kept() -> None:
    cache = RowCache()
    asked: list[int] = []

    def read(number: int, count: int = 1) -> pd.DataFrame:
        def table() -> pd.DataFrame:
            asked.append(number)
            return pd.DataFrame({"rank": [number]})

        return cache.rows("rank", bytes([number]), count, table)

    assert read(1) is read(1)
    assert asked == [1]
    for number in range(2, MOST_KEPT + 2):
        read(number)
    read(1)
    assert asked.count(1) == 2
    read(200, MOST_ROWS + 1)
    read(200, MOST_ROWS + 1)
    assert asked.count(200) == 2


def test_a_decision_shows_on_rows_that_are_kept(fresh: Run) -> None:
    connection = duckdb.connect()
    ranking = Ranking(connection, fresh.table_path("cases"))
    before = Decided.nothing(ranking)
    first, second = fresh.cases()["case_id"].iloc[:2]
    ranks = np.array([1, 0], dtype=np.int32)

    def reviews(decided: Decided) -> dict[str, str]:
        page = Cases(connection.cursor(), ranking._table, ranking, decided).page(ranks)
        return dict(zip(page["case_id"], page["review"], strict=True))

    assert reviews(before) == {second: "unreviewed", first: "unreviewed"}
    after = before.after([Review("only", first, "ann", ReviewDecision.CONFIRMED)], 1, ranking)
    assert reviews(after) == {second: "unreviewed", first: "confirmed"}
