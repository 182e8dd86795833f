"""Names of any length come from manifests and settings: an answer, never an OSError."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import auditor
from auditor import files
from auditor.classifiers.checkpoints import read_checkpoint
from auditor.config import AuditConfig
from auditor.data.sources.opening import open_source
from auditor.domain.errors import AuditorError
from tests.fakes.planted import CLASSES, config_of, write_dataset

LONG = "n" * 300


@pytest.mark.parametrize("question", [files.exists, files.is_file, files.is_dir])
@pytest.mark.parametrize("name", [LONG, "m" * 5000, f"{'a/' * 3000}b"])
def test_a_name_that_no_file_can_have_names_none(
    question: Callable[[Path], bool], name: str, tmp_path: Path
) -> None:
    assert question(tmp_path / name) is False


def _settings(path: str) -> object:
    return AuditConfig.from_dict({"data": {"path": path}, "gate": {"unknown": 0}})


@pytest.mark.parametrize(
    "read",
    [
        _settings,
        lambda path: open_source(Path(path)),
        lambda path: read_checkpoint(Path(path)),
        auditor.open_run,
    ],
)
def test_readers_refuse_it_with_an_error_of_ours(
    read: Callable[[str], object], tmp_path: Path
) -> None:
    with pytest.raises(AuditorError):
        read(str(tmp_path / LONG))


def test_a_manifest_that_names_it_loses_that_row_alone(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=4)
    rows = [f"images/{label}/00{i}.png,{label}," for label in CLASSES for i in range(4)]
    rows += [f"{LONG}.png,blue,", f"images/blue/000.png,blue,{LONG}.png"]
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join(["image,label,mask", *rows]) + "\n")

    run = auditor.audit(config_of(tmp_path, data={"path": manifest, "masks": None}))

    assert run.manifest["counts"] == {"images": 18, "audited": 16, "skipped": 2}
