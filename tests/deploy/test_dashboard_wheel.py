"""shortcut-auditor-dashboard: the same packages in a wheel that asks for no torch."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from deploy.dashboard_wheel import LIST, NAME, ROOT, build
from deploy.sbom import pinned
from tests.deploy.test_without_torch import WITHOUT, absent

IMPORTS = """
import auditor
from auditor.export import export
from auditor.reports.html import render_html
import dashboard.components.gallery, dashboard.session.context
print(auditor.__file__, auditor.__version__, "torch" in sys.modules)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    build(out)
    (path,) = out.glob("*.whl")
    assert path.name.startswith(NAME.replace("-", "_"))
    return zipfile.ZipFile(path)


def test_it_asks_for_the_list_and_for_no_torch(wheel: zipfile.ZipFile) -> None:
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    told = message_from_bytes(wheel.read(metadata))
    asked = {str(Requirement(line)) for line in told.get_all("Requires-Dist", [])}
    lines = LIST.read_text("utf-8").splitlines()
    assert asked == {str(Requirement(line)) for line in lines if not line.startswith("#")}
    assert not [line for line in asked if line.startswith("torch")]
    assert told["Name"] == NAME


def test_it_holds_both_packages_and_the_command(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for folder in ("auditor", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            assert str(path.relative_to(ROOT)) in names
    assert not [name for name in names if "__pycache__" in name or "_sample_data" in name]
    (entry,) = [name for name in names if name.endswith("entry_points.txt")]
    assert "auditor = auditor.cli:main" in wheel.read(entry).decode()


def test_its_bill_of_materials_is_what_its_lock_pins(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if "/sboms/" in name]
    bill = json.loads(wheel.read(name))
    assert bill["metadata"]["component"]["name"] == NAME
    held = {each["name"]: each["version"] for each in bill["components"]}
    assert held == pinned(ROOT / "deploy" / "dashboard.lock")
    assert "torch" not in held


def test_unpacked_it_is_imported_without_torch_and_knows_its_version(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + IMPORTS, absent()],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))
    assert done.stdout.split()[-1] == "False"
