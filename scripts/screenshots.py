"""Make the documentation's pictures anew, from a run of the demo.

    auditor demo --no-dashboard
    python -m scripts.screenshots runs docs/images

Needs a Chromium on the machine (`pip install -e ".[test]"` brings Playwright).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from auditor.domain.verdicts import ClassVerdict
from auditor.storage.run import Run, open_run
from benchmarks.dashboard import served

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SIZE = {"width": 1280, "height": 800}
QUALITY = 88
"""Of WebP: a sixth of a PNG's bytes, and no difference that one sees at this size."""
PATIENCE_SECONDS = 120


def main() -> None:
    """Write every picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", type=Path, help="folder of runs, with the demo's in it")
    parser.add_argument("out", type=Path, help="folder to write the pictures to")
    parser.add_argument("--run", default="demo")
    given = parser.parse_args()
    run = open_run(given.runs / given.run)
    given.out.mkdir(parents=True, exist_ok=True)
    chromium = next(found for name in NAMES if (found := shutil.which(name)))
    with served(given.runs) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        for name in shots(page, url, run):
            save(page, given.out / f"{name}.webp")
        browser.close()


def shots(page: Page, url: str, run: Run) -> Iterator[str]:
    """Go to each page in turn; its name once it is drawn."""
    classes = run.classes()
    worst = classes[classes["verdict"] == ClassVerdict.CONFIRMED].sort_values("background_effect")
    label = str(worst.iloc[-1]["class"])
    cases = run.cases()
    of_worst = cases[(cases["label"] == label) & (cases["verdict"] == "shortcut")]
    case = str(of_worst.sort_values("severity").iloc[-1]["case_id"])
    pages = {
        "overview": f"overview?run={run.name}",
        "gallery": f"?run={run.name}",
        "case": f"case?run={run.name}&case={case}",
        "classes": f"classes?run={run.name}&class={label}",
        "map": f"map?run={run.name}",
    }
    for name, address in pages.items():
        page.goto(f"{url}/{address}")
        settle(page)
        yield name
    page.goto((run.path / "report.html").resolve().as_uri())
    page.wait_for_load_state("networkidle")
    yield "report"


def settle(page: Page) -> None:
    """Wait until nothing runs and every picture is there."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_load_state("networkidle")
    page.get_by_text("Loading…").first.wait_for(state="hidden")
    page.wait_for_timeout(3000)
    close = page.locator(".welcome button")
    if close.count():
        close.first.click()
        page.wait_for_timeout(500)


def save(page: Page, path: Path) -> None:
    """A screenshot as a small file."""
    with Image.open(BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(path, quality=QUALITY, method=6)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
