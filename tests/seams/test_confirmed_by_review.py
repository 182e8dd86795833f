"""What people say of a patch reaches classes, gate, report and exports, and leaves again."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from auditor.class_reviews import (
    BY_REVIEW,
    NOT_OBJECT,
    OBJECT,
    ReviewAnswer,
    answers,
    hypothesis_id,
    review_run,
    reviewed_classes,
    with_answers,
)
from auditor.comparison.inputs import side_of
from auditor.domain.errors import RunError
from auditor.export import export
from auditor.gate import check_run, limits_of
from auditor.repairs.loop import repair
from auditor.reports.contents import contents_of
from auditor.reviewed import case_decisions
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from auditor.wording.catalogue import translator
from auditor.wording.reasons import reason_of_class
from tests.fakes.runs import make_run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose undetermined class has a patch that carries it."""
    made = make_run(tmp_path / "runs" / "first", classes=5, images=False, hypotheses=True)
    table = made.hypotheses()
    carried = table.assign(carries=table["kind"].eq("patch").astype("boolean"))
    monkeypatch.setattr(Run, "hypotheses", lambda _: carried)
    return made


def patch(run: Run) -> dict[str, object]:
    rows = run.hypotheses()
    return {str(k): v for k, v in rows[rows["kind"] == "patch"].iloc[0].items()}


def say(run: Run, decision: ReviewDecision, reviewer: str = "ada", row: object = None) -> None:
    store = open_store(run.path.parent)
    case = hypothesis_id(patch(run) if row is None else row)  # type: ignore[arg-type]
    store.append(Review(review_run(run.name), case, reviewer, decision))
    store.close()


def row_of(run: Run) -> pd.Series:
    table = reviewed_classes(run).set_index("class")
    return table.loc[str(patch(run)["class"])]


def confirmed(run: Run) -> float | None:
    found = check_run(run, limits_of(run, {"max_confirmed": 0}, baseline=False))
    return next(check.value for check in found.checks if check.name == "max_confirmed")


def test_nobody_said_anything(run: Run) -> None:
    pd.testing.assert_frame_equal(reviewed_classes(run), run.classes())
    assert not (run.path.parent / "reviews.sqlite3").exists()


def test_not_the_object_confirms_the_class_everywhere(run: Run, tmp_path: Path) -> None:
    before = confirmed(run)
    say(run, NOT_OBJECT)
    row, said = row_of(run), patch(run)
    assert (row["verdict"], row["confirmed_by"]) == ("confirmed", BY_REVIEW)
    assert row["cue_strength"] == said["cost"]
    assert "ada" in row["reason"]
    assert before is not None
    assert confirmed(run) == before + 1
    name = str(said["class"])
    for table in (contents_of(run).classes, side_of(run).classes):
        verdicts = dict(zip(table["class"], table["verdict"], strict=True))
        assert verdicts[name] == "confirmed"
    export(run, "classes", tmp_path / "classes.csv")
    written = pd.read_csv(tmp_path / "classes.csv").set_index("class")
    assert written.loc[name, "confirmed_by"] == BY_REVIEW
    assert case_decisions(run).empty


@pytest.mark.parametrize(
    ("decision", "code"), [(NOT_OBJECT, "repair.review_alone"), (OBJECT, "repair.nothing_to_do")]
)
def test_a_repair_says_that_it_cannot_begin_with_what_reviewers_confirm(
    run: Run, monkeypatch: pytest.MonkeyPatch, decision: ReviewDecision, code: str
) -> None:
    table = run.classes()
    open_ones = table.assign(verdict=table["verdict"].replace("confirmed", "clean"))
    monkeypatch.setattr(Run, "classes", lambda _: open_ones.copy())
    say(run, decision)
    with pytest.raises(RunError) as caught:
        repair(run, run.path, out=run.path.parent / "repair")
    assert caught.value.code == code
    assert (str(patch(run)["class"]) in caught.value.got) is (decision is NOT_OBJECT)
    assert not (run.path.parent / "repair").exists()


def test_it_is_withdrawn_with_the_review(run: Run) -> None:
    say(run, NOT_OBJECT)
    say(run, ReviewDecision.WITHDRAWN)
    pd.testing.assert_frame_equal(reviewed_classes(run), run.classes())


@pytest.mark.parametrize("decisions", [(OBJECT,), (ReviewDecision.UNSURE,), (NOT_OBJECT, OBJECT)])
def test_what_is_not_agreed_confirms_nothing(
    run: Run, decisions: tuple[ReviewDecision, ...]
) -> None:
    for number, decision in enumerate(decisions):
        say(run, decision, f"reviewer {number}")
    assert row_of(run)["verdict"] == "undetermined"


