"""Every page: empty, filled, broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.database import DATABASE_VARIABLE
from auditor.domain.cues import spec_of as cue_spec
from auditor.domain.measures import measure
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import Run, open_run
from auditor.wording.numbers import decimal
from dashboard.runs.filters import FLAGGED
from dashboard.texts.intervention_words import INTERVENTION_WORDS
from dashboard.texts.words import REVIEW_WORDS, SORTS, plain
from tests.dashboard.apps import (
    Open,
    cards,
    component,
    components,
    icons,
    links,
    scope,
    text,
    verdicts,
)
from tests.fakes.runs import make_run

NO_MATCH = ":material/filter_alt_off:"
SCENE = cue_spec("background").meaning
PAGES = (
    "gallery",
    "overview",
    "case",
    "classes",
    "slices",
    "compare",
    "reviews",
    "reports",
    "runs",
    "map",
    "team",
)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_run_every_page_says_how_to_make_one(
    page: str, show: Open, tmp_path: Path
) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        app = show(folder, page)
        assert not app.exception
        assert "auditor demo" in text(app)
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_run(page: str, show: Open, catalog: Path) -> None:
    app = show(catalog, page, run="first")
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_hostile_names_as_text(page: str, show: Open, catalog: Path) -> None:
    app = show(catalog, page, run="hostile")
    assert not app.exception
    assert "![](" not in text(app)
    assert "<b>x</b>" not in text(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_run_that_is_not_there_is_named(page: str, show: Open, catalog: Path) -> None:
    app = show(catalog, page, run="../first")
    assert not app.exception
    assert set(links(app)[:2]) == {"first", "hostile"}
    assert not components(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_broken_run_is_explained_and_the_others_work(page: str, show: Open, fresh: Run) -> None:
    broken = make_run(fresh.path.parent / "broken", classes=2, per_class=2, images=False)
    (broken.path / "cases.parquet").write_bytes(b"PAR1 not really")
    app = show(fresh.path.parent, page)
    assert not app.exception
    assert app.query_params["run"] == "only"
    if page == "runs":
        assert app.expander[0].label.startswith("broken ")
        assert ":material/error:" in icons(app)


@pytest.mark.parametrize("page", PAGES)
def test_only_broken_runs_are_explained(page: str, show: Open, fresh: Run) -> None:
    (fresh.path / "summary.json").write_text("{")
    app = show(fresh.path.parent, page)
    assert not app.exception
    assert not components(app)
    assert app.expander[0].label.startswith("only ")
    assert icons(app) == [":material/error:"]


@pytest.mark.parametrize(
    # The others need nothing more of that table than what is known already.
    "page",
    [page for page in PAGES if page not in {"reports", "runs", "compare", "overview"}],
)
def test_a_table_that_breaks_later_is_explained(page: str, show: Open, fresh: Run) -> None:
    show(fresh.path.parent, page)
    (fresh.path / "cases.parquet").write_bytes(b"PAR1 not really")
    app = show(fresh.path.parent, page, case="x")
    assert not app.exception
    assert ":material/error:" in icons(app)


def test_the_run_folder_itself_can_be_served(show: Open, fresh: Run) -> None:
    app = show(fresh.path)
    assert not app.exception
    assert app.query_params["run"] == "only"


def test_the_gallery_starts_with_the_worst_case(show: Open, catalog: Path) -> None:
    app = show(catalog, run="first")
    page = scope(app)
    severities = [float(str(card["severity"])) for card in cards(app)]
    assert severities == sorted(severities, reverse=True)
    assert page["readonly"] is False
    flagged = open_run(catalog / "first").cases()["verdict"].isin([v.value for v in FLAGGED])
    assert page["total"] == flagged.sum()
    assert scope(show(catalog, run="first", show="all"))["total"] == 40


def test_filters_in_the_url_are_applied(show: Open, catalog: Path) -> None:
    app = show(catalog, run="first", verdict=["shortcut", "misled"])
    assert verdicts(app) == {"Shortcut", "Misled"}
    assert app.query_params["verdict"] == ["shortcut", "misled"]


def test_a_score_range_in_the_url_is_applied(show: Open, catalog: Path) -> None:
    app = show(catalog, run="first", score="severity", range=["0.5", "0.9"], show="all")
    severities = [float(str(card["severity"])) for card in cards(app)]
    assert severities
    assert 0.5 <= min(severities) <= max(severities) <= 0.9


def test_a_range_beyond_the_runs_is_kept_and_told(show: Open, catalog: Path) -> None:
    app = show(catalog, run="first", score="severity", range=["1.5", "2.5"])
    assert app.slider[0].value == (1.5, 2.5)
    ends = open_run(catalog / "first").cases()["severity"].agg(["min", "max"])
    assert [decimal(end) in text(app) for end in ends] == [True, True]
    assert NO_MATCH in icons(app)


def test_nonsense_in_the_url_is_harmless_and_told(show: Open, catalog: Path) -> None:
    app = show(
        catalog, run="first", verdict="burned", page="-4", score="1=1", range="x", review="all"
    )
    assert not app.exception
    for unknown in ("verdict burned", "score 1\\=1", "review all"):
        assert unknown in app.warning[0].value
    assert scope(app)["index"] == 0


def test_a_page_beyond_the_last_is_the_last(show: Open, catalog: Path) -> None:
    assert scope(show(catalog, run="first", show="all", page="99"))["index"] == 24


def test_no_match_is_said(show: Open, catalog: Path) -> None:
    assert icons(show(catalog, run="first", review="dismissed")) == [NO_MATCH]


def test_reviews_are_shown_and_counted(show: Open, fresh: Run) -> None:
    worst = fresh.cases()["case_id"].iloc[0]
    open_store(fresh.path.parent).append(
        Review("only", worst, "![](http://x)", ReviewDecision.DISMISSED, note="<b>no</b>")
    )
    app = show(fresh.path.parent)
    tally = component(app, "delivery")["tally"]  # type: ignore[call-overload]
    assert tally["all"] == 12  # type: ignore[index]
    assert tally["left"] == tally["total"] - 1  # type: ignore[index]
    assert cards(app)[0]["said"] == {
        "review": "dismissed",
        "note": "<b>no</b>",
        "reasons": [],
        "by": "![](http://x)",
    }
    app = show(fresh.path.parent, "case", case=worst)
    assert REVIEW_WORDS["dismissed"] in text(app)
    assert "![](" not in text(app)
    assert "<b>no</b>" not in text(app)


def test_without_a_database_looking_works(
    show: Open, fresh: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, "sqlite:////does/not/exist/db.sqlite3")
    app = show(fresh.path.parent)
    assert not app.exception
    assert app.warning[0].icon == ":material/lock:"
    assert scope(app)["readonly"] is True


def test_a_missing_image_is_told_on_its_card(show: Open, fresh: Run) -> None:
    image = fresh.cases()["image"].iloc[0]
    (Path(fresh.manifest["data_root"]) / image).unlink()
    first, second, *_ = cards(show(fresh.path.parent))
    assert first["missing"]
    assert not second["missing"]
    assert str(second["picture"]).startswith("data:image/jpeg")


def test_a_case_has_its_neighbours_scores_and_pictures(show: Open, catalog: Path) -> None:
    app = show(catalog, "case", run="first", case=_tested(catalog / "first"))
    assert not app.exception
    titles = {
        measure("cases", name).title
        for name in ("relevance_skill", "relevance_mass", "background_effect")
    }
    assert titles <= {metric.label for metric in app.metric}
    assert all(metric.help for metric in app.metric)
    figures = component(app, "strip")
    assert figures[1]["title"] == INTERVENTION_WORDS["object_removed"]  # type: ignore[index]
    assert f"**{SCENE}**" not in text(app)


def test_a_case_tells_what_its_class_is_flagged_of(show: Open, catalog: Path) -> None:
    run = open_run(catalog / "first")
    classes, cases = run.classes(), run.cases()
    told = set()
    for verdict in ("confirmed", "suspected"):
        name = classes.loc[classes["verdict"] == verdict, "class"].iloc[0]
        case = cases.loc[cases["label"] == name, "case_id"].iloc[0]
        app = show(catalog, "case", run="first", case=case)
        (line,) = (part.value for part in app.markdown if f"**{SCENE}**" in part.value)
        assert f"**{name}**" in line
        told.add(line.replace(name, ""))
    assert len(told) == 2  # what is proved is told otherwise than what may be


def test_a_case_of_a_class_with_a_hostile_cue(show: Open, catalog: Path) -> None:
    app = show(catalog, "case", run="hostile", case=_tested(catalog / "hostile"))
    assert not app.exception
    assert "**background" in text(app)
    assert "![](" not in text(app)


def test_a_case_that_is_not_there(show: Open, catalog: Path) -> None:
    app = show(catalog, "case", run="first", case="![](http://x)")
    assert not app.exception
    assert "strip" not in components(app)
    assert app.title
    assert "![](" not in text(app)


def test_the_overview_says_what_is_wrong(show: Open, catalog: Path) -> None:
    app = show(catalog, "overview", run="first")
    assert "kingfisher" in app.title[0].value
    assert not app.warning
    assert len(app.dataframe[0].value) == 5


def test_a_failed_sanity_check_stands_on_top(show: Open, catalog: Path) -> None:
    reasons = open_run(catalog / "hostile").metadata.sanity.reasons
    app = show(catalog, "overview", run="hostile")
    assert app.warning[0].icon == ":material/warning:"
    assert all(plain(each) in app.warning[0].value for each in reasons)
    assert reasons


def test_a_run_that_comes_while_the_app_runs_is_offered(show: Open, fresh: Run) -> None:
    app = show(fresh.path.parent, "runs")
    make_run(fresh.path.parent / "later", classes=2, per_class=2, images=False)
    app.run()
    assert "later" in app.selectbox[0].options
    assert "later" in text(app)


def test_tables_of_a_run_made_anew_are_read_again(show: Open, fresh: Run) -> None:
    assert len(show(fresh.path.parent, "overview").dataframe[0].value) == 2
    for file in fresh.path.iterdir():
        file.unlink()
    make_run(fresh.path, classes=3, per_class=3, images=False)
    assert len(show(fresh.path.parent, "overview").dataframe[0].value) == 3


def test_a_run_made_anew_is_seen(show: Open, fresh: Run) -> None:
    app = show(fresh.path.parent)
    assert component(app, "delivery")["tally"]["all"] == 12  # type: ignore[call-overload, index]
    for file in fresh.path.iterdir():
        file.unlink()
    make_run(fresh.path, classes=2, per_class=3, images=False)
    app.run()
    assert component(app, "delivery")["tally"]["all"] == 6  # type: ignore[call-overload, index]


def _tested(path: Path) -> str:
    import pandas as pd

    case: str = pd.read_parquet(path / "evidence.parquet")["case_id"].iloc[0]
    return case


def test_find_and_order_come_from_the_address_and_go_into_links(show: Open, catalog: Path) -> None:
    frame = open_run(catalog / "first").cases()
    name = frame["image"].iloc[5]
    app = show(catalog, "gallery", run="first", show="all", find=name)
    assert [card["image"] for card in cards(app)] == [name]
    app = show(catalog, "gallery", run="first", show="all", sort="confidence", order="rising")
    expected = frame.sort_values("confidence", kind="stable")["case_id"].tolist()
    assert [card["id"] for card in cards(app)] == expected[:24]
    assert "sort=confidence&order=rising" in str(scope(app)["query"])
    app = show(catalog, "gallery", run="first", sort="image")
    assert "sort image" in text(app)


def test_every_number_of_a_case_can_order_the_list(show: Open, catalog: Path) -> None:
    app = show(catalog, "gallery", run="first")
    offered = next(box for box in app.selectbox if box.key == "sort").options
    assert len(offered) == len(SORTS) > 15


def test_who_comes_for_the_first_time_gets_three_lines(show: Open, catalog: Path) -> None:
    assert len(scope(show(catalog, "gallery", run="first"))["welcome"]) == 3  # type: ignore[arg-type]


def test_what_is_left_to_review_is_one_number_everywhere(show: Open, fresh: Run) -> None:
    flagged = run_cases(fresh, FLAGGED)
    store = open_store(fresh.path.parent)
    store.append(Review(fresh.name, flagged[0], "anna", ReviewDecision.CONFIRMED))
    store.close()
    overview = show(fresh.path.parent, "overview")
    (told,) = [each.value for each in overview.metric if each.label == "Left to review"]
    delivery = component(show(fresh.path.parent), "delivery")
    assert isinstance(delivery, dict)
    tally = delivery["tally"]
    assert isinstance(tally, dict)
    assert int(told) == tally["left"] == len(flagged) - 1


def run_cases(run: Run, verdicts_: tuple[str, ...]) -> list[str]:
    cases = run.cases()
    return list(cases.loc[cases["verdict"].isin(verdicts_), "case_id"])
