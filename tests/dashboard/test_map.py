"""The map of all pictures: what is sent, what a region lists, and one decision on many."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import ReviewStore, open_store
from auditor.storage.run import Run
from dashboard.components import bulk
from dashboard.runs.filters import Filters
from dashboard.runs.neighbours import nearest
from dashboard.runs.picture_map import HIDDEN, VERDICTS, picture_map
from dashboard.runs.queries import Cases
from dashboard.runs.regions import MapRegion, write_region
from dashboard.session import access, state
from tests.dashboard.apps import Open, cards, components, icons, text
from tests.dashboard.asking import asked

HALF = MapRegion(((-9000, -9000), (0, -9000), (0, 9000), (-9000, 9000)))
"""All to the left of the middle."""


def left_half(run: Run) -> list[str]:
    cases = run.cases()
    found: list[str] = cases.loc[cases["map_x"].astype("float32") < 0, "case_id"].tolist()
    return found


def sent_bytes(app: AppTest, name: str) -> tuple[dict[str, Any], bytes]:
    """Header and arrays of a message to the browser."""
    data = next(
        bytes(node.proto.bytes)
        for node in app.main
        if getattr(node.proto, "component_name", "") == f"auditor.{name}"
    )
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def without_map(run: Run) -> Path:
    """The table of the run's cases as an earlier version wrote it."""
    table = run.path / "cases.parquet"
    old = pq.read_table(table).drop_columns(["map_x", "map_y", "features"])
    pq.write_table(old, table)
    return table


def test_the_browser_gets_every_place_and_its_colours(fresh: Run, show: Open) -> None:
    app = show(fresh.path.parent, "map", show="all")
    assert not app.exception
    cases = fresh.cases()
    header, body = sent_bytes(app, "map_points")
    n = header["count"]
    assert n == len(cases)
    places = np.frombuffer(body, "<f4", 2 * n).reshape(2, n)
    assert places[0] == pytest.approx(cases["map_x"].to_numpy(), abs=1e-6)
    labels = np.frombuffer(body, "<u2", n, offset=8 * n)
    assert [header["classes"][code] for code in labels] == cases["label"].tolist()
    verdicts = np.frombuffer(body, "u1", n, offset=10 * n)
    assert [VERDICTS[code] for code in verdicts] == cases["verdict"].tolist()


def test_blind_no_verdict_is_sent(fresh: Run, show: Open) -> None:
    app = show(fresh.path.parent, "map", show="all", blind="true")
    header, body = sent_bytes(app, "map_points")
    n = header["count"]
    assert set(np.frombuffer(body, "u1", n, offset=10 * n)) == {HIDDEN}


