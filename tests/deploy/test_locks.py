"""What images install is known by hash: the locks, how they are made, and that they are used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.hashes import OF_TORCH, locked, names_in, targets
from deploy.sbom import pinned
from tests.deploy.test_container import DEPLOY, ROOT, stages

LOCKS = ("dashboard", "audit", "torch", "notebook")
PIN = re.compile(r"[a-z0-9-]+==[0-9][\w.]*(?: ; [^#]+)?")
HASH = re.compile(r"sha256:[0-9a-f]{64}")
IMAGE_EXTRAS = ("timm", "medical", "automask", "postgres", "team")


def lines_of(lock: str) -> list[list[str]]:
    """Each package: its pin, then its hashes."""
    text = (DEPLOY / f"{lock}.lock").read_text("utf-8").replace(" \\\n    --hash=", "\t")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def names_of(path: Path) -> set[str]:
    lines = path.read_text("utf-8").splitlines()
    return {Requirement(line).name for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_version_with_hashes(lock: str) -> None:
    lines = lines_of(lock)
    assert lines
    for pin, *hashes in lines:
        assert PIN.fullmatch(pin), pin
        assert hashes, pin
        assert all(HASH.fullmatch(each) for each in hashes), pin


@pytest.mark.parametrize("lock", ["dashboard", "audit", "torch"])
def test_the_versions_are_those_that_the_tests_passed_with(lock: str) -> None:
    known = pinned(ROOT / "requirements.lock")
    for pin, *_ in lines_of(lock):
        name, _, version = pin.partition(" ;")[0].partition("==")
        assert known.get(name, version) == version


def test_they_hold_all_that_the_images_ask_for() -> None:
    build = names_of(DEPLOY / "build-requirements.txt")
    dashboard, audit, torch, notebook = (names_in(DEPLOY / f"{each}.lock") for each in LOCKS)
    assert names_of(DEPLOY / "dashboard-requirements.txt") | build <= dashboard
    assert names_of(DEPLOY / "notebook-requirements.txt") <= notebook
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"]]
    for extra in IMAGE_EXTRAS:
        asked += project["project"]["optional-dependencies"][extra]
    names = {canonicalize_name(Requirement(line).name) for line in asked}
    assert names | build <= audit | torch
    assert all(OF_TORCH.fullmatch(name) for name in torch)
    assert not audit & (torch | notebook)
    assert {"torch", "torchvision"} <= torch
    assert {Requirement(line).name for line in project["build-system"]["requires"]} == build


def test_images_install_nothing_without_hashes_but_what_their_builder_names() -> None:
    for name, text in stages().items():
        plain = re.sub(r"\\\n\s*", "", text)
        installs = re.findall(r"pip install [^&;\n]*", plain)
        for each in installs:
            by_hash = "--require-hashes --no-deps -r /src/" in each
            own = "--no-deps --no-build-isolation /src" in each
            named = "${TORCH_INDEX}" in each or "${EXTRAS}" in each
            assert by_hash or own or named, (name, each)
    used = {name for text in stages().values() for name in re.findall(r"-r /src/(\w+)\.lock", text)}
    assert used == set(LOCKS)


def wheel(name: str, digest: str) -> dict[str, Any]:
    return {"url": f"https://a.example/b/{name}", "hashes": {"sha256": digest}}


def package(*wheels: dict[str, Any], marker: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": "a", "version": "1.2", "wheels": list(wheels)}
    return found if marker is None else found | {"marker": marker}


def test_only_wheels_that_an_image_can_install_are_kept() -> None:
    wheels = (
        wheel("a-1.2-cp312-cp312-win_amd64.whl", "windows"),
        wheel("a-1.2-cp313-cp313-manylinux_2_28_x86_64.whl", "newer"),
        wheel("a-1.2-cp312-cp312-manylinux_2_39_x86_64.whl", "newer glibc"),
        wheel("a-1.2-cp312-cp312-manylinux_2_28_x86_64.whl", "one"),
        wheel("a-1.2-cp311-abi3-manylinux2014_aarch64.whl", "two"),
        wheel("a-1.2-py3-none-any.whl", "three"),
    )
    assert list(locked({"packages": [package(*wheels)]})) == [
        ("a", "a==1.2", ["one", "three", "two"])
    ]


@pytest.mark.parametrize(
    ("marker", "pins"),
    [
        ("sys_platform == 'win32'", []),
        ("sys_platform == 'linux'", ["a==1.2"]),
        ("python_version < '3.12'", ['a==1.2 ; python_version < "3.12"']),
        ("platform_machine == 'x86_64'", ['a==1.2 ; platform_machine == "x86_64"']),
    ],
)
def test_what_no_image_wants_is_left_out(marker: str, pins: list[str]) -> None:
    found = locked({"packages": [package(wheel("a-1.2-py3-none-any.whl", "x"), marker=marker)]})
    assert [pin for _, pin, _ in found] == pins


def test_a_package_without_a_wheel_for_a_machine_is_refused() -> None:
    only = package(wheel("a-1.2-cp311-abi3-manylinux_2_28_x86_64.whl", "x"))
    with pytest.raises(ValueError, match=r"a 1\.2: no wheel for 3\.11 aarch64"):
        list(locked({"packages": [only]}))
    assert len(targets()) == 4
