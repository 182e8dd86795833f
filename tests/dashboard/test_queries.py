"""Questions to the cases, checked against pandas on the same table."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.reviews.events import Review, ReviewDecision
from auditor.storage.run import Run
from dashboard.runs import queries
from dashboard.runs.filters import Filters
from dashboard.runs.queries import Cases, plain_rows
from tests.dashboard import asking
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(
        tmp_path_factory.mktemp("runs") / "r", classes=4, per_class=15, images=False, hostile=True
    )


@pytest.fixture(scope="module")
def frame(run: Run) -> pd.DataFrame:
    return run.cases()


def asked(run: Run, reviews: dict[str, str] | None = None) -> Cases:
    return asking.asked(run.table_path("cases"), reviews)


def ids(frame: pd.DataFrame) -> list[str]:
    return frame["case_id"].tolist()


def test_pages_together_are_the_run_worst_first(run: Run, frame: pd.DataFrame) -> None:
    expected = frame.sort_values(["severity", "case_id"], ascending=[False, True])
    cases = asked(run)
    ranks = cases.ranks(Filters())
    pages = [ids(cases.page(ranks[start : start + 7])) for start in range(0, 70, 7)]
    assert list(chain.from_iterable(pages)) == ids(expected)


def test_filters_agree_with_pandas(run: Run, frame: pd.DataFrame) -> None:
    classes = tuple(frame["label"].unique()[:2])
    wanted = Filters(
        classes=classes,
        verdicts=("shortcut", "object", "misled"),
        score="relevance_skill",
        low=-0.5,
        high=0.9,
    )
    chosen = frame[
        frame["label"].isin(classes)
        & frame["verdict"].isin(wanted.verdicts)
        & frame["relevance_skill"].astype("float64").between(-0.5, 0.9)
    ]
    assert 0 < len(chosen) < len(frame)
    assert set(ids(asked(run).all(wanted))) == set(ids(chosen))
    assert asked(run).tally(wanted).total == len(chosen)


def test_reviews_filter_and_count(run: Run, frame: pd.DataFrame) -> None:
    first, second, *_ = ids(frame)
    cases = asked(run, {first: "confirmed", second: "dismissed", "no such case": "unsure"})
    assert ids(cases.all(Filters(reviews=("dismissed",)))) == [second]
    assert set(ids(cases.all(Filters(reviews=("unreviewed",))))) == set(ids(frame)[2:])
    tally = cases.tally(Filters())
    assert (tally.total, tally.left) == (len(frame), len(frame) - 2)


def test_hostile_words_are_values_never_statements(run: Run) -> None:
    nasty = "'; DROP TABLE decided; --"
    cases = asked(run, {nasty: "confirmed"})
    assert cases.tally(Filters(classes=(nasty,), verdicts=(nasty,), reviews=(nasty,))).total == 0
    assert cases.case(nasty) is None
    assert cases.labels([nasty]) == {}
    with pytest.raises(ValueError, match="severity"):
        cases.bounds('severity" FROM decided; --')
    with pytest.raises(ValueError, match="1=1"):
        cases.tally(Filters(score="1=1 OR severity", low=0.0))


def test_undefined_is_none_and_bounds_ignore_it(run: Run, frame: pd.DataFrame) -> None:
    unmasked = frame[frame["mask_source"] == "none"].iloc[0]
    case = asked(run).case(unmasked["case_id"])
    assert case is not None
    assert case["relevance_skill"] is None
    assert case["nominated"] is None
    assert case["mask"] is None
    assert isinstance(case["cam"], (bytes, bytearray))
    skill = frame["relevance_skill"].astype("float64")
    assert asked(run).bounds("relevance_skill") == (skill.min(), skill.max())
    assert asked(run).bounds("iou") is not None


def test_exports_leave_out_the_map_and_the_review(run: Run, frame: pd.DataFrame) -> None:
    exported = asked(run, {ids(frame)[0]: "confirmed"}).all(Filters())
    assert list(exported.columns) == [
        name for name in frame.columns if name not in {"cam", "label_cam", "features"}
    ]


def test_rows_are_plain() -> None:
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": [b"\x00", b""]})
    assert plain_rows(frame) == [
        {"a": 1.5, "b": "x", "c": b"\x00"},
        {"a": None, "b": None, "c": b""},
    ]


def test_the_table_is_read_in_place(run: Run, tmp_path: Path) -> None:
    moved = tmp_path / "it's here.parquet"
    moved.write_bytes(run.table_path("cases").read_bytes())
    assert asking.asked(moved).tally(Filters()).total == 60


def test_many_cases_are_found_as_few_are(run: Run, frame: pd.DataFrame, monkeypatch: Any) -> None:
    few = asked(run).labels(ids(frame)[::-1])
    monkeypatch.setattr(queries, "MOST_LISTED", 3)
    assert asked(run).labels(ids(frame)[::-1]) == few
    assert few == frame.set_index("case_id")["label"].to_dict()
    named = asked(run).named([ids(frame)[9], "no such case", *ids(frame)[2:6]])
    assert ids(named) == [*ids(frame)[2:6], ids(frame)[9]]


def test_progress_is_counted_by_class_and_decision(run: Run, frame: pd.DataFrame) -> None:
    first, second, third, *_ = ids(frame)
    said = {first: "confirmed", second: "confirmed", third: "unsure"}
    found = asked(run, said).progress()
    expected = frame.assign(review=frame["case_id"].map(said).fillna("unreviewed"))
    counted = expected.groupby(["label", "review"]).size()
    assert found.set_index(["label", "review"])["cases"].to_dict() == counted.to_dict()


def test_decisions_that_come_and_go_are_followed(run: Run, frame: pd.DataFrame) -> None:
    first, second, *_ = ids(frame)
    cases = asked(run)
    decided = cases.decided
    for event, left in (
        (Review("r", first, "ann", ReviewDecision.CONFIRMED), 59),
        (Review("r", first, "ben", ReviewDecision.DISMISSED), 59),
        (Review("r", second, "ben", ReviewDecision.UNSURE), 58),
        (Review("r", first, "ben", ReviewDecision.WITHDRAWN), 58),
        (Review("r", first, "ann", ReviewDecision.WITHDRAWN), 59),
    ):
        decided = decided.after([event], 0, cases.ranking)
        now = replace(cases, decided=decided)
        assert now.tally(Filters()).left == left
        standing = decided.ledger.standing(first)
        word = standing.decision.value if standing else "unreviewed"
        assert first in ids(now.all(Filters(reviews=(word,))))


def test_find_looks_in_file_names_and_reasons_whatever_the_case(
    run: Run, frame: pd.DataFrame
) -> None:
    for text in (frame["image"].iloc[3][-7:].upper(), str(frame["reason"].iloc[0])[:20], "%_[\\'"):
        wanted = text.lower()
        holds = frame["image"].str.lower().str.contains(wanted, regex=False) | frame[
            "reason"
        ].str.lower().str.contains(wanted, regex=False)
        cases = asked(run)
        assert ids(cases.page(cases.ranks(Filters(find=text)))) == ids(frame[holds])
        assert cases.tally(Filters(find=text)).total == holds.sum()
        assert ids(cases.all(Filters(find=text))) == ids(frame[holds])


def test_find_takes_the_reasons_whose_sentence_holds_it_in_another_language(
    run: Run, frame: pd.DataFrame
) -> None:
    codes = tuple(frame["reason_code"].dropna().unique()[:2])
    cases = asked(run)
    found = cases.page(cases.ranks(Filters(find="\u80cc\u666f", codes=codes)))
    assert ids(found) == ids(frame[frame["reason_code"].isin(codes)])


def test_find_looks_in_notes_among_the_cases_that_the_filters_leave(
    run: Run, frame: pd.DataFrame
) -> None:
    case = frame.iloc[4]
    notes = [
        Review("r", case["case_id"], "ann", ReviewDecision.NOTED, "A RULER in the corner"),
        Review("r", frame["case_id"].iloc[9], "ben", ReviewDecision.UNSURE, "no ruler"),
        Review("r", "of another run", "ben", ReviewDecision.NOTED, "ruler"),
    ]
    cases = asked(run)
    cases = replace(cases, decided=cases.decided.after(notes, 3, cases.ranking))
    assert ids(cases.page(cases.ranks(Filters(find="ruler")))) == ids(frame.iloc[[4, 9]])
    own = Filters(find="ruler", classes=(case["label"],))
    expected = [name for name in ids(frame.iloc[[4, 9]]) if name in ids(of_class(frame, case))]
    assert ids(cases.page(cases.ranks(own))) == expected


def of_class(frame: pd.DataFrame, case: pd.Series) -> pd.DataFrame:
    return frame[frame["label"] == case["label"]]


@pytest.mark.parametrize("rising", [True, False])
@pytest.mark.parametrize("column", ["confidence", "background_effect", "relevance_skill"])
def test_cases_are_listed_by_any_measure_those_without_it_last(
    run: Run, frame: pd.DataFrame, column: str, rising: bool
) -> None:
    assert frame["background_effect"].isna().any()
    cases = asked(run)
    ranks = cases.ranks(Filters(sort=column, rising=rising))
    expected = frame.sort_values(column, ascending=rising, na_position="last", kind="stable")
    pages = [cases.page(ranks[start : start + 7]) for start in range(0, len(ranks), 7)]
    assert list(chain.from_iterable(ids(page) for page in pages)) == ids(expected)
    assert pages[0]["rank"].tolist() == ranks[:7].tolist()


def test_only_scores_can_order_the_list(run: Run) -> None:
    cases = asked(run)
    with pytest.raises(ValueError, match="DROP"):
        cases.ranks(Filters(sort="image; DROP"))
