"""A run's table, ready to be asked, with decisions of one reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from auditor.reviews.events import Review, ReviewDecision
from dashboard.runs.queries import Cases
from dashboard.runs.ranks import Decided, Ranking


def asked(table: Path, decisions: Mapping[str, str] | None = None) -> Cases:
    connection = duckdb.connect()
    ranking = Ranking(connection, table)
    events = [Review("r", case, "ann", ReviewDecision(d)) for case, d in (decisions or {}).items()]
    decided = Decided.nothing(ranking).after(events, len(events), ranking)
    return Cases(connection.cursor(), table, ranking, decided)
