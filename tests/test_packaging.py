"""What the wheel and the source archive hold. Built here, without a network."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import auditor

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
INFO = f"shortcut_auditor-{VERSION}.dist-info"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        return {member.name.split("/", 1)[1] for member in archive if member.isfile()}


def files(folder: str) -> set[str]:
    """Files of the source tree as the archives name them, without caches."""
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_both_packages_with_every_asset(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    packages = files("auditor") | files("dashboard")
    assert packages <= names
    suffixes = {Path(name).suffix for name in packages}
    assert {".css", ".js", ".html", ".toml", ".svg"} <= suffixes
    assert {"auditor/py.typed", "dashboard/py.typed"} <= packages
    assert "dashboard/.streamlit/config.toml" in packages
    assert "auditor/wording/locales/zh/LC_MESSAGES/messages.po" in names


def test_the_wheel_holds_the_sample_data_and_not_how_it_was_made(wheel: zipfile.ZipFile) -> None:
    shipped = {
        name.replace("sample_data/", "auditor/_sample_data/", 1)
        for name in files("sample_data")
        if not name.startswith("sample_data/making/")
    }
    names = set(wheel.namelist())
    assert {name for name in names if name.startswith("auditor/_sample_data/")} == shipped
    assert "auditor/_sample_data/LICENSES.md" in shipped


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {name.split("/")[0] for name in names} == {"auditor", "dashboard", INFO}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_names_its_licences_version_and_command(wheel: zipfile.ZipFile) -> None:
    licences = {name for name in wheel.namelist() if name.startswith(f"{INFO}/licenses/")}
    assert licences == {
        f"{INFO}/licenses/{name}" for name in ("LICENSE", "NOTICE", "sample_data/LICENSES.md")
    }
    metadata = wheel.read(f"{INFO}/METADATA").decode()
    assert f"\nVersion: {VERSION}\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert "auditor = auditor.cli:main" in wheel.read(f"{INFO}/entry_points.txt").decode()


def test_the_version_is_written_down_once() -> None:
    assert auditor.__version__ == VERSION
    lines = (ROOT / "auditor" / "__init__.py").read_text("utf-8").splitlines()
    assert not [line for line in lines if f'"{VERSION}"' in line]


def test_the_source_archive_can_be_built_tested_and_deployed(sdist: set[str]) -> None:
    folders = (
        "auditor",
        "dashboard",
        "sample_data",
        "tests",
        "benchmarks",
        "examples",
        "docs",
        "deploy",
    )
    assert set().union(*map(files, folders)) <= sdist
    for name in ("README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "LICENSE"):
        assert name in sdist
    for name in ("NOTICE", "Dockerfile", ".dockerignore", "Makefile", "requirements.lock"):
        assert name in sdist
    assert not [
        name
        for name in sdist
        if "__pycache__" in name
        or (name.startswith(("runs/", ".")) and name not in {".dockerignore", ".gitignore"})
    ]
