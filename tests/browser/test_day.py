"""A reviewer's day in a real browser: filters, the way back, others at work, names, languages."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import open_run
from dashboard.runs.filters import FLAGGED
from tests.browser.conftest import PATIENCE_MS, Served, serving
from tests.browser.test_dashboard import CURRENT, all_saved, saved
from tests.browser.test_ways import SESSION
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    runs = tmp_path_factory.mktemp("day") / "runs"
    for name in ("ways", "live", "names", "words"):
        make_run(runs / name, classes=4, per_class=12)
    with serving(runs) as url:
        yield Served(url, runs)


def opened(page: Page, served: Served, run: str, more: str = "&show=all") -> list[str]:
    page.goto(f"{served.url}/?run={run}{more}")
    page.wait_for_selector(CURRENT)
    order: list[str] = open_run(served.runs / run).cases()["case_id"].tolist()
    return order


def test_the_worklist_is_what_is_flagged_and_the_rest_one_click_away(
    page: Page, served: Served
) -> None:
    opened(page, served, "words", "")
    cases = open_run(served.runs / "words").cases()
    flagged = int(cases["verdict"].isin([verdict.value for verdict in FLAGGED]).sum())
    expect(page.locator(".tally .left")).to_have_text(str(flagged))
    expect(page.locator(".tally .of")).to_have_text("to review of 48")
    page.get_by_role("radio", name="All cases").or_(
        page.get_by_role("button", name="All cases")
    ).first.click()
    expect(page.locator(".tally .left")).to_have_text("48")
    expect(page).to_have_url(re.compile("show=all"))


def test_back_and_esc_lead_to_the_page_and_the_card(page: Page, served: Served) -> None:
    order = opened(page, served, "ways")
    page.keyboard.press("PageDown")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[24]}")
    page.keyboard.press("j")
    page.wait_for_url(f"**cursor={order[25]}*")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case?*")
    page.wait_for_selector(".stage .photograph")
    page.go_back()
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[25]}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case?*")
    page.wait_for_selector(".stage .photograph")
    page.keyboard.press("j")
    page.wait_for_url(f"**case={order[26]}*")
    page.keyboard.press("Escape")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[26]}")
    # The address follows the cursor a moment later.
    page.wait_for_url(f"**cursor={order[26]}*")
    page.reload()
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[26]}")


def test_a_filter_leads_to_the_first_page_and_enter_opens_the_case(
    page: Page, served: Served
) -> None:
    opened(page, served, "ways", "&show=all&page=2")
    page.get_by_role("button", name="Object", exact=True).click()
    page.wait_for_url("**verdict=object*")
    expect(page.locator(".chip").first).to_have_text("■Object")
    expect(page).not_to_have_url(re.compile("page="))
    shown = page.locator(CURRENT).get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case?*case={str(shown).removeprefix('case-')}*")
    assert "verdict=object" in page.url


def test_what_a_link_asks_for_in_vain_is_told(page: Page, served: Served) -> None:
    opened(page, served, "ways", "&verdict=burned&class=nobody")
    expect(page.get_by_text("verdict burned")).to_be_visible()
    expect(page.get_by_text("class nobody")).to_be_visible()


def test_undo_is_there_after_a_reload(page: Page, served: Served) -> None:
    order = opened(page, served, "names")
    page.keyboard.press("2")
    all_saved(page)
    page.reload()
    page.wait_for_selector(CURRENT)
    page.keyboard.press("u")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[0]}")
    all_saved(page)
    assert [decision for _, decision in saved(served.runs, "names")] == ["dismissed", "withdrawn"]


def test_others_decisions_come_in_and_those_made_meanwhile_are_told(
    page: Page, served: Served
) -> None:
    order = opened(page, served, "live")
    store = open_store(served.runs)
    store.append(Review("live", order[3], "ben", ReviewDecision.DISMISSED))
    expect(page.locator(f"#case-{order[3]} .badge")).to_have_text("✕ No shortcut · ben")
    store.append(Review("live", order[0], "ben", ReviewDecision.DISMISSED))
    page.keyboard.press("1")
    expect(page.locator(".notice").first).to_contain_text("ben", timeout=PATIENCE_MS)
    assert [d for c, d in saved(served.runs, "live") if c == order[0]] == ["dismissed", "confirmed"]


def test_decisions_carry_reasons_and_the_name_that_was_entered(page: Page, served: Served) -> None:
    order = opened(page, served, "names")
    field = page.get_by_role("textbox", name="Reviewer")
    field.fill("Dr. 王")
    field.press("Enter")
    # The name reaches the server after the click: the cursor stays on the card all the same.
    page.locator(f"#case-{order[1]} .facts").click()
    page.wait_for_function(f"() => {SESSION}.scope.reviewer === 'Dr. 王'")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[1]}")
    page.get_by_role("button", name="Mark, tag or text").click()
    page.get_by_role("button", name="4 Mask or label is wrong").click()
    expect(page.locator(f"#case-{order[1]} .badge")).to_contain_text("! Data wrong")
    all_saved(page)
    with sqlite3.connect(served.runs / "reviews.sqlite3") as database:
        query = "SELECT reviewer, decision, reasons FROM reviews WHERE case_id = ? ORDER BY id DESC"
        assert database.execute(query, [order[1]]).fetchone() == (
            "Dr. 王",
            "unsure",
            "mark mask_wrong",
        )
    page.reload()
    expect(page.get_by_role("textbox", name="Reviewer")).to_have_value("Dr. 王")


def test_chinese_is_kept_from_page_to_page(page: Page, served: Served) -> None:
    opened(page, served, "words", "&lang=zh&verdict=object")
    expect(page.get_by_role("heading", name="模型在此处是否依赖背景？")).to_be_visible()
    page.get_by_role("link", name="总览").click()
    expect(page.get_by_text("已审计图像")).to_be_visible()
    page.goto(f"{served.url}/overview?run=words")
    expect(page.get_by_text("已审计图像")).to_be_visible()
    expect(page).to_have_url(re.compile("lang=zh"))


def test_a_picture_is_looked_at_closely(page: Page, served: Served) -> None:
    order = opened(page, served, "words")
    page.goto(f"{served.url}/case?run=words&show=all&case={order[0]}")
    photograph = page.locator(".stage .photograph").first
    expect(photograph).to_have_css("transform", "matrix(1, 0, 0, 1, 0, 0)")
    page.keyboard.press("z")
    expect(photograph).to_have_css("transform", "matrix(1.5625, 0, 0, 1.5625, 0, 0)")
    page.keyboard.press("s")
    expect(page.locator(".stage .layers")).to_have_count(2)
    page.keyboard.press("0")
    expect(photograph).to_have_css("transform", "matrix(1, 0, 0, 1, 0, 0)")
