"""Decisions and masks of other tools come back to the right cases, once, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from auditor.cli import main
from auditor.domain.errors import DataError, RunError
from auditor.export import export
from auditor.imagery.brush import decode_brush
from auditor.review_imports.drawing import draw
from auditor.review_imports.importing import import_reviews
from auditor.review_imports.records import Brush
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from tests.fakes.runs import make_run

BRUSH = [0, 0, 0, 192, 57, 27, 254, 75, 0, 191, 255, 124, 2, 255, 253, 240, 11, 255, 248, 140, 0]
"""What label-studio-sdk 2.1.2 (`converter.brush.mask2rle`) makes of rows 2 to 4, columns 3 to 6 of
a mask of 6 x 8 pixels."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "first", classes=3, per_class=4, images=False)


def standing(run: Run) -> dict[str, tuple[str, str, str]]:
    store = open_store(run.path.parent)
    try:
        return {
            case: (event.decision.value, event.reviewer, event.note)
            for case, event in store.ledger(run.name).latest().items()
        }
    finally:
        store.close()


def write(tmp_path: Path, name: str, content: Any) -> Path:
    file = tmp_path / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def test_a_csv_by_case_id_and_by_image(run: Run, tmp_path: Path) -> None:
    first, second = run.cases().iloc[0], run.cases().iloc[1]
    file = write(
        tmp_path,
        "decisions.csv",
        "case_id,image,decision,reviewer,note\n"
        f"{first['case_id']},,confirmed,ada,by the grass\n"
        f",{second['image']},Dismissed,,\n"
        ",,,,\n",
    )
    result = import_reviews(run, file, reviewer="grace")
    assert (result.decisions, result.saved, result.unmatched) == (2, 2, ())
    assert standing(run) == {
        first["case_id"]: ("confirmed", "ada", "by the grass"),
        second["case_id"]: ("dismissed", "grace", ""),
    }


def test_importing_twice_saves_once(run: Run, tmp_path: Path) -> None:
    case = run.cases()["case_id"].iloc[0]
    file = write(tmp_path, "d.csv", f"case_id,decision\n{case},unsure\n")
    assert import_reviews(run, file).saved == 1
    again = import_reviews(run, file)
    assert (again.decisions, again.saved) == (1, 0)


def test_an_export_of_reviews_is_imported_as_it_is(run: Run, tmp_path: Path) -> None:
    case = run.cases()["case_id"].iloc[0]
    file = write(tmp_path, "d.csv", f"case_id,decision,reviewer,note\n{case},confirmed,ada,'=1\n")
    import_reviews(run, file)
    out = tmp_path / "reviews.csv"
    export(run, "reviews", out)
    other = make_run(tmp_path / "elsewhere" / "first", classes=3, per_class=4, images=False)
    assert import_reviews(other, out).saved == 1
    assert standing(other) == standing(run) == {case: ("confirmed", "ada", "=1")}


def test_label_studio_choices_and_notes(run: Run, tmp_path: Path) -> None:
    case = run.cases().iloc[0]
    task = {
        "id": 7,
        "data": {"image": f"/data/local-files/?d=set/{case['image']}", "label": case["label"]},
        "annotations": [
            {
                "completed_by": {"email": "ada@example.org"},
                "updated_at": "2026-03-01T10:00:00Z",
                "result": [
                    {"type": "choices", "value": {"choices": ["Shortcut"]}},
                    {"type": "textarea", "value": {"text": ["a tag in the corner"]}},
                ],
            },
            {"was_cancelled": True, "result": [{"type": "choices", "value": {"choices": ["no"]}}]},
        ],
    }
    assert import_reviews(run, write(tmp_path, "ls.json", [task])).saved == 1
    assert standing(run) == {
        case["case_id"]: ("confirmed", "ada@example.org", "a tag in the corner")
    }


def test_label_studios_brush_code_is_read() -> None:
    mask = np.zeros((6, 8), dtype=bool)
    mask[2:5, 3:7] = True
    assert (decode_brush(bytes(BRUSH), (6, 8)) == mask).all()


