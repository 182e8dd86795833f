"""axe finds nothing serious on any page: light and dark, English and Chinese, from a phone to a
large screen; and nothing is cut off there or when zoomed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

import auditor
from auditor.reviews.assignment_store import open_assignments
from auditor.reviews.assignments import Assignment
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import open_run
from tests.browser.conftest import PATIENCE_MS, Served, serving
from tests.browser.test_dashboard import settled
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    *("", "case", "overview", "map", "patches", "classes", "slices", "data", "compare"),
    *("reviews", "team", "reports", "runs"),
)
SETTLING_MS = 10_000
SERIOUS = {"serious", "critical"}
WIDTHS = (1280, 1920, 640, 390)
"""Usual and large screens, the usual one at 200% zoom, which leaves half of its width, a phone."""
INSPECTED = (1280, 1920, 390)
"""Widths at which axe looks."""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_is_readable(chromium: Browser, inspected: Served, lang: str) -> None:
    """Both themes at every width by one load of each page."""
    found = []
    page = chromium.new_page(color_scheme="light")
    page.set_default_timeout(PATIENCE_MS)
    for path in PAGES:
        page.emulate_media(color_scheme="light")
        page.goto(f"{address(inspected, path)}&lang={lang}")
        page.wait_for_selector("h1, article.card")
        settled(page)
        light = background(page)
        name = path or "gallery"
        found += [(name, "light", *fault) for fault in at_widths(page, WIDTHS)]
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"() => ({BACKGROUND})() !== {light!r}")
        found += [(name, "dark", *fault) for fault in at_widths(page, INSPECTED)]
    page.close()
    assert found == []


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A run with everything on its pages: reviews that differ, assignments, another run to compare
    with, an audit of its data, patches of classes without outlines."""
    runs = tmp_path_factory.mktemp("readable") / "runs"
    run = make_run(runs / "look", classes=5, per_class=12, hypotheses=True)
    make_run(runs / "then", classes=5, per_class=12, retrained=True, images=False)
    cases = run.cases()["case_id"].tolist()
    store, assignments = open_store(runs), open_assignments(runs)
    for name, decision in (("ann", ReviewDecision.CONFIRMED), ("ben", ReviewDecision.DISMISSED)):
        store.append(*(Review("look", case, name, decision, "a note") for case in cases[:9]))
    assignments.add(Assignment("look", ("ann", "ben"), each=2))
    store.close()
    assignments.close()
    data = Path(run.manifest["config"]["data"]["path"])
    auditor.audit_data(data, out=runs / "data-audit", per_class=12)
    with serving(runs) as url:
        yield Served(url, runs)


def address(served: Served, path: str) -> str:
    case = open_run(served.runs / "look").cases()["case_id"].iloc[0]
    more = {"case": f"&case={case}", "compare": "&base=then", "data": "&data=data-audit"}
    return f"{served.url}/{path}?run=look" + more.get(path, "")


BACKGROUND = (
    """() => getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor"""
)


def background(page: Page) -> str:
    """The page's ground: another one in the other theme."""
    return str(page.evaluate(BACKGROUND))


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """What axe calls serious or critical, and where."""
    return [
        (fault["id"], [str(node["target"]) for node in fault["nodes"]])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in SERIOUS
    ]


def at_widths(page: Page, widths: Sequence[int]) -> list[tuple[int, object]]:
    """What axe finds at some widths, and those at which the page stays broader than the window."""
    fits = (
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return main.scrollWidth <= main.clientWidth + 1; }"
    )
    found: list[tuple[int, object]] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        try:
            page.wait_for_function(fits, timeout=SETTLING_MS)
        except PlaywrightTimeout:
            found.append((width, "cut off"))
        if width in INSPECTED:
            found += [(width, fault) for fault in faults(page)]
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found
