"""Two models on one picture: every changed case is reached by pages and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from auditor.storage.run import open_run
from dashboard.components.pairs import PER_PAGE
from tests.browser.conftest import PATIENCE_MS, serving
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CURRENT = ".pair[aria-current=true]"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    runs = tmp_path_factory.mktemp("pairs") / "runs"
    make_run(runs / "before", classes=4, per_class=30)
    make_run(runs / "after", classes=4, per_class=30, retrained=True)
    with serving(runs) as url:
        yield f"{url}/compare?run=after&base=before", runs


@pytest.fixture
def page(chromium: Browser, compared: tuple[str, Path]) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(compared[0])
    page.wait_for_selector(CURRENT)
    yield page
    page.close()
    assert errors == []


def changed(runs: Path) -> set[str]:
    before, after = (open_run(runs / name).cases() for name in ("before", "after"))
    both = before.merge(after, on="case_id", suffixes=("_base", "_new"))
    other = both["predicted_base"].ne(both["predicted_new"])
    other |= both["verdict_base"].ne(both["verdict_new"])
    return set(both.loc[other, "case_id"])


def test_keys_walk_through_all_pairs_over_the_pages(page: Page, compared: tuple[str, Path]) -> None:
    wanted = changed(compared[1])
    assert len(wanted) > PER_PAGE
    met = [str(page.locator(CURRENT).get_attribute("id"))]
    for _ in range(len(wanted) - 1):
        page.keyboard.press("j")
        expect(page.locator(CURRENT)).not_to_have_id(met[-1])
        met.append(str(page.locator(CURRENT).get_attribute("id")))
    assert {name.removeprefix("pair-") for name in met} == wanted
    expect(page).to_have_url(re.compile("page=2"))
    page.keyboard.press("PageUp")
    expect(page.locator(CURRENT)).to_have_id(met[0])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/case.*case={met[0].removeprefix('pair-')}"))


def test_a_kind_of_change_is_chosen_and_stays_in_the_address(
    page: Page, compared: tuple[str, Path]
) -> None:
    page.get_by_role("button", name=re.compile("^No longer flagged")).click()
    expect(page.locator(".pair header b").first).to_have_text("No longer flagged")
    expect(page).to_have_url(re.compile("change=freed"))
    page.reload()
    page.wait_for_selector(CURRENT)
    shown = set(page.locator(".pair header b").all_text_contents())
    assert shown == {"No longer flagged"}
    chips = page.locator(f"{CURRENT} .chip").all_text_contents()
    assert [re.sub(r"^\W", "", chip) for chip in chips] == ["Shortcut", "Object"]
    heat = page.locator(f"{CURRENT} canvas.heat")
    expect(heat).to_have_count(2)
