"""The changelog is in order, and speaks of the version that is being built."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).parents[1]
HEADING = re.compile(r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_unreleased_comes_first_and_versions_fall() -> None:
    (first, undated), *released = HEADING.findall(TEXT)
    assert (first, undated) == ("Unreleased", "")
    versions = [Version(name) for name, _ in released]
    days = [date.fromisoformat(day) for _, day in released]
    assert versions == sorted(versions, reverse=True)
    assert days == sorted(days, reverse=True)
    current = Version(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    )
    assert not versions or current >= versions[0]


def test_kinds_of_change_are_those_of_the_format_and_come_once_a_version() -> None:
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", section, flags=re.MULTILINE)
        assert len(kinds) == len(set(kinds))
        assert set(kinds) <= KINDS
