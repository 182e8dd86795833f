"""Window and level in a real browser: what is invisible at full range becomes visible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pydicom.data import get_testdata_file

from auditor.storage.run import open_run
from tests.browser.conftest import Served, serving
from tests.fakes.runs import make_run
from tests.imagery.test_stored import deep_png

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DARK, LIGHT = 30000, 30040
SIDE = 300
GREYS = """canvas => {
  const { width, height } = canvas;
  const at = x => canvas.getContext("2d").getImageData(x * width, height / 2, 1, 1).data[0];
  return [at(0.25), at(0.75)];
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The first case's file is a deep PNG of two levels, the second's a CT, the fourth's the same
    with a table of its own, the fifth's a deep PNG in colours, the others JPEG."""
    runs = tmp_path_factory.mktemp("deep") / "runs"
    make_run(runs / "deep", classes=3, per_class=4)
    with serving(runs) as url:
        found = Served(url, runs)
        first, second = (file_of(found, place) for place in (0, 1))
        halves = np.full((SIDE, SIDE), DARK, dtype=np.uint16)
        halves[:, SIDE // 2 :] = LIGHT
        Image.fromarray(halves).save(first, format="PNG")
        _ct(second)
        _ct(file_of(found, 3), table=True)
        colours = np.full((SIDE, SIDE, 3), (30000, 256, 65535), dtype=np.uint16)
        colours[:, SIDE // 2 :] = (30040, 256, 65535)
        deep_png(file_of(found, 4), colours)
        yield found


def file_of(served: Served, place: int) -> Path:
    run = open_run(served.runs / "deep")
    return Path(str(run.manifest["data_root"])) / run.cases()["image"].iloc[place]


def case_of(served: Served, place: int) -> str:
    return str(open_run(served.runs / "deep").cases()["case_id"].iloc[place])


def _ct(path: Path, *, table: bool = False) -> None:
    """pydicom's CT under a name without a suffix that means anything else, with two windows, and a
    table that goes before them: black up to 0 HU, white from 1 on."""
    data = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    if table:
        step = pydicom.Dataset()
        step.add_new("LUTDescriptor", "US", [2, 0, 8])
        step.add_new("LUTData", "US", [0, 255])
        data.VOILUTSequence = pydicom.Sequence([step])
    data.WindowCenter, data.WindowWidth = [40, -600], [400, 1500]
    data.WindowCenterWidthExplanation = ["SOFT <b>x</b>", "LUNG"]
    path.unlink()
    data.save_as(path.with_suffix(".dcm"))
    path.symlink_to(path.with_suffix(".dcm"))


def opened(page: Page, served: Served, place: int) -> Locator:
    page.goto(f"{served.url}/case?run=deep&show=all&case={case_of(served, place)}")
    expect(page.locator(".window-tool")).to_be_visible()
    page.keyboard.press("w")
    canvas = page.locator(".stage canvas.stored")
    expect(canvas).to_have_count(1)
    return canvas


def test_two_levels_are_one_grey_at_full_range_and_two_in_a_narrow_window(
    page: Page, served: Served
) -> None:
    canvas = opened(page, served, 0)
    assert canvas.evaluate(GREYS) == [117, 117]
    assert canvas.evaluate("c => [c.width, c.height]") == [SIDE, SIDE]
    page.get_by_role("button", name="Lowest to highest").click()
    said = page.locator(".window-tool .set")
    expect(said).to_contain_text("level 30020 · width 40")
    # Painted with the next frame of the screen.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert canvas.evaluate(GREYS) == [0, 255]


def test_keys_and_the_mouse_set_the_window_of_both_pictures(page: Page, served: Served) -> None:
    opened(page, served, 0)
    said = page.locator(".window-tool .set")
    before = said.text_content()
    page.keyboard.press("[")
    expect(said).not_to_have_text(str(before))
    page.keyboard.press("p")
    page.keyboard.press("p")
    narrow = said.text_content()
    page.keyboard.press(".")
    expect(said).not_to_have_text(str(narrow))
    level = said.text_content()
    box = page.locator(".stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 140, steps=4)
    page.mouse.up()
    expect(said).not_to_have_text(str(level))
    page.keyboard.press("s")
    both = page.locator(".stage canvas.stored")
    expect(both).to_have_count(2)
    assert both.nth(0).evaluate(GREYS) == both.nth(1).evaluate(GREYS)
    page.keyboard.press("z")
    for each in both.all():
        expect(each).to_have_css("transform", "matrix(1.5625, 0, 0, 1.5625, 0, 0)")
    page.keyboard.press("w")
    expect(both).to_have_count(0)
    expect(page.locator(".stage img.photograph")).to_have_count(2)


def test_a_ct_has_the_windows_of_its_file(page: Page, served: Served) -> None:
    opened(page, served, 1)
    said = page.locator(".window-tool .set")
    expect(said).to_have_text("level 40 · width 400 HU")
    page.get_by_role("button", name="LUNG").click()
    expect(said).to_have_text("level -600 · width 1500 HU")
    expect(page.get_by_role("button", name="SOFT <b>x</b>")).to_be_visible()


def test_a_table_of_the_file_shows_as_audited_and_a_window_goes_on_from_there(
    page: Page, served: Served
) -> None:
    canvas = opened(page, served, 3)
    said = page.locator(".window-tool .set")
    expect(said).to_have_text("by the file's own table")
    greys = "c => [...new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)]"
    assert sorted(canvas.evaluate(greys)) == [0, 255]
    page.keyboard.press("]")
    expect(said).to_have_text("level 40 · width 500 HU")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert len(canvas.evaluate(greys)) > 100


def test_colours_of_sixteen_bits_have_one_window(page: Page, served: Served) -> None:
    canvas = opened(page, served, 4)
    colour = "c => [...c.getContext('2d').getImageData(c.width / 4, 9, 1, 1).data]"
    assert canvas.evaluate(colour) == [117, 1, 255, 255]
    page.get_by_role("button", name="Lowest to highest").click()
    expect(page.locator(".window-tool .set")).to_contain_text("width 65279")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert canvas.evaluate(colour) == [116, 0, 255, 255]


def test_pictures_of_eight_bits_say_so(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/case?run=deep&show=all&case={case_of(served, 2)}")
    page.wait_for_selector(".viewer .proof figure, .viewer .untested")
    expect(page.locator(".stage .photograph")).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator(".notice").first).to_contain_text("nothing to window")
    expect(page.locator(".window-tool")).to_be_hidden()


def test_an_address_that_has_ended_is_made_anew(page: Page, served: Served) -> None:
    answers: list[int] = []
    page.on("response", lambda found: "/stored" in found.url and answers.append(found.status))
    ended: list[str] = []

    def spoil(route) -> None:  # type: ignore[no-untyped-def]
        if ended:
            route.continue_()
        else:
            ended.append(route.request.url)
            route.continue_(url=route.request.url + "0")

    page.route("**/stored?*", spoil)
    canvas = opened(page, served, 0)
    assert canvas.evaluate(GREYS) == [117, 117]
    assert answers == [403, 200]
