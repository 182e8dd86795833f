"""The report as a browser shows it: nothing asked for, nothing sticking out, paper is white."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from auditor.comparison import compare
from auditor.reports import render_comparison_html, render_html
from auditor.reports.contents import contents_of
from tests.fakes.runs import make_run

pytestmark = pytest.mark.browser

GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("runs")
    run = make_run(home / "run", classes=6, hostile=True)
    (home / "report.html").write_text(render_html(contents_of(run)), encoding="utf-8")
    return home / "report.html"


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("runs")
    before = make_run(home / "before", classes=5, images=False, hostile=True)
    after = make_run(home / "after", classes=6, seed=1, images=False, hostile=True)
    page = render_comparison_html(compare(before, after))
    (home / "changes.html").write_text(page, encoding="utf-8")
    return home / "changes.html"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_comparison_fits_and_asks_for_nothing(
    chromium: Browser, changes: Path, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto(changes.as_uri())
    assert asked == [changes.as_uri()]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("table.changes tbody tr").count() >= 4
    # A drawing is seen: its dot has a size and a colour that is not the ground's.
    dot = page.locator(".changes .plot .dot").first
    assert dot.evaluate("dot => dot.getBoundingClientRect().width") == 8
    assert dot.evaluate("dot => getComputedStyle(dot).backgroundColor") != page.evaluate(GROUND)
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_asks_for_nothing(
    chromium: Browser, report: Path, width: int, scheme: str
) -> None:
    page = chromium.new_page(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto(report.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    broken = "[...document.images].filter(picture => !picture.naturalWidth).length"
    assert page.evaluate(broken) == 0
    assert page.locator("img").count() > 12
    dark = sum(int(part) for part in page.evaluate(GROUND)[4:-1].split(",")) < 200
    assert dark == (scheme == "dark")
    page.close()


def test_paper_is_white_also_for_those_who_read_in_the_dark(
    chromium: Browser, report: Path
) -> None:
    page = chromium.new_page(color_scheme="dark")
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.close()
