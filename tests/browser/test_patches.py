"""Patches of classes without masks are told by key, in a queue of their own, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from auditor.class_reviews import reviewed_classes
from auditor.storage.run import Run
from tests.browser.conftest import PATIENCE_MS, serving
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Run]]:
    runs: Path = tmp_path_factory.mktemp("patches") / "runs"
    run = make_run(runs / "bare", classes=5, per_class=6, hypotheses=True)
    with serving(runs) as url:
        yield url, run


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def test_from_the_gallery_by_key_and_back(page: Page, bare: tuple[str, Run]) -> None:
    url, run = bare
    asked = run.hypotheses()
    name = str(asked.loc[asked["carries"].eq(True), "class"].iloc[0])
    page.goto(f"{url}/?run=bare")
    page.get_by_role("link", name="is it the object").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(f"Object or not: {name}")
    expect(page.get_by_role("img").first).to_be_visible()
    # The keys are there with the buttons.
    expect(page.get_by_role("button", name="Take back").first).to_be_visible()
    page.keyboard.press("1")
    expect(title).to_have_text("Object or not: nothing is left to say")
    assert reviewed_classes(run).set_index("class").loc[name, "confirmed_by"] == "review"
    page.goto(f"{url}/classes?run=bare&name={name}")
    expect(page.get_by_text("Confirmed by reviewers")).to_be_visible()
    expect(page.get_by_role("button", name="Part of the object")).to_be_visible()
    expect(page.get_by_text("Its worst cases")).to_be_visible()
    page.keyboard.press("2")
    expect(page.get_by_text(": part of the object")).to_be_visible()
    expect(page.get_by_text("Confirmed by reviewers")).to_have_count(0)
    # Each step back takes one's last word.
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Confirmed by reviewers")).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Confirmed by reviewers")).to_have_count(0)
    page.goto(f"{url}/patches?run=bare")
    expect(title).to_have_text(f"Object or not: {name}")
    assert reviewed_classes(run).set_index("class").loc[name, "verdict"] == "undetermined"
