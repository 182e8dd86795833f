"""A dataset on the disk with its audit: what remote ones are held against."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor
from tests.fakes.planted import CLASSES, write_dataset
from tests.remote.audits import PER_CLASS, configuration


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with a manifest beside it, and its audit."""
    folder = tmp_path_factory.mktemp("local")
    write_dataset(folder, per_class=PER_CLASS)
    names = [f"{label}/{n:03}.png" for label in CLASSES for n in range(PER_CLASS)]
    lines = [f"images/{name},{name.split('/')[0]},masks/{name}" for name in names]
    (folder / "manifest.csv").write_text("\n".join(["image,label,mask", *lines]))
    auditor.audit(configuration(folder / "manifest.csv", folder / "run"))
    return folder
