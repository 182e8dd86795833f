"""Finding and ordering cases, the link to them, the first visit, and the report as PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from auditor.reports.pdf import can_print
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import open_run
from tests.browser.conftest import Served, serving
from tests.browser.test_dashboard import CURRENT
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    runs = tmp_path_factory.mktemp("find") / "runs"
    make_run(runs / "find", classes=4, per_class=12)
    with serving(runs) as url:
        yield Served(url, runs)


def test_a_text_is_found_in_file_names_and_notes_and_stands_in_the_link(
    page: Page, served: Served
) -> None:
    cases = open_run(served.runs / "find").cases()
    noted = cases["case_id"].iloc[7]
    open_store(served.runs).append(Review("find", noted, "ben", ReviewDecision.NOTED, "A Ruler"))
    page.goto(f"{served.url}/?run=find&show=all")
    page.wait_for_selector(CURRENT)
    field = page.get_by_role("textbox", name="Find")
    field.fill("ruler")
    field.press("Enter")
    expect(page.locator("article.card")).to_have_count(1)
    expect(page.locator(CURRENT)).to_have_id(f"case-{noted}")
    expect(page).to_have_url(re.compile("find=ruler"))
    # The keys are the pictures' again: nothing more is typed into the field.
    page.keyboard.press("x")
    expect(page.locator("article.card.chosen")).to_have_count(1)
    expect(field).to_have_value("ruler")
    page.goto(f"{served.url}/?run=find&show=all&find={cases['image'].iloc[3]}")
    expect(page.locator(CURRENT)).to_have_id(f"case-{cases['case_id'].iloc[3]}")


def test_the_order_is_chosen_and_goes_along_to_the_case_and_back(
    page: Page, served: Served
) -> None:
    cases = open_run(served.runs / "find").cases()
    rising = cases.sort_values("confidence", kind="stable")["case_id"].tolist()
    page.goto(f"{served.url}/?run=find&show=all&sort=confidence&order=rising")
    expect(page.locator(CURRENT)).to_have_id(f"case-{rising[0]}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case?*case={rising[1]}*")
    page.wait_for_selector(".stage .photograph")
    page.keyboard.press("j")
    page.wait_for_url(f"**case={rising[2]}*")
    page.keyboard.press("Escape")
    expect(page.locator(CURRENT)).to_have_id(f"case-{rising[2]}")
    expect(page).to_have_url(re.compile("sort=confidence.*order=rising"))


def test_the_first_visit_has_three_lines_until_they_are_put_away(
    page: Page, served: Served
) -> None:
    page.goto(f"{served.url}/?run=find")
    expect(page.locator(".welcome li")).to_have_count(3)
    page.get_by_role("button", name="Got it").click()
    expect(page.locator(".welcome")).to_have_count(0)
    page.reload()
    page.wait_for_selector(CURRENT)
    expect(page.locator(".welcome")).to_have_count(0)


def test_the_link_that_is_copied_leads_to_the_same_card(page: Page, served: Served) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{served.url}/?run=find&show=all&verdict=object")
    page.wait_for_selector(CURRENT)
    page.keyboard.press("j")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    card = str(page.locator(CURRENT).get_attribute("id"))
    assert f"cursor={card.removeprefix('case-')}" in link
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(CURRENT)).to_have_id(card)


@pytest.mark.skipif(not can_print(), reason="needs the extra pdf and Pango")
def test_the_report_is_printed(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/reports?run=find")
    with page.expect_download() as download:
        page.get_by_role("button", name="As PDF").click()
    assert download.value.suggested_filename == "find-report.pdf"
    assert download.value.path().read_bytes()[:5] == b"%PDF-"