@pytest.mark.parametrize(
    ("packed", "size"),
    [
        (BRUSH, (6, 9)),
        (BRUSH[:9], (6, 8)),
        ([], (6, 8)),
        (BRUSH, (1 << 20, 1 << 20)),
        (BRUSH, (0, 8)),
    ],
)
def test_a_brush_code_that_claims_something_else_is_refused(
    packed: list[int], size: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match=r"mask of|values|too early"):
        decode_brush(bytes(packed), size)


def test_masks_of_label_studio_mirror_the_images(run: Run, tmp_path: Path) -> None:
    case = run.cases().iloc[0]
    square = {"x": 25.0, "y": 50.0, "width": 50.0, "height": 25.0, "rectanglelabels": ["object"]}
    task = {
        "data": {"case_id": case["case_id"]},
        "annotations": [{"result": [{"type": "rectanglelabels", "value": square}]}],
    }
    out = tmp_path / "masks"
    result = import_reviews(run, write(tmp_path, "ls.json", [task]), masks_out=out)
    assert result.masks == 1
    mask = np.asarray(Image.open((out / case["image"]).with_suffix(".png"))) > 0
    height, width = int(case["image_height"]), int(case["image_width"])
    assert mask.shape == (height, width)
    expected = np.zeros((height, width), dtype=bool)
    expected[height // 2 : height * 3 // 4, width // 4 : width * 3 // 4] = True
    assert (mask == expected).all()


def test_cvat_tags_polygons_and_masks(run: Run, tmp_path: Path) -> None:
    case = run.cases().iloc[0]
    xml = f"""<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
  <image id="0" name="{case["image"]}" width="{case["image_width"]}" height="9">
    <tag label="dismissed"><attribute name="note">it is the cow</attribute></tag>
    <polygon label="object" points="0,0;4,0;4,4;0,4"/>
    <mask label="object" rle="1, 2, 1" left="6" top="7" width="2" height="2"/>
  </image>
</annotations>"""
    out = tmp_path / "masks"
    result = import_reviews(run, write(tmp_path, "cvat.xml", xml), reviewer="ada", masks_out=out)
    assert (result.saved, result.masks) == (1, 1)
    assert standing(run) == {case["case_id"]: ("dismissed", "ada", "it is the cow")}
    mask = np.asarray(Image.open((out / case["image"]).with_suffix(".png"))) > 0
    assert mask[7, 7]
    assert mask[8, 6]
    assert not mask[7, 6]
    assert mask[:5, :5].all()
    assert mask.sum() == 25 + 2


def test_fiftyone_fields_before_tags(run: Run, tmp_path: Path) -> None:
    first, second = run.cases().iloc[0], run.cases().iloc[1]
    samples = {
        "samples": [
            {"filepath": f"/any/{first['image']}", "tags": ["validation", "confirmed"]},
            {
                "filepath": "unknown.jpg",
                "case_id": second["case_id"],
                "tags": ["confirmed"],
                "review": {"_cls": "Classification", "label": "unsure"},
                "reviewer": "ada",
            },
        ]
    }
    import_reviews(run, write(tmp_path, "samples.json", samples), reviewer="grace")
    assert standing(run) == {
        first["case_id"]: ("confirmed", "grace", ""),
        second["case_id"]: ("unsure", "ada", ""),
    }


def test_what_belongs_to_no_case_is_told_and_the_rest_is_saved(run: Run, tmp_path: Path) -> None:
    case = run.cases()["case_id"].iloc[0]
    file = write(tmp_path, "d.csv", f"case_id,decision\n{case},unsure\nnobody,confirmed\n")
    result = import_reviews(run, file)
    assert (result.saved, len(result.unmatched)) == (1, 1)
    assert "'nobody'" in result.unmatched[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.csv", "case_id,decision\nnobody,confirmed\n"),
        ("d.csv", "case_id,verdict\nx,confirmed\n"),
        ("d.csv", "case_id,decision\nx,maybe so\n"),
        ("d.csv", ""),
        ("d.json", "{"),
        ("d.json", "[1, 2]"),
        ("d.json", '{"samples": [3]}'),
        ("d.json", '[{"data": {}, "annotations": [4]}]'),
        ("d.json", "[" * 100_000),
        ("d.xml", "<annotations>"),
        ("d.xml", "<other/>"),
        ("d.xml", '<!DOCTYPE a [<!ENTITY b "c">]><annotations/>'),
        ("d.txt", "case_id,decision\n"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_saved(
    run: Run, tmp_path: Path, name: str, content: str
) -> None:
    with pytest.raises(DataError) as caught:
        import_reviews(run, write(tmp_path, name, content))
    assert caught.value.remedy
    assert standing(run) == {}


def test_one_bad_decision_saves_none(run: Run, tmp_path: Path) -> None:
    case = run.cases()["case_id"].iloc[0]
    file = write(tmp_path, "d.csv", f"case_id,decision\n{case},confirmed\n{case},perhaps\n")
    with pytest.raises(DataError) as caught:
        import_reviews(run, file)
    assert caught.value.code == "reviews.unknown_decision"
    assert standing(run) == {}


def test_masks_do_not_go_into_a_folder_that_holds_something(run: Run, tmp_path: Path) -> None:
    case = run.cases()["case_id"].iloc[0]
    box = {"x": 0, "y": 0, "width": 50, "height": 50}
    task = {
        "data": {"case_id": case},
        "annotations": [
            {
                "result": [
                    {"type": "rectanglelabels", "value": box},
                    {"type": "choices", "value": {"choices": ["confirmed"]}},
                ]
            }
        ],
    }
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "old.png").touch()
    with pytest.raises(RunError) as caught:
        import_reviews(run, write(tmp_path, "t.json", [task]), masks_out=tmp_path / "masks")
    assert caught.value.code == "folder.not_empty"
    assert standing(run) == {}


def test_the_command_says_what_it_did(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = run.cases()["case_id"].iloc[0]
    file = write(tmp_path, "d.csv", f"case_id,decision\n{case},unsure\nnobody,unsure\n")
    arguments = ["auditor", "import-reviews", str(run.path), str(file), "--json"]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["decisions"], said["saved"]) == (1, 1)
    assert len(said["unmatched"]) == 1


@pytest.mark.parametrize(
    "value",
    [
        {
            "type": "brushlabels",
            "original_height": 6,
            "original_width": 8,
            "value": {"rle": 1 << 62},
        },
        {
            "type": "brushlabels",
            "original_height": 1e999,
            "original_width": 8,
            "value": {"rle": [0]},
        },
        {"type": "polygonlabels", "value": {"points": [[10**400, 1], [2, 2], [3, 1]]}},
    ],
)
def test_numbers_that_claim_the_impossible_are_refused(
    run: Run, tmp_path: Path, value: dict[str, Any]
) -> None:
    data = {"case_id": run.cases().iloc[0]["case_id"]}
    task = {"data": data, "annotations": [{"result": [value]}]}
    with pytest.raises(DataError):
        import_reviews(run, write(tmp_path, "ls.json", [task]), masks_out=tmp_path / "masks")
    assert not (tmp_path / "masks").exists()


def test_a_brush_stroke_is_held_against_its_image_before_it_is_decoded() -> None:
    stroke = Brush(bytes(BRUSH), (6, 8))
    assert draw([stroke], (6, 8)).sum() == 12
    with pytest.raises(ValueError, match=r"1048576|1,048,576"):
        draw([Brush(b"", (1 << 20, 1 << 20))], (6, 8))
    with pytest.raises(ValueError, match=r"1048576|1,048,576"):
        draw([], (1 << 20, 1 << 20))


def test_an_address_that_is_no_url_is_a_path(run: Run, tmp_path: Path) -> None:
    image = run.cases().iloc[0]["image"]
    samples = {"samples": [{"filepath": f"http://[x/{image}", "tags": ["confirmed"]}]}
    assert import_reviews(run, write(tmp_path, "f.json", samples)).saved == 1


def test_no_decision_is_lost_for_a_letter_that_no_database_takes(run: Run, tmp_path: Path) -> None:
    case = run.cases().iloc[0]["case_id"]
    text = '{"samples": [{"case_id": "%s", "tags": ["confirmed"], "note": "a\\ud800b\\u0000c"}]}'
    import_reviews(run, write(tmp_path, "f.json", text % case))
    assert standing(run)[case] == ("confirmed", "imported", "a\ufffdb\ufffdc")
