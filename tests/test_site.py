"""The documentation's site is built strictly, and reading it fetches nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import auditor

ROOT = Path(__file__).parents[1]
FETCHED = re.compile(
    r"<(?:script|img|link|iframe)\b[^>]*?\b(?:src|href)=[\"'](?:https?:)?//[^\"']+"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_there_and_reachable(site: Path) -> None:
    pages = {page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md")}
    start = (site / "index.html").read_text(encoding="utf-8")
    for page in pages - {Path("index.md")}:
        built = page.with_suffix(".html").as_posix()
        assert (site / built).is_file()
        assert f'href="{built}"' in start, f"{page} is not in the navigation"


def test_the_reference_has_all_that_is_promised(site: Path) -> None:
    text = (site / "api" / "index.html").read_text(encoding="utf-8")
    for name in set(auditor.__all__) - {"__version__", "AuditorError"}:
        assert f"auditor.{name}" in text
    assert "AuditorError" in (site / "api" / "seams.html").read_text(encoding="utf-8")


def test_reading_it_fetches_nothing_from_elsewhere(site: Path) -> None:
    found = [
        (page.name, match[0])
        for page in site.rglob("*.html")
        for match in FETCHED.finditer(page.read_text(encoding="utf-8"))
    ]
    assert not found
    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in site.rglob("*.css"))
    assert not re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//", styles)
