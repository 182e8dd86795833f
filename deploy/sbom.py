"""A software bill of materials, CycloneDX 1.6 as JSON, on stdout.

    python deploy/sbom.py              # of what requirements.lock pins: kept in the wheel
    python deploy/sbom.py --dashboard  # of what dashboard.lock pins: in the wheel without torch
    python deploy/sbom.py --installed  # of this environment: kept in an image

Nothing but Python's own library is needed, and the same input gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!_-]+)")


def normal(name: str) -> str:
    """A package's name as PyPI spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: Path) -> dict[str, str]:
    """Version by name of what a lock file pins."""
    found = (PIN.match(line) for line in lock.read_text(encoding="utf-8").splitlines())
    return {normal(each[1]): each[2] for each in found if each}


def installed() -> dict[str, str]:
    """Version by name of this environment's packages."""
    return {normal(each.metadata["Name"]): each.version for each in distributions()}


def document(name: str, version: str, parts: dict[str, str]) -> dict[str, Any]:
    """The bill of a project and its parts, in the order of their names."""
    own = f"pkg:pypi/{name}@{version}"
    components = [
        _component(each, parts[each], "library") for each in sorted(parts) if each != name
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(name, version, "application")},
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [each["bom-ref"] for each in components]}],
    }


def _component(name: str, version: str, kind: str) -> dict[str, str]:
    address = f"pkg:pypi/{name}@{version}"
    return {"type": kind, "name": name, "version": version, "purl": address, "bom-ref": address}


def main() -> None:
    """Print the document."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, lock = project["name"], ROOT / "requirements.lock"
    if "--dashboard" in sys.argv[1:]:
        name, lock = f"{name}-dashboard", ROOT / "deploy" / "dashboard.lock"
    parts = installed() if "--installed" in sys.argv[1:] else pinned(lock)
    print(json.dumps(document(name, project["version"], parts), indent=1))


if __name__ == "__main__":
    main()
