"""A team's day: cases are assigned, decided blind by two people, and settled by a third."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from auditor.export import select
from auditor.reviews.store import open_store
from auditor.storage.run import open_run
from tests.browser.conftest import PATIENCE_MS, serving
from tests.browser.test_dashboard import CURRENT, all_saved
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assignments") / "runs"
    make_run(folder / "team", classes=3, per_class=12)
    return folder


@contextmanager
def person(chromium: Browser, url: str, name: str) -> Iterator[Page]:
    """A browser whose decisions carry that name."""
    browsing = chromium.new_context(viewport={"width": 1280, "height": 900})
    browsing.add_cookies([{"name": "auditor_reviewer", "value": name, "url": url}])
    page = browsing.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    browsing.close()
    assert errors == []


def choose(page: Page, field: Locator, name: str) -> None:
    """Add a name to a field of several, as somebody does who looks: while the page still moves
    (an opening expander) Streamlit closes the list of names and drops what was typed."""
    chosen = page.get_by_label(f"Remove {name}")
    for _attempt in range(10):
        field.click()
        field.fill(name)
        with suppress(TimeoutError):
            page.get_by_role("option").filter(has_text=name).click(timeout=3000)
            chosen.wait_for(state="attached", timeout=3000)
            return
    expect(chosen).to_be_attached()


def decide(page: Page, url: str, keys: str) -> list[str]:
    """Open the queue of one's own and press these keys; the cases they were pressed on."""
    page.goto(f"{url}/team?run=team")
    page.get_by_role("button", name="To my queue").click()
    page.wait_for_url(re.compile("show=mine"))
    page.wait_for_selector(CURRENT)
    expect(page.locator("article.card .chip").first).to_contain_text("Hidden")
    expect(page.locator("article.card .badge").first).to_have_text("")
    met = []
    for key in keys:
        met.append(str(page.locator(CURRENT).get_attribute("id")).removeprefix("case-"))
        page.keyboard.press(key)
        expect(page.locator(f"#case-{met[-1]} .badge")).not_to_have_text("")
    all_saved(page)
    # What was kept back is shown once the decision is saved, and only there.
    expect(page.locator(f"#case-{met[0]} .chip")).not_to_contain_text("Hidden")
    expect(page.locator(f"{CURRENT} .chip")).to_contain_text("Hidden")
    return met


def test_assign_decide_blind_and_settle(chromium: Browser, runs: Path) -> None:
    with serving(runs) as url:
        with person(chromium, url, "eve") as eve:
            eve.goto(f"{url}/team?run=team")
            eve.get_by_text("New assignment").click()
            people = eve.get_by_role("combobox", name="People")
            for name in ("ann", "ben"):
                choose(eve, people, name)
            people.press("Escape")
            eve.get_by_role("spinbutton").fill("2")
            eve.get_by_role("spinbutton").press("Tab")
            eve.get_by_text("Blind: verdict").click()
            eve.get_by_role("button", name="Assign", exact=True).click()
            expect(eve.get_by_text("Everybody finds the cases")).to_be_visible()
        with person(chromium, url, "ann") as ann:
            met = decide(ann, url, "112")
        with person(chromium, url, "ben") as ben:
            assert decide(ben, url, "121") == met
        with person(chromium, url, "eve") as eve:
            eve.goto(f"{url}/team?run=team")
            expect(eve.get_by_text("Reviewers differ on 2 cases.")).to_be_visible()
            eve.get_by_role("button", name="Settle them").click()
            eve.wait_for_selector(CURRENT)
            expect(eve.locator(f"{CURRENT} .why")).to_contain_text("ann: Shortcut · ben: No")
            eve.keyboard.press("1")
            expect(eve.locator(".tally .left")).to_have_text("1")
            eve.keyboard.press("2")
            expect(eve.get_by_text("All 2 cases here are settled.")).to_be_visible()
            all_saved(eve)
    store = open_store(runs)
    events = store.events("team")
    ledger = store.ledger("team")
    store.close()
    assert [e.arbitration for e in events] == [False] * 6 + [True] * 2
    assert [ledger.standing(case).decision.value for case in met] == [  # type: ignore[union-attr]
        "confirmed",
        "confirmed",
        "dismissed",
    ]
    told = select(open_run(runs / "team"), "cases").set_index("case_id").loc[met]
    assert told["arbiter"].fillna("").tolist() == ["", "eve", "eve"]
    assert set(told["assigned"]) == {"ann; ben"}
