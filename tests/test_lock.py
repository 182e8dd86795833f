"""requirements.lock: versions that the tests passed with, as constraints."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from deploy.lock import PROJECT, asked_for, installed

LOCK = Path(__file__).parents[1] / "requirements.lock"
TOOLS = {"pre-commit", "uv"}
"""For developers; no test runs with it."""
LINE = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)")


def pins() -> dict[str, str]:
    lines = [line for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {found[1]: found[2] for line in lines if (found := LINE.fullmatch(line))} | {
        line: "" for line in lines if not LINE.fullmatch(line)
    }


def test_it_is_names_and_versions_and_nothing_else() -> None:
    assert all(pins().values()), [name for name, version in pins().items() if not version]
    assert list(pins()) == sorted(pins())


def test_it_satisfies_what_the_project_asks_for() -> None:
    pinned = pins()
    for each in asked_for(PROJECT):
        name = canonicalize_name(each.name)
        if name in TOOLS:
            continue
        assert name in pinned, f"{name}: run `make lock` where every extra is installed"
        assert each.specifier.contains(pinned[name], prereleases=True), name


def test_the_script_finds_what_is_installed_here() -> None:
    found = installed(asked_for(PROJECT))
    assert {"numpy", "torch", "pytest"} <= set(found)
    assert set(installed([])) == set()
