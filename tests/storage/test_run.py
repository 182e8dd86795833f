from __future__ import annotations

import io
import json
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

from auditor.domain.errors import RunError
from auditor.domain.preprocess import Preprocess
from auditor.domain.schema import names
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.reports.contents import contents_of
from auditor.storage.listing import list_broken, list_runs
from auditor.storage.manifest import json_text, preprocess_of, read_manifest, versions
from auditor.storage.run import Run, open_run
from tests.fakes.coded import raises_coded
from tests.fakes.resealing import reseal
from tests.fakes.runs import CREATED, PREPROCESS, make_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "run", classes=5, per_class=12)


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Run:
    """One to break."""
    return open_run(shutil.copytree(made.path, tmp_path / "run"))


def test_a_run_gives_its_tables(run: Run) -> None:
    assert len(run.cases()) == 60
    assert set(run.cases()["verdict"]) == {verdict.value for verdict in CaseVerdict}
    assert set(run.classes()["verdict"]) == {verdict.value for verdict in ClassVerdict}
    assert run.summary["verdicts"] == dict(
        zip(run.classes()["class"], run.classes()["verdict"], strict=True)
    )
    assert run.manifest["counts"] == {"images": 63, "audited": 60, "skipped": 3}
    assert len(run.skipped()) == 3
    contents = contents_of(run)
    flagged = run.cases()[run.cases()["verdict"].isin(["shortcut", "misled", "suspected"])]
    assert contents.flagged == len(flagged) > 0
    assert set(flagged.groupby("label").head(12)["case_id"]) <= set(contents.cases["case_id"])
    shown = run.cases()[run.cases()["case_id"].isin(contents.cases["case_id"])]
    pd.testing.assert_frame_equal(contents.cases, shown.reset_index(drop=True))


def test_the_same_seed_gives_the_same_run(tmp_path: Path, run: Run) -> None:
    again = make_run(tmp_path / "again", classes=5, per_class=12)
    pd.testing.assert_frame_equal(run.cases(), again.cases())
    assert run.table_path("cases").read_bytes() == again.table_path("cases").read_bytes()


def test_evidence_of_one_case_in_the_order_it_was_made(run: Run) -> None:
    worst = run.cases().iloc[0]
    pictures = run.evidence(worst["case_id"])
    assert pictures["intervention"].tolist() == [
        "original",
        "object_removed",
        "background_removed",
        "background_same",
        "background_other",
    ]
    assert pictures["probability"][4] == worst["p_background_other"]
    assert Image.open(io.BytesIO(pictures["picture"][0])).size == (128, 128)
    assert run.evidence("no such case").empty
    assert run.evidence()["case_id"].is_monotonic_increasing


def test_show_puts_the_view_and_the_heat_map_side_by_side(run: Run) -> None:
    worst = run.cases().iloc[0]
    shown = run.show(worst["case_id"])
    assert shown.original.size == (128, 128)
    both = Image.open(io.BytesIO(shown._repr_png_()))
    assert both.size == (264, 128)
    difference = np.abs(np.asarray(shown.overlay, int) - np.asarray(shown.original, int)).sum(2)
    corner, opposite = difference[96:, :32].mean(), difference[:32, 96:].mean()
    assert corner > 10 * opposite
    assert worst["verdict"] in shown._repr_html_()


def test_a_mask_that_no_audit_writes_leaves_the_outline_out(run: Run) -> None:
    from auditor.storage.case_view import case_overlay, case_view

    case = run.cases().iloc[0].copy()
    view = case_view(str(case["image"]), run.metadata)
    with_outline = np.asarray(case_overlay(view, case))
    case["mask"] = None
    without = np.asarray(case_overlay(view, case))
    assert (with_outline != without).any()
    case["mask"] = '{"size": [2, 2], "counts": "!"}'
    assert (np.asarray(case_overlay(view, case)) == without).all()


def test_hostile_names_are_text_in_a_notebook(tmp_path: Path) -> None:
    hostile = make_run(tmp_path / "hostile", classes=6, per_class=6, hostile=True)
    case = hostile.cases().query("label == '<b>x</b>'").iloc[0]
    html = hostile.show(case["case_id"])._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_show_says_what_is_wrong(run: Run) -> None:
    with pytest.raises(RunError) as caught:
        run.show("beef")
    assert caught.value.code == "run.unknown_case"
    moved = Run(run.path, run.manifest | {"data_root": "/nowhere"}, run.summary)
    with pytest.raises(RunError) as caught:
        moved.show(run.cases()["case_id"][0])
    assert caught.value.code == "run.image_not_shown"


def test_an_image_outside_the_data_root_is_never_opened(tmp_path: Path, run: Run) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "secret.png")
    case = run.cases().iloc[0].copy()
    case["image"] = "../secret.png"
    from auditor.storage.case_view import show_case

    with pytest.raises(RunError) as caught:
        show_case(case, run.metadata)
    assert caught.value.code == "run.image_not_shown"


def test_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        open_run(tmp_path / "nowhere")
    assert caught.value.code == "run.not_finished"
    with pytest.raises(RunError) as caught:
        open_run(tmp_path)
    assert caught.value.code == "run.not_finished"
    (tmp_path / "file").touch()
    with pytest.raises(RunError) as caught:
        open_run(str(tmp_path / "file"))
    assert caught.value.code == "run.not_finished"
    (tmp_path / "unfinished" / "parts").mkdir(parents=True)
    with pytest.raises(RunError) as caught:
        open_run(tmp_path / "unfinished")
    assert caught.value.code == "run.not_finished"


