"""Saved views in both databases, and databases from before there were any."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from auditor.database import open_engine
from auditor.domain.errors import AuditorError
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.migrations import REVIEWS
from auditor.reviews.store import open_store
from auditor.reviews.views import LONGEST_NAME, SavedView, open_views

FILTERS = {"class": ["cat", "a, b & c"], "range": ["0.25", "0.5"]}


def test_a_view_is_found_again_and_replaced_by_its_name(runs: Path) -> None:
    views = open_views(runs)
    views.save(SavedView("to do", FILTERS, "ann"))
    views.save(SavedView("all", {}, "ben"))
    found = open_views(runs).all()
    assert [(view.name, view.filters, view.reviewer) for view in found] == [
        ("all", {}, "ben"),
        ("to do", FILTERS, "ann"),
    ]
    views.save(SavedView("to do", {"class": ["dog"]}, "ben"))
    views.remove("all")
    views.remove("no such view")
    (view,) = views.all()
    assert (view.filters, view.reviewer, view.time.tzinfo is None) == (
        {"class": ["dog"]},
        "ben",
        False,
    )


@pytest.mark.parametrize("name", ["", "  ", "n" * (LONGEST_NAME + 1)])
def test_a_name_has_to_be_one(tmp_path: Path, name: str) -> None:
    views = open_views(tmp_path)
    with pytest.raises(AuditorError) as caught:
        views.save(SavedView(name, {}, "ann"))
    assert caught.value.code == "views.name"
    assert views.all() == []


def test_a_database_of_the_first_version_is_brought_up_to_date(runs: Path) -> None:
    open_store(runs).append(Review("demo", "a", "ann", ReviewDecision.CONFIRMED))
    engine = open_engine(runs)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE saved_views"))
        connection.execute(sa.text("DROP INDEX reviews_in_order"))
        connection.execute(sa.text("DELETE FROM schema_version WHERE version > 1"))
    open_views(runs).save(SavedView("to do", FILTERS, "ann"))
    assert [event.case_id for event in open_store(runs).events("demo")] == ["a"]
    indexes = {index["name"] for index in sa.inspect(engine).get_indexes(REVIEWS.name)}
    engine.dispose()
    assert "reviews_in_order" in indexes
