"""`python deploy/dashboard_wheel.py OUT`: the wheel `shortcut-auditor-dashboard`, without torch.

The same two packages under another name, with what deploy/dashboard-requirements.txt lists instead
of the project's dependencies (decision 22). It reads runs; the project's own wheel audits and holds
the same files, so an environment holds one of the two, which `auditor doctor` checks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

ROOT = Path(__file__).parents[1]
LIST = ROOT / "deploy" / "dashboard-requirements.txt"
NAME = "shortcut-auditor-dashboard"
KEPT = ("version", "readme", "requires-python", "license", "authors", "keywords", "scripts")
PACKAGES = ("auditor", "dashboard")
BILL = "sbom.cdx.json"
FILES = ("README.md", "LICENSE", "NOTICE")


def project_of(whole: Mapping[str, Any]) -> dict[str, Any]:
    """pyproject.toml of the small distribution, from that of the whole project."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    wheel = {"packages": list(PACKAGES), "sbom-files": [BILL]}
    table = {key: whole["project"][key] for key in KEPT}
    return {
        "build-system": whole["build-system"],
        "project": {
            "name": NAME,
            "description": "Dashboard, reports and exports of shortcut-auditor without torch.",
            "license-files": ["LICENSE", "NOTICE"],
            "dependencies": [line for line in lines if line and not line.startswith("#")],
            **table,
        },
        "tool": {"hatch": {"build": {"targets": {"wheel": wheel}}}},
    }


def build(out: Path) -> None:
    """Write the wheel into a folder."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch)
        (tree / "pyproject.toml").write_text(tomli_w.dumps(project_of(whole)), encoding="utf-8")
        bill = [sys.executable, str(ROOT / "deploy" / "sbom.py"), "--dashboard"]
        (tree / BILL).write_bytes(subprocess.run(bill, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603
        for name in FILES:
            shutil.copy(ROOT / name, tree)
        for name in PACKAGES:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, tree / name, ignore=ignored)
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
        subprocess.run([*command, str(out.resolve())], cwd=tree, check=True)  # noqa: S603


if __name__ == "__main__":
    build(Path(sys.argv[1]))
