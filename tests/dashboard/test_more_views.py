"""The pages beside gallery and case: classes, slices, compare, reviews, reports."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st

from auditor.domain.measures import measure
from auditor.reports.changes import SHOWN
from auditor.reports.leaks import ANSWERS
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.schedule.cron import Cron
from auditor.schedule.store import open_schedules
from auditor.schedule.values import Schedule
from auditor.storage.run import Run, open_run
from auditor.wording.numbers import share
from dashboard.texts.words import FIGURES, REVIEW_WORDS, plain
from tests.dashboard.apps import Open, component, links, text
from tests.fakes.resealing import reseal
from tests.fakes.runs import REPORT, make_run


def test_a_class_is_shown_with_its_maps_sizes_groups_and_examples(
    show: Open, catalog: Path
) -> None:
    app = show(catalog, "classes", run="first", name="lighthouse")
    assert app.title[0].value == "lighthouse"
    known = {metric.label for metric in app.metric}
    undefined = text(app).partition("Undefined here: ")[2]
    assert known
    assert all((figure.title in known) != (figure.title in undefined) for figure in FIGURES)
    assert "–" not in [metric.value for metric in app.metric]
    assert all(metric.help for metric in app.metric)
    figures = component(app, "maps")["figures"]  # type: ignore[call-overload]
    assert figures[0]["title"] == "lighthouse"
    assert figures[1]["title"] not in ("", "lighthouse")
    cards = [
        json.loads(node.proto.json)["cards"]
        for node in app.main
        if getattr(node.proto, "component_name", "") == "auditor.cards"
    ]
    assert len(cards) >= 2
    assert {card["label"] for shown in cards for card in shown} == {"lighthouse"}


@pytest.mark.parametrize("name", [{}, {"name": "![](http://x)"}])
def test_without_a_name_the_worst_class_is_shown(
    name: dict[str, str], show: Open, catalog: Path
) -> None:
    app = show(catalog, "classes", run="first", **name)
    assert app.title[0].value == "kingfisher"
    if not name:
        assert app.query_params["name"] in ("kingfisher", ["kingfisher"])


def test_a_class_without_outlines_shows_its_hypotheses_and_only_it(
    show: Open, tmp_path: Path
) -> None:
    run = make_run(
        tmp_path / "runs" / "bare", classes=5, per_class=6, hostile=True, hypotheses=True
    )
    found = run.hypotheses()
    name = found["class"].iloc[0]
    app = show(tmp_path / "runs", "classes", name=name)
    assert not app.exception
    said = text(app)
    mine = found[found["class"] == name].sort_values("rank")
    assert mine["kind"].iloc[0] == "patch"
    for sentence in (mine["reason"].iloc[0], mine["action"].iloc[0]):
        assert plain(sentence) in said
    assert "![](" not in said
    costs = [metric.value for metric in app.metric if metric.label == "Costs"]
    assert costs == ["62%", "–"]
    other = next(each for each in run.classes()["class"] if each != name)
    app = show(tmp_path / "runs", "classes", name=other)
    assert "Costs" not in [metric.label for metric in app.metric]


def test_leak_and_use_are_told_apart(show: Open, fresh: Run) -> None:
    app = show(fresh.path.parent, "overview")
    assert not set(ANSWERS.values()) & {part.value for part in app.markdown}
    table = fresh.path / "classes.parquet"
    frame = pd.read_parquet(table)
    frame["verdict"] = ["confirmed", "clean"]
    frame["leak"], frame["leak_low"], frame["leak_high"] = [0.9, 0.5], [0.8, 0.4], [0.95, 0.6]
    arrow = pa.Table.from_pandas(frame, schema=pq.read_schema(table), preserve_index=False)
    pq.write_table(arrow, table)
    reseal(fresh.path)
    st.cache_resource.clear()
    app = show(fresh.path.parent, "overview")
    assert not app.exception
    said = [part.value for part in app.markdown]
    first, second = frame["class"]
    assert said[said.index(f"**{first}**") + 1] == ANSWERS["yes", "yes"]
    assert said[said.index(f"**{second}**") + 1] == ANSWERS["no", "no"]


def test_schedules_and_what_they_ran_are_shown(show: Open, fresh: Run) -> None:
    app = show(fresh.path.parent, "reports")
    assert "`auditor schedule add`" in text(app)
    store = open_schedules(fresh.path.parent)
    due = datetime(2030, 1, 1, 3, tzinfo=UTC)
    store.add(Schedule("nightly", Cron("0 3 * * *"), Path("/a/b.toml"), Path("/a"), due))
    app = show(fresh.path.parent, "reports")
    assert not app.exception
    planned = app.dataframe[0].value
    assert planned["Name"].tolist() == ["nightly"]
    assert "2030-01-01" in planned["Next"].iloc[0]


def test_a_case_has_its_like(show: Open, catalog: Path) -> None:
    case = pd.read_parquet(catalog / "first" / "cases.parquet").iloc[0]
    app = show(catalog, "case", run="first", case=case["case_id"])
    cards = component(app, "cards")["cards"]  # type: ignore[call-overload]
    assert cards
    assert {card["label"] for card in cards} == {case["label"]}
    assert case["case_id"] not in {card["id"] for card in cards}


def test_the_worst_group_is_named(show: Open, catalog: Path, tmp_path: Path) -> None:
    large = make_run(tmp_path / "runs" / "large", classes=2, per_class=40, images=False)
    app = show(tmp_path / "runs", "slices", column="night")
    assert any(name in app.title[0].value for name in large.classes()["class"])
    assert "night" in app.title[0].value
    assert len(app.dataframe[0].value) == 2
    app = show(catalog, "slices", run="first")
    names = open_run(catalog / "first").classes()["class"]
    assert not any(name in app.title[0].value for name in names)


def test_data_without_groups_says_how_to_get_them(show: Open, fresh: Run) -> None:
    for table in ("cases", "slices"):
        frame = pd.read_parquet(fresh.path / f"{table}.parquet")
        kept = frame.drop(columns=[name for name in frame if str(name).startswith("slice_")])
        (kept.head(0) if table == "slices" else kept).to_parquet(fresh.path / f"{table}.parquet")
    reseal(fresh.path)
    app = show(fresh.path.parent, "slices")
    assert not app.exception
    assert app.title
    assert not app.dataframe


def test_every_number_that_changed_has_a_column_of_its_own(show: Open, tmp_path: Path) -> None:
    before = make_run(tmp_path / "runs" / "before", classes=2, per_class=6, images=False)
    after = make_run(tmp_path / "runs" / "after", classes=2, per_class=6, images=False)
    table = after.path / "classes.parquet"
    frame = pd.read_parquet(table)
    frame["verdict"] = ["clean", "confirmed"]
    frame["accuracy"] = frame["accuracy"] / 2
    arrow = pa.Table.from_pandas(frame, schema=pq.read_schema(table), preserve_index=False)
    pq.write_table(arrow, table)
    summary = json.loads((after.path / "summary.json").read_text())
    summary["verdicts"] = dict(zip(frame["class"], frame["verdict"], strict=True))
    (after.path / "summary.json").write_text(json.dumps(summary))
    reseal(after.path)
    app = show(tmp_path / "runs", "compare", run="after", base="before")
    assert not app.exception
    told = app.dataframe[0].value.set_index("Class")
    titles = [measure("classes", name).title for name in SHOWN]
    assert list(told.columns)[3:] == titles
    for name, old in before.classes().set_index("class")["accuracy"].items():
        assert told.loc[name, "Accuracy"].startswith(f"{share(old)} → {share(old / 2)} · ")


def test_two_runs_are_compared(show: Open, fresh: Run) -> None:
    make_run(fresh.path.parent / "again", classes=2, per_class=6, seed=1)
    app = show(fresh.path.parent, "compare", run="again", base="only")
    assert not app.exception
    assert not app.error
    assert len(app.metric) == 3
    assert app.query_params["base"] in ("only", ["only"])
    (fresh.path / "cases.parquet").write_bytes(b"PAR1 not really")
    app = show(fresh.path.parent, "compare", run="again")
    assert not app.exception


def test_a_run_of_another_task_is_not_offered(show: Open, catalog: Path) -> None:
    app = show(catalog, "compare", run="first")
    assert app.title
    assert not app.metric


def test_reviews_show_progress_agreement_and_queues(show: Open, fresh: Run) -> None:
    ids = fresh.cases()["case_id"].tolist()
    store = open_store(fresh.path.parent)
    for reviewer, decisions in (("ann", "ccd"), ("<b>bob</b>", "cdd")):
        for case, letter in zip(ids, decisions, strict=False):
            decision = ReviewDecision.CONFIRMED if letter == "c" else ReviewDecision.DISMISSED
            store.append(Review("only", case, reviewer, decision, note="**look**"))
    store.append(Review("only", ids[3], "ann", ReviewDecision.UNSURE))
    app = show(fresh.path.parent, "reviews")
    assert not app.exception
    assert re.findall(r"\d+", app.title[0].value) == ["4", "12"]
    assert [metric.value for metric in app.metric][:2] == ["3", "67%"]
    queues = [heading.value.partition(": ")[2] for heading in app.header if ":" in heading.value]
    assert queues == ["1", "1"]  # of those who differ, of those who are not sure
    assert "**look**" not in text(app)
    queued = component(app, "cards")["cards"]  # type: ignore[call-overload]
    assert [card["id"] for card in queued] == [ids[1]]
    words = {key: REVIEW_WORDS[key].lower() for key in ("confirmed", "dismissed")}
    assert queued[0]["words"] == f"ann: {words['confirmed']}, <b>bob</b>: {words['dismissed']}"


def test_without_reviews_the_page_says_how_to_begin(show: Open, fresh: Run) -> None:
    app = show(fresh.path.parent, "reviews")
    assert not app.metric
    assert len(links(app)) == 1


def test_the_report_is_shown_if_it_is_there(show: Open, fresh: Run) -> None:
    app = show(fresh.path.parent, "reports")
    assert component(app, "document")["html"] == REPORT  # type: ignore[call-overload]
    report = fresh.path / "report.html"
    report.write_bytes(report.read_bytes().replace(b"fake", b"true"))
    app = show(fresh.path.parent, "reports")
    assert not app.exception
    assert "report\\.html" in app.error[0].value
    assert not app.get("download_button")
    report.unlink()
    app = show(fresh.path.parent, "reports")
    assert not app.exception
    assert "`auditor report`" in app.info[0].value


def test_what_was_taken_back_counts_as_no_decision(fresh: Run, show: Open) -> None:
    first, second, *_ = fresh.cases()["case_id"]
    said = (
        (first, ReviewDecision.CONFIRMED),
        (first, ReviewDecision.WITHDRAWN),
        (second, ReviewDecision.UNSURE),
    )
    open_store(fresh.path.parent).append(*(Review("only", c, "ann", d) for c, d in said))
    app = show(fresh.path.parent, "reviews")
    tables = [table.value for table in app.dataframe if "Reviewer" in table.value]
    assert tables[0][["Reviewer", "Cases", "Decisions"]].to_numpy().tolist() == [["ann", 1, 2]]
