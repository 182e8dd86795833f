from __future__ import annotations

import io
import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from auditor.reports import render_html
from auditor.storage.contents import RunContents
from auditor.storage.run import Run
from tests.fakes.run_cases import HOSTILE_NAMES
from tests.fakes.runs import make_run

VOID = {"meta", "img", "br", "line", "circle", "rect"}


class Page(HTMLParser):
    """Every tag, attribute and text of a document; tags have to nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def pictures(self) -> list[str]:
        return [value for name, value in self.attributes if name == "src"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "run", classes=5)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "run", classes=6, hostile=True)


@pytest.fixture(scope="module")
def contents(run: Run) -> RunContents:
    return run.contents()


@pytest.fixture(scope="module")
def page(contents: RunContents) -> Page:
    return Page(render_html(contents))


def test_the_verdict_comes_first_in_words(page: Page) -> None:
    text = page.text
    verdict = text.index("1 of 5 classes relies on a shortcut: kingfisher.")
    assert (
        verdict < text.index("1 class could not be judged: tractor.") < text.index("Classes Lost")
    )
    assert "1 more class is suspected: sailboat." in text


def test_everything_a_reader_asks_for_is_there(page: Page) -> None:
    text = page.text
    for section in ("What to do", "Worst cases", "Slices", "Skipped", "How to read", "Provenance"):
        assert section in text
    assert "60 images audited, 3 skipped" in text
    assert "Collect about 60 images of kingfisher on backgrounds of other classes." in text
    assert "mask is 64x64 but the image is 128x128 teapot/040.jpg, teapot/041.jpg" in text
    assert "worst group" in text
    assert "0f" * 32 in text
    assert "layer4.1.conv2" in text


def test_nothing_is_fetched_and_nothing_runs(page: Page, contents: RunContents) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "base", "form", "a"} & set(page.tags)
    assert page.pictures
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.pictures)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "href"]
    style = render_html(contents).split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert any(value.startswith("default-src 'none'") for _, value in page.attributes)


def test_hostile_names_are_text(page: Page, hostile: Run) -> None:
    wild = Page(render_html(hostile.contents()))
    assert set(wild.tags) == set(page.tags)
    for name in HOSTILE_NAMES:
        assert " ".join(name.split()) in wild.text
    assert not [value for _, value in wild.attributes if "http" in value or "<b>" in value]


def test_markup_in_every_text_of_a_run_stays_text(contents: RunContents) -> None:
    bomb = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"
    nasty = RunContents(
        manifest=contents.manifest
        | {"target_layer": bomb, "device": bomb, "created": bomb, "data_root": bomb}
        | {"sanity": {"sane": False, "reasons": [bomb]}}
        | {"config": {"data": {"path": bomb}, "model": {"arch": bomb}}},
        summary=contents.summary | {"saliency_sane": False, "worst_group": bomb},
        cases=contents.cases.assign(label=bomb, predicted=bomb, reason=bomb, image=bomb),
        classes=contents.classes.assign(
            **{"class": bomb, "cue": bomb, "reason": bomb, "action": bomb}
        ),
        slices=contents.slices.assign(slice=bomb, value=bomb),
        evidence=contents.evidence.assign(intervention=bomb),
        skipped=contents.skipped.assign(image=bomb, reason=bomb),
    )
    page = Page(render_html(nasty))
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name == "onerror"]
    assert page.text.count("<script>alert(1)</script>") > 20


def test_failed_sanity_stands_above_everything(page: Page, tmp_path: Path) -> None:
    insane = make_run(tmp_path / "run", classes=5, images=False, sane=False)
    text = Page(render_html(insane.contents())).text
    alarm = text.index("failed their sanity check")
    assert alarm < text.index("relies on a shortcut")
    assert "deleting the most salient cells hurts no more than chance" in text
    assert "sanity check" not in page.text


def test_pictures_show_the_case(page: Page) -> None:
    contents = [b64decode(source.split(",")[1]) for source in page.pictures]
    opened = [Image.open(io.BytesIO(content)) for content in contents]
    assert {picture.format for picture in opened} == {"JPEG"}
    assert max(max(picture.size) for picture in opened) <= 208
    text = page.text
    for caption in ("as it is", "where it looks", "object removed", "another class's background"):
        assert caption in text


def test_without_pictures_on_request(contents: RunContents) -> None:
    config = contents.manifest["config"] | {"report": {"images": False}}
    page = Page(render_html(replace(contents, manifest=contents.manifest | {"config": config})))
    assert page.pictures == []
    assert "left out of this report on request" in page.text


def test_without_the_image_files_the_stored_originals_stand_in(contents: RunContents) -> None:
    moved = contents.manifest | {"data_root": "/nowhere"}
    page = Page(render_html(replace(contents, manifest=moved)))
    assert "where it looks" in page.text
    bare = replace(contents, manifest=moved, evidence=contents.evidence.head(0))
    assert Page(render_html(bare)).pictures == []


def test_a_broken_stored_picture_is_left_out(contents: RunContents) -> None:
    moved = contents.manifest | {"data_root": "/nowhere"}
    broken = contents.evidence.assign(picture=b"not a picture")
    assert Page(render_html(replace(contents, manifest=moved, evidence=broken))).pictures == []


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/data/birds", "birds"),
        ("/data/birds/manifest.csv", "birds"),
        ("C:/x.y/coco.json", "x.y"),
        ("list.csv", "list.csv"),
    ],
)
def test_the_title_is_the_folder_of_the_data(contents: RunContents, path: str, title: str) -> None:
    manifest = contents.manifest | {"config": {"data": {"path": path}, "report": {"images": False}}}
    page = Page(render_html(replace(contents, manifest=manifest)))
    assert page.text.startswith(f"Shortcut audit: {title} Shortcut audit of {title} ")


def test_an_audit_that_finds_nothing(contents: RunContents) -> None:
    clean = RunContents(
        manifest={},
        summary={"accuracy": None},
        cases=contents.cases.assign(verdict="object"),
        classes=contents.classes.assign(verdict="clean", action=None, cue=None),
        slices=contents.slices.head(0),
        evidence=contents.evidence.head(0),
        skipped=contents.skipped.head(0),
    )
    text = Page(render_html(clean)).text
    assert "A shortcut is ruled out for any class." in text
    assert "No image was flagged." in text
    assert "every input was audited" in text
    assert not re.search(r"What to do|Slices|\bnan\b|\bNone\b|<NA>", text)


def test_frames_as_the_pipeline_holds_them_give_the_same_report(contents: RunContents) -> None:
    def raw(frame: pd.DataFrame) -> pd.DataFrame:
        loose = frame.astype(object).where(frame.notna(), None)
        return loose.sample(frac=1.0, random_state=np.random.RandomState(3))

    loose = replace(contents, cases=raw(contents.cases), classes=raw(contents.classes))
    assert render_html(loose) == render_html(contents)


def test_a_thousand_classes_stay_small(contents: RunContents) -> None:
    many = pd.concat([contents.classes] * 200, ignore_index=True)
    many["class"] = [f"class {i:04d}" for i in range(len(many))]
    html = render_html(replace(contents, classes=many))
    assert len(html) < 8_000_000
    assert "class 0999" in html
    assert "and 196 more" in html
