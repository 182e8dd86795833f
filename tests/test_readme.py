"""README's map names every package, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_map_is_the_tree() -> None:
    told = README.partition("## Map")[2].partition("\n[docs/architecture.md]")[0]
    named = set(re.findall(r"(?<![\w/])auditor/(\w+)", told))
    packages = {path.parent.name for path in (ROOT / "auditor").glob("*/__init__.py")}
    assert packages - named == set(), "missing in README's map"
    assert named - packages == set(), "in README's map, but not there"


def test_every_section_of_the_science_that_code_cites_is_there() -> None:
    page = (ROOT / "docs" / "science.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (\d)\.", page, re.MULTILINE))
    cited = {
        number
        for package in ("auditor", "dashboard", "benchmarks")
        for path in (ROOT / package).rglob("*.py")
        for found in re.findall(
            r"science\.md sections? (\d(?:(?:, | and )\d)*)", path.read_text(encoding="utf-8")
        )
        for number in re.findall(r"\d", found)
    }
    assert cited
    assert cited <= sections
