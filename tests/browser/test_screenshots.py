"""The documentation's pictures can be made anew: every page is there and drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from auditor.storage.run import open_run
from scripts.screenshots import SIZE, save, shots
from tests.browser.conftest import PATIENCE_MS, ROOT, serving
from tests.fakes.runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_every_picture_of_the_tour_is_made(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(tmp_path / "runs" / "demo", classes=5, per_class=12)
    monkeypatch.chdir(tmp_path)
    run = open_run(Path("runs/demo"))
    (run.path / "report.html").write_text("<h1>report</h1>")
    page = chromium.new_page(viewport=SIZE)
    page.set_default_timeout(PATIENCE_MS)
    with serving(tmp_path / "runs") as url:
        for name in shots(page, url, run):
            save(page, tmp_path / f"{name}.webp")
    page.close()
    made = {path.stem for path in tmp_path.glob("*.webp")}
    shown = re.findall(r"images/(\w+)\.webp", (ROOT / "docs" / "tour.md").read_text())
    assert made == set(shown) == {path.stem for path in (ROOT / "docs" / "images").glob("*.webp")}
    for path in tmp_path.glob("*.webp"):
        with Image.open(path) as image:
            assert image.size == (SIZE["width"], SIZE["height"])
            assert len(image.getcolors(maxcolors=1 << 20) or ()) > 8