@pytest.mark.parametrize(
    ("version", "remedy"), [(2, "upgrade"), (0, "audit again"), (None, "audit again")]
)
def test_another_schema_version(run: Run, version: int | None, remedy: str) -> None:
    manifest = run.manifest | {"schema_version": version}
    (run.path / "manifest.json").write_text(json.dumps(manifest))
    with raises_coded(RunError, "run.schema_version", "schema_version 1", remedy):
        open_run(run.path)


@pytest.mark.parametrize("table", ["cases", "classes", "slices", "evidence"])
def test_a_truncated_or_missing_table(run: Run, table: str) -> None:
    path = run.table_path(table)
    path.write_bytes(path.read_bytes()[:-100])
    with raises_coded(RunError, "run.unreadable", f"{table}.parquet"):
        open_run(run.path)
    path.unlink()
    with raises_coded(RunError, "run.unreadable", f"{table}.parquet", "no such file"):
        open_run(run.path)


HOSTILE = ("[" * 100_000, '{"a": ' + "[" * 40 + "]" * 40 + "}", '{"a": "\\ud800"}')


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00", *HOSTILE])
@pytest.mark.parametrize("name", ["manifest.json", "summary.json"])
def test_broken_json(run: Run, name: str, text: str) -> None:
    (run.path / name).write_text(text)
    with pytest.raises(RunError) as caught:
        open_run(run.path)
    assert caught.value.code == "run.unreadable"


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("manifest.json", "config", 3),
        ("manifest.json", "counts", [1]),
        ("manifest.json", "sanity", "fine"),
        ("manifest.json", "classes", {"a": 1}),
        ("summary.json", "verdicts", ["clean"]),
    ],
)
def test_json_that_was_edited_into_something_else(
    run: Run, name: str, key: str, value: object
) -> None:
    edited = json.loads((run.path / name).read_text()) | {key: value}
    (run.path / name).write_text(json.dumps(edited))
    reseal(run.path)
    with pytest.raises(RunError) as caught:
        open_run(run.path)
    assert name in caught.value.expected + caught.value.got
    assert caught.value.got.startswith(key)


def test_a_lost_column_is_told(run: Run) -> None:
    run.classes().drop(columns="reason").to_parquet(run.table_path("classes"))
    with pytest.raises(RunError) as caught:
        open_run(run.path)
    assert caught.value.code == "run.unreadable"


def test_a_run_from_before_a_column_was_added_still_opens(run: Run) -> None:
    stored = pq.read_table(run.table_path("cases")).drop_columns(["label_cam", "nominated"])
    pq.write_table(stored, run.path / "cases.parquet")
    reseal(run.path)
    cases = open_run(run.path).cases()
    assert cases.columns.tolist() == [*names("cases"), "slice_camera", "slice_night"]
    assert cases["nominated"].dtype == "boolean"
    assert cases["nominated"].isna().all()


def test_runs_newest_first_and_broken_ones_apart(tmp_path: Path) -> None:
    home = tmp_path / "runs"
    for day, name in enumerate(("b", "c", "a")):
        make_run(home / name, classes=1, per_class=1, created=CREATED + timedelta(days=day))
    (home / "notes").mkdir()
    (home / "unfinished" / "parts").mkdir(parents=True)
    (home / "c" / "cases.parquet").write_bytes(b"PAR1")
    assert [run.name for run in list_runs(home)] == ["a", "b"]
    assert [broken.path.name for broken in list_broken(home)] == ["c", "unfinished"]
    assert "--resume" in list_broken(home)[1].error.remedy
    assert [run.name for run in list_runs(home / "a")] == ["a"]
    assert list_runs(tmp_path / "nowhere") == []
    assert list_broken(tmp_path / "nowhere") == []


def test_the_manifest_is_strict_json_and_gives_back_the_geometry(run: Run) -> None:
    assert preprocess_of(run.metadata) == PREPROCESS
    exact = {"preprocess": {"resize": [10, 20], "crop": None, "mean": [0, 0, 0], "std": [1, 1, 1]}}
    assert preprocess_of(read_manifest(exact)) == Preprocess((10, 20), None, (0, 0, 0), (1, 1, 1))
    assert run.manifest["created"] == "2026-03-14T09:26:53.000+00:00"
    assert set(run.manifest) >= {
        "schema_version",
        "config",
        "seed",
        "versions",
        "device",
        "fingerprints",
        "target_layer",
        "method",
        "counts",
        "timings",
        "throughput",
        "peak_memory",
    }
    odd = {"a": float("nan"), "b": np.float32("inf"), "c": (np.int64(3), Path("x"))}
    assert json.loads(json_text(odd)) == {"a": None, "b": None, "c": [3, "x"]}


def test_versions_are_found_without_importing() -> None:
    found = versions()
    assert found["numpy"] == np.__version__
    assert found["pandas"] == pd.__version__
    assert set(found) == {
        "python",
        "auditor",
        "torch",
        "torchvision",
        "numpy",
        "pandas",
        "pyarrow",
        "pillow",
    }
