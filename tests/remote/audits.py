"""One small audit wherever its data and its run lie, and when two of them are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import auditor
from auditor.domain.errors import AuditorError
from auditor.storage.run import Run
from tests.fakes.planted import config_of

PER_CLASS = 8


def configuration(manifest: Path, out: Path) -> dict[str, Any]:
    tree = config_of(Path(), run={"out": out}, interventions={"per_class": 8})
    tree["data"] = {"path": manifest}
    tree["findings"] = {"min_images": 4}
    return tree


def files_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of the dataset, without its run."""
    for file in sorted(home.rglob("*")):
        name = file.relative_to(home)
        if file.is_file() and "run" not in name.parts:
            yield name.as_posix(), file.read_bytes()


def assert_same(one: Run, other: Run) -> None:
    pd.testing.assert_frame_equal(one.cases(), other.cases(), check_exact=True)
    pd.testing.assert_frame_equal(one.classes(), other.classes(), check_exact=True)


def assert_refused(address: str, out: Path, said: str) -> None:
    """Nothing of the run is written."""
    with pytest.raises(AuditorError, match=said) as caught:
        auditor.audit(configuration(Path(address), out))
    assert caught.value.exit_code == 2
    assert not out.exists()
