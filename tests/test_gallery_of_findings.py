"""docs/findings.md can be made anew: from what an audit wrote and what the renderer measured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from auditor.reports.contents import contents_of
from auditor.storage.run import open_run
from scripts.gallery import GAP, PICTURES, SHOWN, SIDE, finding, section
from tests.fakes.runs import make_run

DOCS = Path(__file__).parents[1] / "docs"


def test_a_section_tells_what_was_planted_and_what_was_found(tmp_path: Path) -> None:
    runs, sets, docs = (tmp_path / name for name in ("runs", "sets", "docs"))
    make_run(runs / "01-tag", classes=3, per_class=8)
    table = open_run(runs / "01-tag").classes()
    worst = table[table["verdict"] == "confirmed"].nlargest(1, "background_effect").iloc[0]
    planted = {name: {"correlation": 0.95, "loss": 0.625} for name in table["class"]}
    (sets / "01-tag").mkdir(parents=True)
    truth = json.dumps({"kind": "corner-tag", "classes": planted})
    (sets / "01-tag" / "truth.json").write_text(truth)
    (docs / PICTURES).mkdir(parents=True)
    text = section("01-tag", sets, runs, docs)
    assert text.startswith("## Corner tag\n")
    assert f'"{worst["class"]}"' in text
    assert {"95%", "62%"} <= set(re.findall(r"\d+%", text))
    with Image.open(docs / PICTURES / "tag.webp") as strip:
        assert strip.height > SIDE
        assert strip.width in {n * (SIDE + GAP) - GAP for n in range(1, SHOWN + 1)}


def test_a_run_without_a_confirmed_class_is_refused(tmp_path: Path) -> None:
    make_run(tmp_path / "run", classes=3, per_class=8)
    contents = contents_of(open_run(tmp_path / "run"))
    rest = contents.classes[contents.classes["verdict"] != "confirmed"]
    with pytest.raises(SystemExit):
        finding(replace(contents, classes=rest), "25-clean")


def test_the_page_shows_every_picture_that_lies_beside_it() -> None:
    page = (DOCS / "findings.md").read_text(encoding="utf-8")
    shown = re.findall(rf"\({PICTURES.as_posix()}/([\w-]+)\.webp\)", page)
    assert len(shown) >= 10
    assert set(shown) == {path.stem for path in (DOCS / PICTURES).glob("*.webp")}
