"""axe finds nothing serious on any page, light or dark, and nothing is cut off when zoomed."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from auditor.storage.run import open_run
from tests.browser.conftest import PATIENCE_MS, Served
from tests.browser.test_dashboard import settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    *("", "case", "overview", "map", "classes", "slices", "compare", "reviews", "team"),
    *("reports", "runs"),
)
SETTLING_MS = 10_000
SERIOUS = {"serious", "critical"}
WIDTHS = (1280, 1920, 640, 390)
"""Usual and large screens, the usual one at 200% zoom, which leaves half of its width, a phone."""


@pytest.mark.parametrize(("scheme", "lang"), [("light", "en"), ("dark", "zh")])
def test_every_page_is_readable(chromium: Browser, served: Served, scheme: str, lang: str) -> None:
    found = []
    page = chromium.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    for path in PAGES:
        page.goto(f"{address(served, path)}&lang={lang}")
        page.wait_for_selector("h1, article.card")
        settled(page)
        found += [(path or "gallery", *fault) for fault in faults(page)]
        found += [(path or "gallery", "cut off at", width) for width in cut_off(page)]
    page.close()
    assert found == []


def address(served: Served, path: str) -> str:
    case = open_run(served.runs / "look").cases()["case_id"].iloc[0]
    return f"{served.url}/{path}?run=look" + (f"&case={case}" if path == "case" else "")


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """What axe calls serious or critical, and where."""
    return [
        (fault["id"], [str(node["target"]) for node in fault["nodes"]])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in SERIOUS
    ]


def cut_off(page: Page) -> list[int]:
    """The widths at which the page stays broader than the window."""
    fits = (
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return main.scrollWidth <= main.clientWidth + 1; }"
    )
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        try:
            page.wait_for_function(fits, timeout=SETTLING_MS)
        except PlaywrightTimeout:
            found.append(width)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found
