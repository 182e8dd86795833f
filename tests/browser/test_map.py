"""The map in a real browser: draw a line, see these pictures in the gallery, decide them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from auditor.reviews.store import open_store
from auditor.storage.run import open_run
from benchmarks.dashboard_map import ring
from dashboard.components.assets import read
from dashboard.runs.regions import read_region
from tests.browser.conftest import PATIENCE_MS, Served, serving
from tests.browser.test_dashboard import CURRENT
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    runs = tmp_path_factory.mktemp("map") / "runs"
    make_run(runs / "map", classes=4, per_class=30)
    with serving(runs) as url:
        yield Served(url, runs)


@pytest.fixture
def page(chromium: Browser, mapped: Served) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def draw(page: Page, across: float, down: float, radius: float) -> None:
    """Draw a ring around a place of the plot, in shares of its width and height."""
    box = page.locator(".plot").bounding_box()
    assert box is not None
    x, y = box["x"] + across * box["width"], box["y"] + down * box["height"]
    ring(page, x, y, radius)


def chosen(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".chosen h2").inner_text()))


def open_map(page: Page, mapped: Served, more: str = "") -> None:
    page.goto(f"{mapped.url}/map?run=map&show=all{more}")
    expect(page.locator(".legend li")).not_to_have_count(0)


def in_region(page: Page, runs: Path) -> set[str]:
    """What the address's region holds, by the run's own table."""
    found = re.search(r"region=([-._\d]+)", page.url)
    assert found is not None
    region = read_region(found.group(1))
    assert region is not None
    cases = open_run(runs / "map").cases()
    places = cases[["map_x", "map_y"]].to_numpy(np.float32)
    return set(cases.loc[region.inside(places[:, 0], places[:, 1]), "case_id"])


def test_a_lasso_becomes_the_gallerys_filter(page: Page, mapped: Served) -> None:
    open_map(page, mapped)
    draw(page, 0.8, 0.5, 120)
    expect(page).to_have_url(re.compile("region="))
    wanted = in_region(page, mapped.runs)
    assert 0 < len(wanted) < 120
    assert chosen(page) == len(wanted)
    page.keyboard.press("g")
    page.wait_for_selector(CURRENT)
    expect(page.locator(".tally .left")).to_have_text(str(len(wanted)))
    listed = {str(card.get_attribute("id")) for card in page.locator("article.card").all()}
    assert {name.removeprefix("case-") for name in listed} <= wanted
    assert len(listed) == min(24, len(wanted))
    page.reload()
    page.wait_for_selector(CURRENT)
    expect(page.locator(".tally .left")).to_have_text(str(len(wanted)))
    page.get_by_role("button", name="Region of the map").click()
    expect(page.locator(".tally .left")).to_have_text("120")


def test_many_are_decided_at_once_and_undone(page: Page, mapped: Served) -> None:
    open_map(page, mapped)
    page.keyboard.press("a")
    whole = chosen(page)
    assert whole == 120
    draw(page, 0.2, 0.5, 110)
    expect(page.locator(".chosen h2")).not_to_contain_text("120")
    wanted = in_region(page, mapped.runs)
    page.keyboard.press("2")
    expect(page.get_by_text(f"Decide {len(wanted)} pictures: No, it uses")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    store = open_store(mapped.runs)
    assert store.events("map") == []
    page.keyboard.press("2")
    page.locator("dialog[open] .toggle").first.click()
    expect(page.locator(".chosen .hint").first).to_have_text("0 of them not reviewed")
    made = store.events("map")
    assert {event.case_id for event in made} == wanted
    assert {event.decision.value for event in made} == {"dismissed"}
    page.keyboard.press("u")
    expect(page.locator(".chosen .hint").first).to_have_text(f"{len(wanted)} of them not reviewed")
    assert store.ledger("map").latest() == {}
    store.close()


def test_hover_shows_the_picture_and_the_case_leads_to_the_map(page: Page, mapped: Served) -> None:
    case = open_run(mapped.runs / "map").cases()["case_id"].iloc[0]
    page.goto(f"{mapped.url}/case?run=map&show=all&case={case}")
    page.get_by_role("link", name="Show it on the map").click()
    page.wait_for_url(re.compile("/map"))
    expect(page.locator(".legend li")).not_to_have_count(0)
    box = page.locator(".plot").bounding_box()
    assert box is not None
    at = page.locator(".plot").evaluate(
        "plot => { const { xs, ys } = window[Symbol.for('auditor.points')].points;"
        " return [xs[0], ys[0], Math.min(...xs), Math.max(...xs), Math.min(...ys),"
        " Math.max(...ys)] }"
    )
    x, y, left, right, low, high = at
    scale = 0.92 * min(box["width"] / (right - left), box["height"] / (high - low))
    across = (x - (left + right) / 2) * scale + box["width"] / 2
    down = box["height"] / 2 - (y - (low + high) / 2) * scale
    page.mouse.move(box["x"] + across, box["y"] + down)
    expect(page.locator(".hovered img.photograph")).to_be_visible()
    expect(page.locator(".hovered a")).to_have_attribute("href", re.compile(case))


def test_browser_and_server_agree_on_every_point(chromium: Browser) -> None:
    drawn = np.random.default_rng(5).normal(size=(2, 20_000)).astype(np.float32)
    page = chromium.new_page()
    page.set_content("<p></p>")
    page.add_script_tag(content=read("region.js"))
    for seed in range(6):
        turn = np.random.default_rng(seed).uniform(-2.5, 2.5, (8 + 20 * seed, 2)).tolist()
        text, inside = page.evaluate(
            "([path, xs, ys]) => { const corners = regionOf(path);"
            " const inside = pointsInside(corners, Float32Array.from(xs), Float32Array.from(ys));"
            " return [regionText(corners), Array.from(inside)] }",
            [turn, drawn[0].tolist(), drawn[1].tolist()],
        )
        region = read_region(text)
        assert region is not None
        assert np.array_equal(np.array(inside, dtype=bool), region.inside(*drawn))
    page.close()