def test_filters_leave_what_the_map_shows(fresh: Run, show: Open) -> None:
    label = fresh.cases()["label"].iloc[0]
    app = show(fresh.path.parent, "map", show="all", **{"class": label})
    header, body = sent_bytes(app, "map_state")
    shown = np.unpackbits(np.frombuffer(body, "u1", -(-header["count"] // 8)), bitorder="little")
    wanted = fresh.cases()["label"] == label
    assert shown[: header["count"]].astype(bool).tolist() == wanted.tolist()


def test_a_region_is_a_filter_of_the_gallery(fresh: Run, show: Open) -> None:
    wanted = left_half(fresh)
    assert 0 < len(wanted) < len(fresh.cases())
    app = show(fresh.path.parent, show="all", region=write_region(HALF))
    assert [card["id"] for card in cards(app)] == wanted[:24]
    table = fresh.table_path("cases")
    everything = asked(table).all(Filters(region=write_region(HALF)))
    assert everything["case_id"].tolist() == wanted
    assert "features" not in everything
    bad = show(fresh.path.parent, show="all", region="1.2")
    assert ":material/link_off:" in icons(bad)
    assert "region" in text(bad)


@pytest.mark.slow
def test_a_run_without_a_map_says_so(fresh: Run, show: Open) -> None:
    case = fresh.cases()["case_id"].iloc[0]
    without_map(fresh)
    manifest = json.loads((fresh.path / "manifest.json").read_text())
    # As written before there were digests.
    for key in ("files", "manifest_sha256"):
        manifest.pop(key)
    (fresh.path / "manifest.json").write_text(json.dumps(manifest))
    app = show(fresh.path.parent, "map")
    assert not app.exception
    assert "atlas" not in components(app)
    page = show(fresh.path.parent, "case", case=case)
    assert "More like this" not in [header.value for header in page.header]
    assert len(asked(fresh.path / "cases.parquet").all(Filters())) == 12
    listed = show(fresh.path.parent, show="all", region=write_region(HALF))
    assert ":material/filter_alt_off:" in icons(listed)


def test_neighbours_are_the_nearest_by_features(fresh: Run) -> None:
    cases = asked(fresh.table_path("cases"))
    rows = fresh.cases()
    vectors = np.stack([np.frombuffer(row, "<f2").astype(np.float32) for row in rows["features"]])
    for at in (0, len(rows) - 1):
        away = ((vectors - vectors[at]) ** 2).sum(axis=1)
        away[at] = np.inf
        wanted = rows["case_id"].iloc[np.lexsort((np.arange(len(rows)), away))[:3]].tolist()
        case = cases.case(rows["case_id"].iloc[at])
        assert case is not None
        assert nearest(cases, case, 3) == wanted
    assert nearest(cases, dict(case, features=None), 3) == []
    assert nearest(cases, dict(case, features=b"short"), 3) == []


def test_the_case_page_shows_what_is_alike_to_the_model(fresh: Run, show: Open) -> None:
    case = fresh.cases()["case_id"].iloc[0]
    app = show(fresh.path.parent, "case", case=case)
    assert not app.exception
    assert "More like this" in [header.value for header in app.header]


def test_classes_are_told_by_size(fresh: Run) -> None:
    found = picture_map(asked(fresh.table_path("cases")))
    sizes = pd.Series(found.labels).value_counts()
    assert [sizes[code] for code in range(len(found.classes))] == sorted(sizes, reverse=True)


@pytest.fixture
def bulk_kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is remembered for the session, as a reader called ann."""
    kept: dict[str, Any] = {}
    monkeypatch.setattr(state, "remember", kept.__setitem__)
    monkeypatch.setattr(state, "restore", lambda name, default=None: kept.get(name, default))
    monkeypatch.setattr(access, "decider", lambda: "ann")
    return kept


def context_of(run: Run, store: ReviewStore) -> Any:
    cases = asked(run.table_path("cases"))
    decided = cases.decided.after(*store.since(run.name, 0), cases.ranking)
    found = Cases(cases.cursor, cases.table, cases.ranking, decided)
    return SimpleNamespace(
        run=run,
        store=store,
        decided=decided,
        cases=lambda: found,
        hidden_flags=lambda: np.zeros(cases.ranking.count, dtype=bool),
    )


def test_one_decision_on_many_is_of_those_that_nobody_decided(
    fresh: Run, bulk_kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, half = open_store(fresh.path.parent), left_half(fresh)
    store.append(Review("only", half[0], "ben", ReviewDecision.DISMISSED))
    sent = {"token": "abc", "region": write_region(HALF), "decision": "confirmed"}
    before = context_of(fresh, store)
    for _ in range(2):
        bulk.decide(before, Filters(), sent)
    made = store.events("only")[1:]
    assert sorted(event.case_id for event in made) == sorted(half[1:])
    assert {(event.reviewer, event.decision.value) for event in made} == {("ann", "confirmed")}
    bulk.undo(context_of(fresh, store), "abc")
    assert store.ledger("only").latest().keys() == {half[0]}
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    bulk.decide(context_of(fresh, store), Filters(), sent | {"token": "more"})
    assert bulk_kept[bulk.DONE]["failed"]
    count = len(store.events("only"))
    for wrong in ({"decision": "noted"}, {"region": "x"}, {"token": "a b"}, {"decision": "?"}):
        bulk.decide(context_of(fresh, store), Filters(), sent | wrong)
    assert len(store.events("only")) == count
    store.close()
