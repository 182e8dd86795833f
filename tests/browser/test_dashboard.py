"""The dashboard in a real browser: keys, deep links, looks, and nothing leaves the machine."""

from __future__ import annotations

import io
import re
import sqlite3
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import open_run
from tests.browser.conftest import PATIENCE_MS, Served
from tests.fakes.resealing import reseal

pytestmark = pytest.mark.browser

CURRENT = "article.card[aria-current=true]"


def saved(runs: Path, run: str) -> list[tuple[str, str]]:
    """(case, decision) of every event of a run, in order."""
    with sqlite3.connect(runs / "reviews.sqlite3") as database:
        query = "SELECT case_id, decision FROM reviews WHERE run = ? ORDER BY id"
        return database.execute(query, [run]).fetchall()


def cases(served: Served, run: str) -> list[str]:
    ids: list[str] = open_run(served.runs / run).cases()["case_id"].tolist()
    return ids


def gallery(page: Page, served: Served, run: str, more: str = "") -> None:
    page.goto(f"{served.url}/?run={run}&show=all{more}")
    page.wait_for_selector(CURRENT)


def settled(page: Page) -> None:
    """The script has run to its end, and nothing on the page moves any more."""
    app = page.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_timeout(300)


def click_a_point(page: Page) -> None:
    """A click on a chart's first point, once the chart has its last size, leads to the gallery.

    The chart's code comes after the page, is drawn once without and once with its width, and a
    layer above the points takes the clicks: Playwright's own wait for a still target is forced off.
    """
    point = page.locator(".plotly .points path").first
    point.scroll_into_view_if_needed()
    before: object = None
    while (now := point.bounding_box()) != before:
        before = now
        page.wait_for_timeout(500)
    assert now is not None
    page.mouse.click(now["x"] + now["width"] / 2, now["y"] + now["height"] / 2)
    page.wait_for_selector(CURRENT)


def all_saved(page: Page) -> None:
    expect(page.locator(".waiting").first).to_have_text("", timeout=PATIENCE_MS)


def test_key_1_confirms_the_first_case_and_moves_on(page: Page, served: Served) -> None:
    gallery(page, served, "solo")
    worst = cases(served, "solo")
    page.keyboard.press("1")
    expect(page.locator(CURRENT)).to_have_id(f"case-{worst[1]}")
    expect(page.locator(f"#case-{worst[0]} .badge")).to_have_text("✓ Shortcut")
    all_saved(page)
    expect(page.locator(".tally .left")).to_have_text("47")
    assert saved(served.runs, "solo") == [(worst[0], "confirmed")]

    page.keyboard.press("u")
    expect(page.locator(CURRENT)).to_have_id(f"case-{worst[0]}")
    expect(page.locator(".tally .left")).to_have_text("48")
    assert saved(served.runs, "solo")[-1] == (worst[0], "withdrawn")


def test_no_keystroke_is_lost_at_60_ms(page: Page, served: Served) -> None:
    gallery(page, served, "fast")
    keys = "12311231123112311231"
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    expect(page.locator(".tally .left")).to_have_text("28")
    all_saved(page)
    meaning = {"1": "confirmed", "2": "dismissed", "3": "unsure"}
    expected = list(zip(cases(served, "fast"), (meaning[key] for key in keys), strict=False))
    assert saved(served.runs, "fast") == expected


def test_the_page_turns_at_its_end_and_keeps_what_was_decided(page: Page, served: Served) -> None:
    gallery(page, served, "look", "&review=unreviewed")
    order = cases(served, "look")
    page.keyboard.press("k")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[0]}")
    page.keyboard.press("PageDown")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[24]}")
    page.wait_for_url(f"**page=2&cursor={order[24]}")
    page.keyboard.press("k")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[23]}")
    page.keyboard.press("3")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[24]}")
    all_saved(page)
    assert saved(served.runs, "look") == [(order[23], "unsure")]


@pytest.mark.slow
def test_marked_cases_are_decided_and_undone_together(page: Page, served: Served) -> None:
    gallery(page, served, "bulk")
    order = cases(served, "bulk")
    for key in "xxkkx":
        page.keyboard.press(key)
    expect(page.locator("article.card.chosen")).to_have_count(1)
    page.keyboard.press("x")
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator("article.card.chosen")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator(".marked")).to_contain_text("24 marked")
    page.keyboard.press("2")
    expect(page.locator(".tally .left")).to_have_text("24")
    all_saved(page)
    assert saved(served.runs, "bulk") == [(case, "dismissed") for case in order[:24]]
    page.keyboard.press("u")
    expect(page.locator(".tally .left")).to_have_text("48")
    all_saved(page)
    assert saved(served.runs, "bulk")[24:] == [(case, "withdrawn") for case in order[:24]]


