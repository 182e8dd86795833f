from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.domain.errors import RunError
from auditor.domain.exports import EXPORTS
from auditor.export import csv_bytes, export, jsonl_bytes, select
from auditor.export.formats import SUFFIXES
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from tests.fakes.coded import raises_coded
from tests.fakes.runs import make_run

CAMS = ["cam", "label_cam", "features"]
SLICES = ["slice_camera", "slice_night"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("runs")
    return make_run(home / "run", classes=6, hostile=True, images=False)


def read_back(path: Path) -> pd.DataFrame:
    """As docs/exports.md tells a reader to."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def plain(cell: object) -> object:
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and cell[1] in "=+-@\t\r" else cell


@pytest.mark.parametrize("what", ["cases", "classes", "slices"])
def test_csv_through_pandas_loses_nothing(made: Run, tmp_path: Path, what: str) -> None:
    stored = select(made, what)
    rows = export(made, what, tmp_path / "out.csv")
    back = read_back(tmp_path / "out.csv").map(plain)
    assert rows == len(back) == len(stored)
    columns = [column.name for column in EXPORTS[what].columns]
    expected = [name for name in columns if name not in CAMS] + SLICES * (what == "cases")
    assert back.columns.tolist() == expected
    for name in expected:
        missing = stored[name].isna()
        assert back[name].isna().tolist() == missing.tolist(), name
        if what == "cases" and name == "slice_night":
            assert back[name][~missing].astype(str).tolist() == stored[name][~missing].tolist()
            continue
        assert back[name][~missing].tolist() == stored[name][~missing].tolist(), name


@pytest.mark.parametrize("what", ["cases", "classes", "slices"])
def test_parquet_through_pandas_loses_nothing(made: Run, tmp_path: Path, what: str) -> None:
    export(made, what, tmp_path / "out.parquet")
    stored, back = pd.read_parquet(made.table_path(what)), pd.read_parquet(tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(back[stored.columns.tolist()], stored)


@pytest.mark.parametrize("what", ["cases", "classes", "slices"])
def test_json_lines_lose_nothing(made: Run, tmp_path: Path, what: str) -> None:
    export(made, what, tmp_path / "out.jsonl")
    text = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]
    stored = select(made, what).drop(columns=CAMS, errors="ignore")
    assert [list(record) for record in records] == [list(stored.columns)] * len(stored)
    for record, row in zip(records, stored.to_dict("records"), strict=True):
        for name, value in row.items():
            assert record[name] == (None if pd.isna(value) else value), name


@pytest.mark.parametrize("what", ["cases", "classes", "slices"])
def test_a_spreadsheet_keeps_text_and_16_digits(made: Run, tmp_path: Path, what: str) -> None:
    export(made, what, tmp_path / "out.xlsx")
    back = pd.read_excel(tmp_path / "out.xlsx", dtype=object, keep_default_na=False, na_values=[""])
    stored = select(made, what).drop(columns=CAMS, errors="ignore")
    assert back.columns.tolist() == stored.columns.tolist()
    for name in stored.columns:
        missing = stored[name].isna()
        assert back[name].isna().tolist() == missing.tolist(), name
        got, wanted = back[name][~missing].tolist(), stored[name][~missing].tolist()
        if wanted and isinstance(wanted[0], float):
            assert got == pytest.approx(wanted, rel=1e-15, abs=0), name
        else:
            assert got == wanted, name


def test_no_cell_begins_like_a_formula(made: Run, tmp_path: Path) -> None:
    for what in ("cases", "classes", "slices", "findings", "actions"):
        export(made, what, tmp_path / "out.csv")
        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                texts = {k: v for k, v in row.items() if not _number(v)}
                assert not [v for v in texts.values() if v[:1] in tuple("=+-@\t\r")]
    classes = read_back(tmp_path / "out.csv")["class"].tolist()
    assert all(name in made.summary["verdicts"] or name[0] == "'" for name in classes)


def test_findings_are_the_classes_that_are_not_clean(made: Run, tmp_path: Path) -> None:
    export(made, "findings", tmp_path / "out.csv")
    header = (tmp_path / "out.csv").read_text().splitlines()[0]
    assert header == (
        "class,verdict,cue,background_effect,background_effect_low,background_effect_high,"
        "capture,capture_low,capture_high,q_value,shortcut_rate,images,tested,reason,action,flagged,"
        "cue_where,cue_strength,cue_strength_low,cue_strength_high,cue_examples,"
        "greyscale_loss,grey_world_loss,hue_turned_loss,blurred_loss,jpeg_loss,border_cropped_loss,"
        "hypothesis,hypothesis_standing,hypothesis_place,hypothesis_strength,hypothesis_reason,"
        "hypothesis_examples,"
        "reason_code,reason_numbers,pair_with,shares_cue_with,confirmed_by,look,mask_stability,"
        "sufficiency,sufficiency_low,sufficiency_high,cue_place"
    )
    verdicts = read_back(tmp_path / "out.csv")["verdict"].tolist()
    assert sorted(verdicts) == ["confirmed", "confirmed", "context", "suspected", "undetermined"]


def test_other_tables_in_parquet_keep_their_columns(made: Run, tmp_path: Path) -> None:
    for what in ("findings", "actions"):
        export(made, what, tmp_path / "out.parquet")
        back = pd.read_parquet(tmp_path / "out.parquet")
        pd.testing.assert_frame_equal(back, select(made, what), check_dtype=False)


def test_actions_say_what_to_do_and_on_how_many_images(made: Run, tmp_path: Path) -> None:
    rows = export(made, "actions", tmp_path / "out.csv")
    back = read_back(tmp_path / "out.csv")
    assert len(back) == rows
    assert back.columns.tolist() == [
        *("class", "verdict", "cue", "kind", "count", "action", "images", "files")
    ]
    first = back.drop_duplicates("class")
    flagged = first[first["verdict"].isin(["confirmed", "suspected"])]
    assert flagged["action"].str.contains(r"\b60\b").all()
    assert set(flagged["kind"]) == {"collect", "test"}
    assert back.loc[back["kind"] == "mask", "count"].tolist() == [1] * 6
    confirmed = select(made, "actions", verdict="confirmed")
    assert set(confirmed["verdict"]) == {"confirmed"}


def test_hypotheses_have_a_table_and_the_first_one_stands_in_the_findings(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=5, hypotheses=True)
    rows = export(run, "hypotheses", tmp_path / "out.csv")
    back = read_back(tmp_path / "out.csv")
    assert rows == len(back) == 2
    assert back["rank"].tolist() == [1, 2]
    assert "picture" not in back
    assert back["cost"].isna().tolist() == [False, True]
    export(run, "hypotheses", tmp_path / "out.parquet")
    stored = pd.read_parquet(tmp_path / "out.parquet")
    assert stored["picture"].notna().tolist() == [True, False]
    name = back["class"].iloc[0]
    assert select(run, "hypotheses", class_=name)["class"].unique().tolist() == [name]
    finding = select(run, "findings", class_=name).iloc[0]
    assert finding["hypothesis"] == "patch"
    assert finding["hypothesis_strength"] == stored["strength"].iloc[0]
    others = select(run, "findings").query("`class` != @name")
    assert others["hypothesis"].isna().all()


def test_findings_count_their_flagged_cases(made: Run) -> None:
    cases = made.cases()
    found = select(made, "findings").set_index("class")["flagged"]
    for name, flagged in found.items():
        own = cases[cases["label"] == name]
        assert flagged == own["verdict"].isin(["shortcut", "misled", "suspected"]).sum()


def test_a_class_that_was_meant_is_named(made: Run) -> None:
    with raises_coded(RunError, "export.not_available", "'=1+1'"):
        select(made, "cases", class_="=1+2")


def test_filters(made: Run) -> None:
    cases = made.cases()
    mine = select(made, "cases", class_="=1+1", verdict="object")
    expected = cases[(cases["label"] == "=1+1") & (cases["verdict"] == "object")]
    assert mine["case_id"].tolist() == expected["case_id"].tolist()
    assert len(mine) > 0
    assert select(made, "classes", verdict="clean")["verdict"].tolist() == ["clean"]
    assert select(made, "findings", class_="<b>x</b>")["class"].tolist() == ["<b>x</b>"]
    assert select(made, "cases", class_="=1+1", verdict="misled").empty


def test_an_empty_selection_keeps_its_header(made: Run, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet", "jsonl"):
        out = tmp_path / f"out.{suffix}"
        assert export(made, "cases", out, class_="=1+1", verdict="misled") == 0
    assert pd.read_csv(tmp_path / "out.csv").columns[0] == "case_id"
    assert "cam" in pd.read_parquet(tmp_path / "out.parquet").columns
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("what", "filters", "said"),
    [
        ("everything", {}, "cases, classes"),
        ("slices", {"class_": "=1+1"}, "whole dataset"),
        ("slices", {"verdict": "clean"}, "have none"),
        ("cases", {"class_": "nobody"}, "'<b>x</b>'"),
        ("cases", {"verdict": "confirmed"}, "shortcut, misled"),
        ("classes", {"verdict": "shortcut"}, "confirmed, suspected"),
        ("classes", {"review": "confirmed"}, "only cases are reviewed"),
        ("cases", {"review": "perhaps"}, "unreviewed"),
    ],
)
def test_what_does_not_apply_is_refused(
    made: Run, tmp_path: Path, what: str, filters: dict[str, str], said: str
) -> None:
    with pytest.raises(RunError) as caught:
        export(made, what, tmp_path / "out.csv", **filters)
    assert said in str(caught.value)
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_cannot_be_written_is_told(made: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        export(made, "cases", tmp_path / "out.ods")
    assert all(suffix in caught.value.expected for suffix in SUFFIXES)
    with pytest.raises(RunError) as caught:
        export(made, "cases", tmp_path / "nowhere" / "out.csv")
    assert caught.value.code == "output.not_written"
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RunError) as caught:
        export(made, "cases", tmp_path / "folder.csv")
    assert caught.value.code == "output.not_written"
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_reviews_are_every_event_and_the_filter_is_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDITOR_DATABASE_URL", raising=False)
    run = make_run(tmp_path / "runs" / "night", classes=1, per_class=6, images=False)
    a, b, c = run.cases()["case_id"][:3]
    assert export(run, "reviews", tmp_path / "none.csv") == 0
    assert not list((tmp_path / "runs").glob("*.sqlite3"))
    store = open_store(tmp_path / "runs")
    store.append(
        Review("night", a, "ann", ReviewDecision.CONFIRMED, "=HYPERLINK(1)"),
        Review("night", b, "ann", ReviewDecision.CONFIRMED),
        Review("night", b, "bob", ReviewDecision.DISMISSED),
        Review("night", c, "bob", ReviewDecision.UNSURE),
        Review("other", c, "bob", ReviewDecision.CONFIRMED),
    )
    store.close()
    assert export(run, "reviews", tmp_path / "all.csv") == 4
    back = read_back(tmp_path / "all.csv")
    assert back.columns.tolist() == [
        *("run", "case_id", "image", "label", "reviewer", "decision", "note", "time", "token"),
        "reasons",
        "arbitration",
    ]
    assert back["decision"].tolist() == ["confirmed", "confirmed", "dismissed", "unsure"]
    assert back["note"][0] == "'=HYPERLINK(1)"
    assert back["image"][0] == run.cases()["image"][0]
    assert select(run, "cases", review="confirmed")["case_id"].tolist() == [a]
    assert select(run, "cases", review="dismissed")["case_id"].tolist() == [b]
    assert len(select(run, "cases", review="unreviewed")) == 3
    cases = read_back(_exported(run, "cases", tmp_path / "cases.csv")).set_index("case_id")
    assert cases.loc[[a, b, c], "decision"].tolist() == ["confirmed", "dismissed", "unsure"]
    assert cases.loc[[a, b, c], "reviewers"].tolist() == ["ann", "ann; bob", "bob"]
    assert cases.loc[a, "note"] == "'=HYPERLINK(1)"
    assert cases["agreement"].dropna().to_dict() == {b: 0.5}
    assert cases["decision"].isna().sum() == 3
    assert select(run, "reviews", review="dismissed")["reviewer"].tolist() == ["ann", "bob"]
    assert pd.read_parquet(_exported(run, "reviews", tmp_path / "all.parquet")).shape == (4, 11)


def test_what_the_dashboard_filters_is_what_it_hands_out(made: Run) -> None:
    shown = made.cases().query("correct").head(5)
    rows = list(csv.DictReader(io.StringIO(csv_bytes(shown).decode())))
    assert [row["case_id"] for row in rows] == shown["case_id"].tolist()
    assert "cam" not in rows[0]


def test_infinities_are_null_in_json() -> None:
    frame = pd.DataFrame({"x": [np.inf, 1.5], "y": pd.array([True, None], dtype="boolean")})
    assert jsonl_bytes(frame) == b'{"x": null, "y": true}\n{"x": 1.5, "y": null}\n'


def _exported(run: Run, what: str, out: Path) -> Path:
    export(run, what, out)
    return out


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_agreement_is_counted_by_class(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=3, per_class=4, images=False)
    cases = run.cases()
    first, second, *_ = cases["label"].unique()
    mine = cases.loc[cases["label"] == first, "case_id"].tolist()
    alone = cases.loc[cases["label"] == second, "case_id"].tolist()[0]
    said = [(mine[0], "ann", "confirmed"), (mine[0], "ben", "confirmed"), (alone, "ann", "unsure")]
    said += [(mine[1], "ann", "confirmed"), (mine[1], "ben", "dismissed")]
    said += [(mine[2], "ann", "confirmed"), (mine[2], "ann", "withdrawn")]
    open_store(tmp_path).append(*(Review("run", c, who, ReviewDecision(d)) for c, who, d in said))
    assert export(run, "agreement", tmp_path / "out.csv") == 3
    found = read_back(tmp_path / "out.csv").set_index("class")
    counts = ["images", "reviewed", "several", "same"]
    assert found.loc[first, counts].tolist() == [4, 2, 2, 1]
    # Margins 3 and 1 of 4: observed 2 of 4, expected 2*3*1/(4*3).
    assert found.loc[first, ["agreement", "alpha"]].tolist() == [0.5, 0.0]
    assert found.loc[second, counts].tolist() == [4, 1, 0, 0]
    assert found.loc[second, ["agreement", "alpha"]].isna().all()
    assert len(select(run, "agreement", class_=first)) == 1
    with pytest.raises(RunError) as caught:
        select(run, "agreement", verdict="clean")
    assert caught.value.code == "export.not_available"
    assert pd.read_parquet(_exported(run, "agreement", tmp_path / "out.parquet")).shape == (3, 7)
