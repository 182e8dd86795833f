"""No key is lost: fast keys over page ends and on the case page, with a server that is slow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from auditor.storage.run import open_run
from tests.browser.conftest import PATIENCE_MS, serving
from tests.fakes.runs import make_run
from tests.fakes.slow_link import SlowLink, slow_link

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CURRENT = "article.card[aria-current=true]"
KEYS = 200
PAUSE_MS = 60
DELAY_SECONDS = 0.3
MEANING = {"1": "confirmed", "2": "dismissed", "3": "unsure"}
SEEN = """() => {
  const seen = [];
  addEventListener("keydown", (event) => {
    if (!"123".includes(event.key)) return;
    const find = (root, wanted) => {
      for (const node of root.querySelectorAll("*")) {
        if (node.matches(wanted)) return node;
        const inside = node.shadowRoot && find(node.shadowRoot, wanted);
        if (inside) return inside;
      }
      return null;
    };
    const card = find(document, "article.card[aria-current=true]");
    const file = find(document, ".told .file");
    seen.push([card ? card.id.slice(5) : file ? file.textContent : null, event.key]);
  }, true);
  window.seen = seen;
}"""
"""Keeps which case was on the screen at every key."""


@dataclass(frozen=True)
class Slow:
    """A dashboard behind a slow network."""

    url: str
    runs: Path
    link: SlowLink


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slow]:
    runs = tmp_path_factory.mktemp("many") / "runs"
    for name in ("gallery", "case", "lost"):
        make_run(runs / name, classes=6, per_class=40)
    with serving(runs) as url, slow_link(int(url.rpartition(":")[2]), DELAY_SECONDS) as link:
        yield Slow(f"http://127.0.0.1:{link.port}", runs, link)


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.close()


def saved(runs: Path, run: str) -> list[tuple[str, str]]:
    with sqlite3.connect(runs / "reviews.sqlite3") as database:
        query = "SELECT case_id, decision FROM reviews WHERE run = ? ORDER BY id"
        return database.execute(query, [run]).fetchall()


def wait_until_saved(page: Page) -> None:
    expect(page.locator(".waiting").first).to_have_text("", timeout=PATIENCE_MS)


def press(page: Page, count: int) -> list[str]:
    keys = [str(1 + number % 3) for number in range(count)]
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE_MS)
    return keys


def test_200_fast_decisions_over_page_ends_are_saved_on_the_cases_seen(
    visitor: Page, slow: Slow
) -> None:
    visitor.goto(f"{slow.url}/?run=gallery&show=all")
    visitor.wait_for_selector(CURRENT)
    visitor.evaluate(SEEN)
    keys = press(visitor, KEYS)
    wait_until_saved(visitor)
    seen = visitor.evaluate("window.seen")
    order = open_run(slow.runs / "gallery").cases()["case_id"].tolist()
    assert [case for case, _ in seen] == order[:KEYS]
    expected = [(case, MEANING[key]) for case, key in zip(order, keys, strict=False)]
    assert saved(slow.runs, "gallery") == expected


def test_200_fast_decisions_on_the_case_page_are_saved_on_the_cases_seen(
    visitor: Page, slow: Slow
) -> None:
    cases = open_run(slow.runs / "case").cases()
    order = cases["case_id"].tolist()
    visitor.goto(f"{slow.url}/case?run=case&show=all&case={order[0]}")
    visitor.wait_for_selector(".viewer .photograph")
    visitor.evaluate(SEEN)
    keys = press(visitor, KEYS)
    wait_until_saved(visitor)
    seen = [str(text).split(" · ")[0] for text, _ in visitor.evaluate("window.seen")]
    assert seen == cases["image"].tolist()[:KEYS]
    expected = [(case, MEANING[key]) for case, key in zip(order, keys, strict=False)]
    assert saved(slow.runs, "case") == expected
    visitor.wait_for_url(f"**case={order[KEYS]}*")


def test_what_waits_survives_a_lost_connection_and_a_reload(visitor: Page, slow: Slow) -> None:
    order = open_run(slow.runs / "lost").cases()["case_id"].tolist()
    visitor.goto(f"{slow.url}/?run=lost&show=all")
    visitor.wait_for_selector(CURRENT)
    visitor.wait_for_timeout(2000)
    slow.link.cut()
    press(visitor, 5)
    expect(visitor.locator(".waiting").first).to_contain_text("5")
    assert saved(slow.runs, "lost") == []
    slow.link.mend()
    visitor.reload()
    visitor.wait_for_selector(CURRENT)
    wait_until_saved(visitor)
    expected = [(case, MEANING[str(1 + n % 3)]) for n, case in enumerate(order[:5])]
    assert saved(slow.runs, "lost") == expected
