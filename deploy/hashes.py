"""Locks with the hashes of files: `python deploy/hashes.py PYLOCK > LOCK`.

PYLOCK is the file (PEP 751) that `uv pip compile --universal --format pylock.toml` writes: every
file of every version. Kept are the wheels that an image can install; no index's address is kept.
`make hashes` makes all locks.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

HEAD = """\
# An image's packages with the hashes of their files, for Linux on x86-64 and ARM64.
# pip install --require-hashes --no-deps -r THIS_FILE
# Made by `make hashes`. Do not edit.
"""
PYTHONS = ((3, 11), (3, 12))
"""Of the bases of the images: Debian 12, Ubuntu 24.04."""
MACHINES = ("x86_64", "aarch64")
GLIBC = 36
"""Minor version of the older base's."""
OF_TORCH = re.compile(r"torch|torchvision|triton|nvidia-.*|cuda-.*")
"""What torch's own index has in other builds."""


@dataclass(frozen=True)
class Target:
    """An interpreter on a machine.

    Attributes:
        environment: what markers ask for.
        tags: of the wheels that it installs.
    """

    environment: dict[str, str]
    tags: frozenset[Tag]


def targets() -> list[Target]:
    """Every interpreter that an image has."""
    return [_target(python, machine) for python in PYTHONS for machine in MACHINES]


def _target(python: tuple[int, int], machine: str) -> Target:
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 4, -1)]
    platforms += [f"manylinux{name}_{machine}" for name in ("2014", "2010", "1")]
    own = cpython_tags(python, platforms=platforms)
    plain = compatible_tags(python, f"cp{python[0]}{python[1]}", platforms=platforms)
    version = f"{python[0]}.{python[1]}"
    environment = {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.2",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{version}.2",
        "python_version": version,
        "sys_platform": "linux",
    }
    return Target(environment, frozenset((*own, *plain)))


def locked(pylock: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Name, requirement and hashes of each package that an image installs.

    Raises:
        ValueError: an image wants a package that has no wheel for it.
    """
    for package in pylock["packages"]:
        marker = Marker(package["marker"]) if "marker" in package else None
        wanting = [
            target
            for target in targets()
            if marker is None or marker.evaluate(dict(target.environment))
        ]
        wheels = {
            wheel["hashes"]["sha256"]: parse_wheel_filename(wheel["url"].rsplit("/", 1)[1])[3]
            for wheel in package.get("wheels", ())
        }
        for target in wanting:
            if not any(tags & target.tags for tags in wheels.values()):
                where = " ".join(
                    (target.environment[n]) for n in ("python_version", "platform_machine")
                )
                raise ValueError(f"{package['name']} {package['version']}: no wheel for {where}")
        hashes = [
            digest
            for digest, tags in wheels.items()
            if any(tags & target.tags for target in wanting)
        ]
        if wanting:
            everywhere = len(wanting) == len(targets())
            pin = f"{package['name']}=={package['version']}"
            yield package["name"], pin if everywhere else f"{pin} ; {marker}", sorted(hashes)


def names_in(lock: Path) -> set[str]:
    """The packages of a lock."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0] for line in lines if line[:1].isalnum()}


def main() -> None:
    """Print a lock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pylock", type=Path)
    parser.add_argument("--without", type=Path, action="append", default=[], help="packages of it")
    parser.add_argument("--torch", choices=("only", "without"), help="what comes with torch")
    given = parser.parse_args()
    pylock = tomllib.loads(given.pylock.read_text(encoding="utf-8"))
    known = set().union(*map(names_in, given.without))
    print(HEAD, end="")
    for name, pin, hashes in sorted(locked(pylock)):
        of_torch = OF_TORCH.fullmatch(name) is not None
        if name not in known and (given.torch is None or of_torch == (given.torch == "only")):
            print(" \\\n    ".join([pin, *(f"--hash=sha256:{digest}" for digest in hashes)]))


if __name__ == "__main__":
    main()