@pytest.mark.slow
def test_undo_takes_back_ones_own_word_only(page: Page, served: Served) -> None:
    worst = cases(served, "undo")[0]
    store = open_store(served.runs)
    store.append(Review("undo", worst, "ben", ReviewDecision.CONFIRMED))
    gallery(page, served, "undo")
    badge = page.locator(f"#case-{worst} .badge")
    expect(badge).to_have_text("✓ Shortcut · ben")
    page.keyboard.press("k")
    page.keyboard.press("2")
    expect(badge).to_have_text("✕ No shortcut")
    page.keyboard.press("u")
    expect(badge).to_have_text("✓ Shortcut · ben")
    page.keyboard.press("u")
    all_saved(page)
    page.reload()
    expect(badge).to_have_text("✓ Shortcut · ben")
    assert [d for _, d in saved(served.runs, "undo")] == ["confirmed", "dismissed", "withdrawn"]
    assert store.ledger("undo").standing(worst).reviewer == "ben"  # type: ignore[union-attr]


@pytest.mark.slow
def test_undo_goes_back_to_the_page_of_the_decision(page: Page, served: Served) -> None:
    order = cases(served, "undo")
    gallery(page, served, "undo", f"&cursor={order[0]}")
    for _ in range(23):
        page.keyboard.press("j")
    page.keyboard.press("3")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[24]}")
    page.keyboard.press("u")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[23]}")
    all_saved(page)
    expect(page.locator(f"#case-{order[23]} .badge")).to_have_text("")
    assert saved(served.runs, "undo")[-2:] == [(order[23], "unsure"), (order[23], "withdrawn")]


@pytest.mark.slow
def test_a_note_is_written_in_the_gallery(page: Page, served: Served) -> None:
    gallery(page, served, "bulk", "&page=2")
    case = cases(served, "bulk")[24]
    page.keyboard.press("n")
    page.keyboard.type("1 the sticker ?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog.note")).to_be_hidden()
    expect(page.locator(f"#case-{case} .noted")).to_have_text("✎ 1 the sticker ?")
    all_saved(page)
    expect(page.locator(f"#case-{case} .badge")).to_have_text("")
    assert saved(served.runs, "bulk")[-1] == (case, "noted")
    with sqlite3.connect(served.runs / "reviews.sqlite3") as database:
        query = "SELECT note FROM reviews ORDER BY id DESC LIMIT 1"
        assert database.execute(query).fetchone() == ("1 the sticker ?",)
    page.reload()
    expect(page.locator(f"#case-{case} .noted")).to_have_text("✎ 1 the sticker ?")
    page.keyboard.press("n")
    expect(page.locator("dialog.note textarea")).to_have_value("1 the sticker ?")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.note")).to_be_hidden()


def test_layers_change_without_the_server(page: Page, served: Served) -> None:
    gallery(page, served, "look")
    heat = page.locator(f"{CURRENT} .heat")
    expect(heat).to_have_css("opacity", "0.65")
    page.keyboard.press("+")
    expect(heat).to_have_css("opacity", "0.75")
    page.keyboard.press("h")
    expect(heat).to_have_css("opacity", "0")
    page.keyboard.press("m")
    expect(page.locator(f"{CURRENT} .contour")).to_have_css("opacity", "0")
    page.keyboard.press("h")
    page.keyboard.press("o")
    expect(heat).to_have_css("opacity", "0")
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_hidden()
    expect(page.locator(".badge.saving")).to_have_count(0)
    painted = heat.evaluate(
        "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    )
    assert painted > 50


def test_a_case_opens_is_decided_and_leads_back(page: Page, served: Served) -> None:
    gallery(page, served, "walk", "&verdict=shortcut")
    shortcuts = open_run(served.runs / "walk").cases().query("verdict == 'shortcut'")
    order = shortcuts["case_id"].tolist()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case?*case={order[1]}*")
    page.wait_for_selector(".viewer .photograph")
    page.keyboard.press("2")
    page.wait_for_url(f"**/case?*case={order[2]}*")
    all_saved(page)
    assert saved(served.runs, "walk") == [(order[1], "dismissed")]

    page.keyboard.press("n")
    page.keyboard.type("1 2 3 typed here decides nothing")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".told .noted")).to_have_text("✎ 1 2 3 typed here decides nothing")
    all_saved(page)
    assert saved(served.runs, "walk")[1:] == [(order[2], "noted")]

    page.keyboard.press("Escape")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[2]}")
    expect(page.locator(f"#case-{order[1]} .badge")).to_have_text("✕ No shortcut")
    assert "verdict=shortcut" in page.url


def test_a_deep_link_shows_the_case(page: Page, served: Served) -> None:
    case = open_run(served.runs / "look").cases().iloc[5]
    page.goto(f"{served.url}/case?run=look&case={case['case_id']}")
    page.wait_for_selector(".viewer .photograph")
    width = page.locator(".stage .photograph").evaluate(
        "i => i.decode().then(() => i.naturalWidth)"
    )
    assert width > 0
    expect(page.get_by_text(str(case["image"]))).to_be_visible()


