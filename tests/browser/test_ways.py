"""The ways between gallery and case page hold on a busy machine: one key or step, one page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from auditor.storage.run import open_run
from tests.browser.conftest import Served, serving
from tests.browser.test_dashboard import CURRENT, all_saved
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIMES = 30
PAUSES_MS = (0, 80, 160, 360, 500)
"""Between key and way: requests of the page that is left are then on their way, or not yet."""
COPIES_MS = (20, 60, 120, 200, 300, 450)
TWICE = f"""() => {{
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (frame) {{
    send.call(this, frame);
    const text = new TextDecoder().decode(frame);
    if (!text.includes('"kind":"back"')) return;
    for (const pause of {list(COPIES_MS)}) setTimeout(() => send.call(this, frame), pause);
  }};
}}"""
"""The wish to go back comes again and again while the gallery is being made."""
SESSION = "window[Symbol.for('auditor.session')]"
LATE_REQUEST = f"""() => addEventListener("popstate", () => setTimeout(() => {{
  const session = {SESSION};
  if (session.view?.large) session.outbox.ask({{ at: session.list.cards.get(0).id }});
}}))"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    runs = tmp_path_factory.mktemp("ways") / "runs"
    make_run(runs / "ways", classes=4, per_class=12)
    with serving(runs) as url:
        yield Served(url, runs)


@contextmanager
def busy() -> Iterator[None]:
    """Another process takes all the time that it gets."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            yield
        finally:
            process.kill()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", ["Escape", "back"])
def test_every_way_back_leads_to_the_card(page: Page, served: Served, way: str) -> None:
    order = open_run(served.runs / "ways").cases()["case_id"].tolist()
    page.goto(f"{served.url}/?run=ways&show=all&cursor={order[1]}")
    expect(page.locator(CURRENT)).to_have_id(f"case-{order[1]}")
    page.evaluate(LATE_REQUEST)
    at = 1
    with busy():
        for number in range(TIMES):
            page.keyboard.press("Enter")
            page.wait_for_url("**/case?*")
            page.wait_for_selector(".stage .photograph")
            step = 1 if number % 2 else -1
            page.keyboard.press("j" if step > 0 else "k")
            page.wait_for_timeout(PAUSES_MS[number % len(PAUSES_MS)])
            at += step
            if way == "back":
                page.go_back()
                # The server hears of the case a moment after the key: it may not have yet.
                expect(page.locator(CURRENT)).to_have_count(1)
                shown = str(page.locator(CURRENT).get_attribute("id"))
                at = order.index(shown.removeprefix("case-"))
            else:
                page.keyboard.press("Escape")
                expect(page.locator(CURRENT)).to_have_id(f"case-{order[at]}")


def test_a_late_copy_of_the_way_back_leaves_the_gallery(page: Page, served: Served) -> None:
    """A request of the page that was left once emptied the page that came after it."""
    page.goto(f"{served.url}/?run=ways&show=all")
    page.wait_for_selector(CURRENT)
    page.evaluate(TWICE)
    for _time in range(5):
        page.keyboard.press("Enter")
        page.wait_for_url("**/case?*")
        page.wait_for_selector(".stage .photograph")
        page.keyboard.press("Escape")
        expect(page.locator(CURRENT)).to_have_count(1)
        page.wait_for_timeout(2 * COPIES_MS[-1])
        expect(page.locator(CURRENT)).to_have_count(1)


def test_nothing_in_a_fragment_is_sent_as_a_reference(page: Page, served: Served) -> None:
    """One that is kept while its neighbours are dropped lies beyond the end of the page's list."""
    frames: list[bytes] = []

    def keep(frame: bytes | str) -> None:
        frames.append(frame if isinstance(frame, bytes) else frame.encode())

    page.on("websocket", lambda socket: socket.on("framereceived", keep))
    page.goto(f"{served.url}/?run=ways&show=all")
    page.wait_for_selector(CURRENT)
    page.keyboard.press("1")
    all_saved(page)
    page.keyboard.press("Enter")
    page.wait_for_selector(".stage .photograph")
    page.keyboard.press("2")
    all_saved(page)
    messages = [ForwardMsg.FromString(frame) for frame in frames]
    paths = [[*m.metadata.delta_path] for m in messages if m.WhichOneof("type") == "delta"]
    assert [path for path in paths if len(path) > 2]
    references = [m for m in messages if m.HasField("ref_hash")]
    assert [m for m in references if len(m.metadata.delta_path) > 2] == []


def test_parameters_that_come_late_are_no_step_of_the_history(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/?run=ways&show=all")
    page.wait_for_selector(CURRENT)
    push = "() => { history.pushState({}, '', location.pathname + '?x=' + Math.random()); }"
    before = page.evaluate("history.length")
    page.evaluate(push)
    assert page.evaluate("history.length") == before
    page.get_by_role("button", name="Misled").click()
    page.evaluate(push)
    assert page.evaluate("history.length") > before


def test_nothing_but_the_way_is_sent_while_one_leaves(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/?run=ways&show=all")
    page.wait_for_selector(CURRENT)
    page.wait_for_function(f"() => !{SESSION}.outbox.flight")
    held = page.evaluate(
        f"() => {{ const s = {SESSION}; s.departure.begin(() => {{}}, {{ from: false }});"
        " s.outbox.ask({ want: [0] }); return s.outbox.flight; }"
    )
    assert held is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/case?*")
    page.wait_for_selector(".stage .photograph")
    page.wait_for_function(f"() => !{SESSION}.departure.pending")
    page.wait_for_function(f"() => !{SESSION}.outbox.requests.want")
