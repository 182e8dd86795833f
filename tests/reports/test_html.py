from __future__ import annotations

import io
import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from auditor.domain.interventions import EDGES, Intervention
from auditor.domain.manifest import Manifest, SanityRecord
from auditor.domain.summary import Summary
from auditor.reports import render_html, words
from auditor.reports.contents import RunContents, contents_of
from auditor.reports.evidence import cue_cards
from auditor.reports.leaks import ANSWERS, leak_lines, leak_square
from auditor.reports.method_without_outlines import words_without_outlines
from auditor.reports.page import page_of
from auditor.reports.pictures import thumbnails
from auditor.reports.rows import rows_of
from auditor.storage.run import Run
from auditor.wording.headline import audited
from auditor.wording.numbers import ENGLISH
from scripts.messages import extracted
from tests.fakes.run_cases import HOSTILE_NAMES
from tests.fakes.runs import make_run

MEAN_MAPS = 2
"""of the confirmed and of the suspected class: they need no image"""
VOID = {"meta", "img", "br", "line", "circle", "rect"}


class Page(HTMLParser):
    """Every tag, attribute and text of a document; tags have to nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self._sections: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id" and value]
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
            if self.ids:
                self._sections.setdefault(self.ids[-1], []).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def section(self, name: str) -> str:
        """The text from the heading with that id to the next one."""
        return " ".join(" ".join(self._sections[name]).split())

    def has(self, css: str) -> bool:
        """Whether anything has that class attribute."""
        return ("class", css) in self.attributes

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
    return contents_of(run)


@pytest.fixture(scope="module")
def page(contents: RunContents) -> Page:
    return Page(render_html(contents))


def test_the_verdict_comes_first_in_words(page: Page, contents: RunContents) -> None:
    told = page_of(contents, pictures=False).headline
    assert dict(told.tally)["confirmed"] == 1
    for text, name in zip(
        (told.verdict, *told.details), ("kingfisher", "sailboat", "tractor"), strict=False
    ):
        assert name in text
    places = [page.text.index(each) for each in (told.verdict, *told.details)]
    assert places == sorted(places)
    assert places[-1] < page.text.index(page.section("classes"))


def test_everything_a_reader_asks_for_is_there(page: Page, contents: RunContents) -> None:
    text = page.text
    assert page.ids == [
        *("classes", "actions", "cues", "others", "leak", "slices", "sanity", "skipped"),
        *("method", "terms", "provenance"),
    ]
    assert audited(contents.manifest) in text
    actions = contents.classes.set_index("class")["action"].dropna()
    for name in ("kingfisher", "sailboat"):
        assert f"{name} {actions[name]}" in page.section("actions")
    for reason, images in contents.skipped.groupby("reason")["image"]:
        assert f"{reason} {', '.join(images)}" in page.section("skipped")
    assert contents.summary.worst_group is not None
    assert contents.summary.worst_group in text
    assert "0f" * 32 in page.section("provenance")
    assert "layer4.1.conv2" in page.section("provenance")


def test_in_chinese_no_english_of_ours_is_left(contents: RunContents) -> None:
    text = Page(render_html(contents, lang="zh")).text
    own = [
        message.id
        for message in extracted()
        if isinstance(message.id, str) and "{" not in message.id and len(message.id) > 9
    ]
    # Reasons of this made-up run are stored texts without a code.
    left = {each for each in own if each in text} - {"On other classes' backgrounds", "background"}
    assert left == set()
    for name in (
        "捷径学习审计",
        "kingfisher",
        "已确认",
        "置信区间",
        "背景替换",
        "类激活图",
        "掩码",
    ):
        assert name in text, name
    assert "为 1 张“tractor”图像提供物体掩码" in text
    assert '<html lang="zh-Hans">' in render_html(contents, lang="zh")


def test_both_languages_have_the_same_numbers_and_pictures(contents: RunContents) -> None:
    pages = [Page(render_html(contents, lang=lang)) for lang in ("en", "zh")]
    english, chinese = (sorted(re.findall(r"[−\d.]+%", page.text)) for page in pages)
    assert english == chinese
    assert pages[0].pictures == pages[1].pictures
    assert pages[0].tags == pages[1].tags


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
    wild = Page(render_html(contents_of(hostile)))
    assert set(wild.tags) == set(page.tags)
    for name in HOSTILE_NAMES:
        assert " ".join(name.split()) in wild.text
    assert not [value for _, value in wild.attributes if "http" in value or "<b>" in value]


def with_sections(manifest: Manifest, **sections: dict[str, Any]) -> Manifest:
    return replace(manifest, config={**manifest.config, **sections})


def test_markup_in_every_text_of_a_run_stays_text(contents: RunContents) -> None:
    bomb = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"
    nasty = RunContents(
        manifest=replace(
            contents.manifest,
            target_layer=bomb,
            device=bomb,
            created=bomb,
            data_root=bomb,
            sanity=SanityRecord(sane=False, reasons=(bomb,)),
            config={"data": {"path": bomb}, "model": {"arch": bomb}},
        ),
        summary=replace(contents.summary, saliency_sane=False, worst_group=bomb),
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


def test_what_the_sanity_check_said_stands_above_everything(
    page: Page, run: Run, tmp_path: Path
) -> None:
    insane = make_run(tmp_path / "run", classes=5, images=False, sane=False)
    contents = contents_of(insane)
    told, alarm = page_of(contents, pictures=False), Page(render_html(contents))
    assert told.sane is False
    first = alarm.text.index(told.headline.verdict)
    assert alarm.text.index(told.sanity_told) < first
    assert contents.manifest.sanity.reasons
    assert all(alarm.text.index(each) < first for each in contents.manifest.sanity.reasons)
    assert (alarm.has("alarm"), page.has("alarm")) == (True, False)
    passed = page_of(contents_of(run), pictures=False)
    assert page.text.index(passed.sanity_told) < page.text.index(passed.headline.verdict)


def test_pictures_show_the_case(page: Page, contents: RunContents) -> None:
    files = [b64decode(source.split(",")[1]) for source in page.pictures]
    opened = [Image.open(io.BytesIO(content)) for content in files]
    assert {picture.format for picture in opened} == {"JPEG"}
    assert max(max(picture.size) for picture in opened) <= 208
    card = page_of(contents, pictures=True).cues[0].cases[0]
    captions = [each.caption for each in card.pictures]
    assert words.INTERVENTIONS["object_removed"] in captions
    assert all(caption in page.section("cues") for caption in captions)


def test_without_pictures_on_request(contents: RunContents) -> None:
    manifest = with_sections(contents.manifest, report={"images": False})
    page = Page(render_html(replace(contents, manifest=manifest)))
    assert page.pictures == []


def test_without_the_image_files_the_stored_originals_stand_in(contents: RunContents) -> None:
    moved = replace(contents.manifest, data_root="/nowhere")
    assert len(Page(render_html(replace(contents, manifest=moved))).pictures) > MEAN_MAPS
    bare = replace(contents, manifest=moved, evidence=contents.evidence.head(0))
    assert len(Page(render_html(bare)).pictures) == MEAN_MAPS


# A whole JPEG header of 65535 x 65535 pixels.
BOMB = bytes.fromhex("ffd8ffc0000b08ffffffff01011100ffda0008010100003f00")


@pytest.mark.parametrize("content", [b"not a picture", b"", BOMB])
def test_a_broken_stored_picture_is_left_out(contents: RunContents, content: bytes) -> None:
    moved = replace(contents.manifest, data_root="/nowhere")
    broken = contents.evidence.assign(picture=content)
    page = Page(render_html(replace(contents, manifest=moved, evidence=broken)))
    assert len(page.pictures) == MEAN_MAPS


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
    manifest = with_sections(contents.manifest, data={"path": path}, report={"images": False})
    page = Page(render_html(replace(contents, manifest=manifest)))
    assert page_of(contents, pictures=False).title == "run-data"
    first = page.text.partition(contents.manifest.created[:10])[0]  # the tab's and the page's
    assert len(re.findall(rf"(?<!\S){re.escape(title)}(?!\S)", first)) == 2


def test_hypotheses_are_shown_ranked_with_their_patches(tmp_path: Path) -> None:
    found = contents_of(make_run(tmp_path / "run", classes=5, hostile=True, hypotheses=True))
    page = Page(render_html(found))
    lines = page_of(found, pictures=False).hypotheses[0].lines
    assert [line.row["rank"] for line in lines] == sorted(line.row["rank"] for line in lines)
    places = [page.section("hypotheses").index(line.what) for line in lines]
    assert len(places) > 1
    assert places == sorted(places)
    assert " ".join(str(lines[0].action).split()) in page.section("hypotheses")
    assert "b" in page.tags
    assert not [value for _, value in page.attributes if "<b>" in value]
    without = Page(render_html(replace(found, hypotheses=None)))
    assert "hypotheses" not in without.ids
    assert len(page.pictures) == len(without.pictures) + 1
    bare = Page(render_html(found, pictures=False))
    assert bare.pictures == []
    assert "hypotheses" in bare.ids


def test_the_datas_own_columns_come_before_clusters(contents: RunContents) -> None:
    made = contents.slices.head(2).assign(slice="cluster", value=["kingfisher 1", "kingfisher 2"])
    known = replace(contents, slices=pd.concat([made, contents.slices], ignore_index=True))
    names = [line.row["slice"] for line in page_of(known, pictures=False).slices]
    assert names[-2:] == ["cluster", "cluster"]
    assert "cluster" not in names[:-2]
    assert names[:-2] == sorted(names[:-2])


def test_the_four_answers_stand_beside_the_baseline(contents: RunContents) -> None:
    verdicts = ["confirmed", "clean", "clean", "suspected", "clean"]
    measured = contents.classes.assign(
        verdict=verdicts, leak=0.9, leak_low=0.8, leak_high=0.95, leak_hole=0.5, leak_rival=0.9
    )
    measured.loc[1, ["leak", "leak_low", "leak_rival"]] = [0.7, 0.62, 0.5]
    summary = replace(contents.summary, leak={"accuracy": 0.52, "majority": 0.15, "images": 209})
    square = leak_square(leak_lines(rows_of(measured)))
    names = measured["class"].tolist()
    assert [[cell.classes for cell in row] for row in square] == [
        [[names[0]], [names[2], names[4]]],
        [[], [names[1]]],
    ]
    text = Page(render_html(replace(contents, classes=measured, summary=summary))).section("leak")
    assert re.findall(r"\b(?:52%|209|15%)", text) == ["52%", "209", "15%"]


def test_what_changing_the_whole_picture_costs_is_a_table(contents: RunContents) -> None:
    assert "appearance" not in Page(render_html(contents)).ids
    tried = contents.classes.assign(jpeg_loss=[0.1, 0.2, 0.3, 0.4, 0.5])
    text = Page(render_html(replace(contents, classes=tried))).section("appearance")
    assert " – – – – 30% – " in text  # the mean of all classes


def test_what_confirms_a_cue_is_shown_first(contents: RunContents) -> None:
    row = rows_of(contents.cases)[0]
    own = contents.evidence[contents.evidence["case_id"] == row["case_id"]]
    looks = own.head(2).assign(intervention=["cast_other", "frame_other"])
    known = replace(contents, evidence=pd.concat([contents.evidence, looks], ignore_index=True))

    def captions(cue: str | None) -> list[str]:
        return [each.caption for each in thumbnails(row, known, cue) if not each.heat][1:]

    assert captions("colour cast")[0] == words.INTERVENTIONS["cast_other"]
    assert captions("border frame")[0] == words.INTERVENTIONS["frame_other"]
    assert captions("background")[0] == words.INTERVENTIONS["object_removed"]
    assert words.INTERVENTIONS["frame_other"] not in captions("colour cast")


def test_what_confirms_a_mark_at_the_edge_is_all_shown_first(contents: RunContents) -> None:
    row = rows_of(contents.cases)[0]
    own = contents.evidence[contents.evidence["case_id"] == row["case_id"]].head(1)
    marks = pd.concat([own.assign(intervention=name.value) for name in EDGES])
    known = replace(contents, evidence=pd.concat([contents.evidence, marks], ignore_index=True))
    shown = thumbnails(row, known, "edge mark")
    captions = [each.caption for each in shown if not each.heat][1:]
    assert captions[:2] == [
        words.INTERVENTIONS[Intervention.EDGE_REMOVED],
        words.INTERVENTIONS[Intervention.EDGE_CONTROL],
    ]
    assert [str(row["label"]) in name for name in captions[:6]] == [*[False] * 4, *[True] * 2]
    assert captions[6] == words.INTERVENTIONS["object_removed"]
    others = [each.caption for each in thumbnails(row, known, "background")]
    assert not set(captions[:4]) & set(others)


def test_an_audit_that_finds_nothing(contents: RunContents) -> None:
    clean = RunContents(
        manifest=Manifest(),
        summary=Summary(),
        cases=contents.cases.assign(verdict="object", correct=True, mask_source="file"),
        classes=contents.classes.assign(verdict="clean", action=None, cue=None),
        slices=contents.slices.head(0),
        evidence=contents.evidence.head(0),
        skipped=contents.skipped.head(0),
    )
    page = Page(render_html(clean))
    assert page_of(clean, pictures=False).headline.tone == "clean"
    assert not {"actions", "cues", "slices", "data-checks"} & set(page.ids)
    assert not page.has("card sheet")
    assert not page.has("skips sheet")
    assert not re.search(r"\bnan\b|\bNone\b|<NA>", page.text)


def test_frames_as_the_pipeline_holds_them_give_the_same_report(contents: RunContents) -> None:
    def raw(frame: pd.DataFrame) -> pd.DataFrame:
        loose = frame.astype(object).where(frame.notna(), None)
        return loose.sample(frac=1.0, random_state=np.random.RandomState(3))

    loose = replace(contents, cases=raw(contents.cases), classes=raw(contents.classes))
    assert render_html(loose) == render_html(contents)


def test_no_picture_where_none_is_wanted(contents: RunContents) -> None:
    page = Page(render_html(contents, pictures=False))
    assert page.pictures == []


def test_every_flagged_class_shows_its_cue(page: Page, contents: RunContents) -> None:
    part = page.section("cues")
    for name in ("kingfisher", "sailboat"):
        assert name in part
    assert f"background · {words.CUES['background']} · " in part
    assert "58% (5" in part
    assert " 12 " in part  # maps of its mean
    assert part.index("kingfisher") < part.index("sailboat")
    assert len(re.findall(r"probability \d", part)) == 4


def test_a_suspicion_without_a_cue_is_no_flag(contents: RunContents) -> None:
    suspected = contents.classes["verdict"] == "suspected"
    bare = contents.classes.assign(cue=contents.classes["cue"].mask(suspected))
    page = Page(render_html(replace(contents, classes=bare)))
    assert "sailboat" not in page.section("cues")
    assert "sailboat" in page.section("others")


def test_examples_are_those_that_the_finding_names(contents: RunContents) -> None:
    own = contents.cases[contents.cases["label"] == "kingfisher"]
    rows = rows_of(contents.classes)
    named = own["case_id"].iloc[-1]
    for row in rows:
        row["cue_examples"] = named if row["class"] == "kingfisher" else None
    card = cue_cards(
        contents, sorted(rows, key=lambda row: row["class"] != "kingfisher"), pictures=False
    )[0]
    assert [case.row["case_id"] for case in card.cases] == [named]


def test_what_leaks_and_what_is_used_are_two_questions(contents: RunContents) -> None:
    assert not Page(render_html(contents)).has("leaks")
    names = contents.classes["class"].tolist()
    leaks = {
        "kingfisher": (0.9, 0.8, 0.95),
        "lighthouse": (0.8, 0.7, 0.9),
        "sailboat": (0.5, 0.4, 0.6),
    }
    numbers = [leaks.get(name, (None, None, None)) for name in names]
    classes = contents.classes.assign(
        **{
            key: [row[i] for row in numbers]
            for i, key in enumerate(("leak", "leak_low", "leak_high"))
        }
    )
    lines = {line.row["class"]: line for line in leak_lines(rows_of(classes))}
    assert lines["kingfisher"].answer == ANSWERS["yes", "yes"]
    assert lines["lighthouse"].answer == ANSWERS["yes", "no"]
    assert (lines["sailboat"].leaks, lines["sailboat"].used) == ("no", "open")
    assert lines["tractor"].leaks == "open"
    page = Page(render_html(replace(contents, classes=classes)))
    assert ANSWERS["yes", "no"] in page.section("leak")
    assert page.has("leaks")


def test_the_method_is_told_with_the_run_s_own_numbers(page: Page, contents: RunContents) -> None:
    told = page.section("method")
    assert all(number in told for number in ("60", "10%"))
    assert "0.08" in page.section("sanity")
    manifest = with_sections(contents.manifest, interventions={"enabled": False})
    off = replace(contents, manifest=manifest)
    assert Page(render_html(off)).section("method") != told


def test_a_thousand_flagged_classes_stay_small(contents: RunContents) -> None:
    many = contents.classes[contents.classes["verdict"] == "confirmed"]
    classes = pd.concat([many] * 1000, ignore_index=True)
    classes["class"] = [f"class {i:04d}" for i in range(1000)]
    own = contents.cases[contents.cases["label"] == "kingfisher"].head(2)
    cases = pd.concat([own.assign(label=name) for name in classes["class"]], ignore_index=True)
    html = render_html(replace(contents, classes=classes, cases=cases))
    assert html.count("data:image/jpeg") > 100
    assert len(html) < 20_000_000
    assert Page(html).section("cues").count("988") == 1


def test_a_thousand_classes_stay_small(contents: RunContents) -> None:
    many = pd.concat([contents.classes] * 200, ignore_index=True)
    many["class"] = [f"class {i:04d}" for i in range(len(many))]
    html = render_html(replace(contents, classes=many))
    assert len(html) < 8_000_000
    assert "class 0999" in html
    assert re.search(r"\b196\b", html)


def test_a_run_without_outlines_does_not_speak_of_objects_that_were_moved(
    tmp_path: Path,
) -> None:
    contents = contents_of(make_run(tmp_path / "run", classes=5, hypotheses=True))
    assert contents.hypotheses is not None
    assert not contents.hypotheses.empty
    assert not contents.without_outlines
    bare = replace(contents, classes=contents.classes.assign(median_skill=float("nan")))
    assert bare.without_outlines
    assert not replace(bare, hypotheses=contents.hypotheses.head(0)).without_outlines
    said = words_without_outlines(contents.manifest, contents.summary, ENGLISH)
    assert page_of(bare, pictures=False).method[: len(said)] == said
    assert not set(said) & set(page_of(contents, pictures=False).method)


@pytest.mark.parametrize(("gap", "marks"), [(0.0, 0), (None, 0), (0.25, 1)])
def test_the_lowest_of_equal_slices_is_not_marked(
    contents: RunContents, gap: float | None, marks: int
) -> None:
    slices = contents.slices.assign(worst_group=False, accuracy_gap=0.0)
    slices.loc[0, "worst_group"] = True
    slices.loc[0, "accuracy_gap"] = float("nan") if gap is None else gap
    html = render_html(replace(contents, slices=slices))
    assert html.count('class="worst"') == marks


@pytest.mark.parametrize("warnings", [(), ("odd",), ("odd", "even")])
def test_warnings_are_counted_at_the_head(contents: RunContents, warnings: tuple[str, ...]) -> None:
    warned = replace(contents, manifest=replace(contents.manifest, warnings=warnings))
    html = render_html(warned)
    assert html.count('id="warned"') == bool(warnings)
    if warnings:
        head = html[html.index('id="warned"') :]
        assert f">{len(warnings)} warning" in head[:40]
        assert html.index('id="warned"') < html.index('id="classes"')
