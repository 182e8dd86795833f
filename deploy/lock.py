"""`python deploy/lock.py > requirements.lock`: the versions of this environment, as constraints.

Walks what pyproject.toml asks for, and what that asks for, through the installed packages. Names
and versions only, so that the file means the same wherever packages come from. Packages of an extra
that is not installed here are left out.
"""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
HEAD = """\
# Versions that the tests passed with; a constraints file: pip install -c requirements.lock -e .
# Made by `make lock` on Python {python}, {system}. Do not edit.
"""


def asked_for(project: Path) -> list[Requirement]:
    """Every requirement of pyproject.toml: dependencies and extras."""
    table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    extras = table["optional-dependencies"].values()
    lines = [*table["dependencies"], *(line for extra in extras for line in extra)]
    return [Requirement(line) for line in lines if not line.startswith(table["name"])]


def installed(asked: Iterable[Requirement]) -> dict[str, str]:
    """Version by name of all that `asked` comes to here; local parts such as +cpu left out."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(each.name), extra) for each in asked for extra in _extras(each)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            found[name] = Version(version(name)).public
        except PackageNotFoundError:
            continue
        for line in requires(name) or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(needed.name), each) for each in _extras(needed)]
    return dict(sorted(found.items()))


def _extras(requirement: Requirement) -> tuple[str, ...]:
    return ("", *sorted(requirement.extras))


def main() -> None:
    """Print the file."""
    print(HEAD.format(python=platform.python_version(), system=platform.system()), end="")
    for name, pinned in installed(asked_for(PROJECT)).items():
        print(f"{name}=={pinned}")


if __name__ == "__main__":
    main()