def test_filters_and_url_are_one(page: Page, served: Served) -> None:
    gallery(page, served, "look", "&verdict=object")
    expect(page.locator(".chip").first).to_have_text("■Object")
    page.get_by_role("button", name="Misled").click()
    expect(page.locator(".chip", has_text="Misled").first).to_be_visible()
    page.wait_for_url("**verdict=object*verdict=misled*")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    expected = open_run(served.runs / "look").cases()["verdict"].isin(["object", "misled"]).sum()
    assert len(lines) == expected + 1


@pytest.mark.slow
def test_a_view_is_saved_and_found_again_by_its_address(page: Page, served: Served) -> None:
    gallery(page, served, "look", "&verdict=object")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name for the filters as they are").fill("1 Good ones")
    page.get_by_role("button", name="Save view").click()
    link = page.get_by_role("link", name="1 Good ones")
    expect(link).to_have_attribute("href", re.compile(r"run=look&view=1(\+|%20)Good(\+|%20)ones"))
    page.goto(f"{served.url}/?run=look&view=1%20Good%20ones")
    page.wait_for_url("**verdict=object*")
    expect(page.locator(".chip", has_text="Object").first).to_be_visible()
    expect(page.locator(".chip", has_text=re.compile("Shortcut|Misled|Suspected"))).to_have_count(0)
    assert all(decision != "confirmed" for _, decision in saved(served.runs, "look"))


@pytest.mark.slow
def test_a_click_on_the_chart_opens_the_gallery(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/overview?run=look")
    settled(page)
    click_a_point(page)
    labels = set(page.locator(".answer .label").all_text_contents())
    assert len(labels) == 1
    # The address changes in several steps; the last one names run and class.
    name = re.escape(labels.pop())
    expect(page).to_have_url(re.compile(rf"/\?(?=.*\brun=look\b)(?=.*\bclass={name}\b)"))


@pytest.mark.parametrize("path", ["classes", "slices", "reviews", "compare", "reports"])
def test_every_page_has_an_address(page: Page, served: Served, path: str) -> None:
    page.goto(f"{served.url}/{path}?run=look")
    page.wait_for_selector("h1")
    settled(page)
    assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    expect(page).to_have_url(re.compile(rf"/{path}\?(.*&)?run=look\b"))


@pytest.mark.slow
def test_an_example_of_a_class_opens_its_case(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/classes?run=look&name=sailboat")
    first = page.locator(".small-card a").first
    href = str(first.get_attribute("href"))
    first.click()
    page.wait_for_selector(".viewer .photograph")
    case = href.split("case=")[1]
    expect(page).to_have_url(re.compile(rf"/case\?.*case={case}"))


@pytest.mark.slow
def test_a_cell_of_the_slices_opens_its_cases(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/slices?run=look&column=camera")
    settled(page)
    click_a_point(page)
    expect(page).to_have_url(re.compile(r"group=camera%3A\+A"))
    cases = open_run(served.runs / "look").cases()
    name = page.locator(".answer .label").first.text_content()
    expected = ((cases["slice_camera"] == "A") & (cases["label"] == name)).sum()
    expect(page.locator("article.card")).to_have_count(int(expected))


def test_the_report_in_the_page_runs_no_script(page: Page, served: Served) -> None:
    hostile = "<title>r</title><script>parent.document.title = 'caught'</script><p>Read me</p>"
    (served.runs / "walk" / "report.html").write_text(hostile)
    reseal(served.runs / "walk")
    page.goto(f"{served.url}/reports?run=walk")
    page.get_by_text("Read it here").click()
    expect(page.frame_locator(".document iframe").get_by_text("Read me")).to_be_visible()
    assert page.title() != "caught"


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1", "http://127.0.0.1", 101),
        ("localhost", "http://localhost", 101),
        ("rebound.example", "http://rebound.example", 403),
        ("127.0.0.1", "http://elsewhere.example", 403),
    ],
)
def test_a_page_elsewhere_cannot_talk_to_the_app(
    served: Served, host: str, origin: str, status: int
) -> None:
    port = int(served.url.rpartition(":")[2])
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        headers = {
            "Host": f"{host}:{port}",
            "Origin": f"{origin}:{port}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        connection.request("GET", "/_stcore/stream", headers=headers)
        assert connection.getresponse().status == status


@pytest.mark.slow
def test_hostile_names_do_nothing(page: Page, served: Served) -> None:
    gallery(page, served, "hostile")
    assert "<b>x</b>" in page.locator(".answer .label").all_text_contents()
    for path in ("overview", "classes", "slices", "reviews", "reports", "runs"):
        page.goto(f"{served.url}/{path}?run=hostile")
        page.wait_for_selector("h1")
        settled(page)
        # The captions of maps are bold of their own accord: what must not be is the name's element.
        assert "x" not in page.locator("b").all_text_contents()
    assert page.locator("img[src^=http]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_readers_light(chromium: Browser, served: Served, scheme: str) -> None:
    page = chromium.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    gallery(page, served, "look")
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    page.close()
    ground = float(np.median(picture[:, -20:]))
    assert ground > 200 if scheme == "light" else ground < 60
    assert picture.std() > 20
