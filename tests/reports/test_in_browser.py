"""The report as a browser shows it: nothing asked for, nothing sticking out, paper is white."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from auditor.reports import render_html
from tests.fakes.runs import make_run

pytestmark = pytest.mark.browser

GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("runs")
    run = make_run(home / "run", classes=6, hostile=True)
    (home / "report.html").write_text(render_html(run.contents()), encoding="utf-8")
    return home / "report.html"


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