def test_what_no_intervention_proves_confirms_nothing(run: Run) -> None:
    rows = run.hypotheses()
    other = rows[rows["kind"] != "patch"].iloc[0].to_dict()
    say(run, NOT_OBJECT, row=other)
    assert row_of(run)["verdict"] == "undetermined"


def test_two_names_are_told_in_both_languages(run: Run) -> None:
    say(run, NOT_OBJECT, "ada")
    say(run, NOT_OBJECT, "grace")
    row = row_of(run).to_dict()
    english, chinese = (reason_of_class(row, translator(lang)) for lang in ("en", "zh"))
    assert all(name in text for name in ("ada", "grace") for text in (english, chinese))
    assert english != chinese
    assert "ada" in chinese


def test_null_is_null_in_whatever_way_a_table_says_so(run: Run) -> None:
    look = {"class": "boat", "kind": "blur"}
    ids = {hypothesis_id(look | {"patch_group": null}) for null in (None, float("nan"), pd.NA)}
    assert ids == {hypothesis_id(look)}
    say(run, NOT_OBJECT)
    nothing = run.hypotheses().assign(cost=float("nan"), cost_low=float("nan"))
    found = with_answers(run.classes(), nothing, answers(run)).set_index("class")
    told = json.loads(found.loc[str(patch(run)["class"]), "reason_numbers"])
    assert (told["cost"], told["cost_low"]) == (None, None)


def two_classes() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two undetermined classes with a region each, and a patch of the first; all proved."""
    classes = pd.DataFrame(
        {
            "class": ["a", "b"],
            "verdict": "undetermined",
            **dict.fromkeys(("confirmed_by", "reason_code", "reason_numbers", "reason", "cue")),
            **dict.fromkeys(("cue_where", "action", "pair_with")),
            "cue_strength": float("nan"),
            "cue_strength_low": float("nan"),
            "cue_strength_high": float("nan"),
        }
    ).astype({"pair_with": object})
    rows = [
        {"class": "a", "kind": "region", "region": "region top_left 0.300"},
        {"class": "a", "kind": "patch", "patch_group": "a patch 1"},
        {"class": "b", "kind": "region", "region": "region top_left 0.300"},
    ]
    common = {"place": "the top left corner of the picture", "carries": True, "action": "Look."}
    effect = {"cost": 0.6, "cost_low": 0.5, "cost_high": 0.7}
    return classes, pd.DataFrame([common | effect | row for row in rows])


@pytest.mark.parametrize("region", ["region nowhere 0.3", "patch 0.1 0.1 0.2", "", None])
def test_a_region_that_no_audit_writes_names_no_cue(region: str | None) -> None:
    classes, rows = two_classes()
    rows = rows.iloc[[0]].assign(region=region)
    found = with_answers(classes, rows, answered(rows)).set_index("class")
    assert found.loc["a", "confirmed_by"] == BY_REVIEW
    assert pd.isna(found.loc["a", "cue"])


def answered(rows: pd.DataFrame) -> dict[str, ReviewAnswer]:
    return {
        hypothesis_id(row): ReviewAnswer({"ada": Review("r/hypotheses", "h", "ada", NOT_OBJECT)})
        for row in rows.to_dict("records")
    }


def test_of_two_classes_what_is_exchanged_stands_for_both() -> None:
    classes, hypotheses = two_classes()
    regions = hypotheses[hypotheses["kind"] == "region"]
    found = with_answers(classes, regions, answered(regions)).set_index("class")
    assert found["verdict"].tolist() == ["confirmed", "confirmed"]
    assert found["pair_with"].tolist() == ["b", "a"]
    assert found["cue"].tolist() == ["corner mark", "corner mark"]
    assert "'b'" in found.loc["a", "reason"]


def test_of_two_classes_the_one_whose_filled_patch_costs_owns_the_cue() -> None:
    classes, hypotheses = two_classes()
    found = with_answers(classes, hypotheses, answered(hypotheses)).set_index("class")
    assert found["verdict"].tolist() == ["confirmed", "undetermined"]
    assert found["pair_with"].isna().all()


def test_regions_of_a_class_are_told_apart_and_old_identities_stay() -> None:
    _, rows = two_classes()
    first, patch_of_first, second = rows.to_dict("records")
    assert len({hypothesis_id(row) for row in (first, patch_of_first, second)}) == 3
    without = {k: v for k, v in patch_of_first.items() if k != "region"}
    assert hypothesis_id(without) == hypothesis_id(patch_of_first)
