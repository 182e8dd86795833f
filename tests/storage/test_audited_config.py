"""Paths of a run's configuration mean the same from wherever they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditor.domain.errors import ConfigError
from auditor.domain.manifest import Manifest
from auditor.storage.audited_config import audited_config


def manifest(data: str, folder: Path | None) -> Manifest:
    model = {"arch": "resnet18", "checkpoint": "weights.pt"}
    tree = {"data": {"path": data, "classes": ["a", "b"]}, "model": model}
    return Manifest(config=tree, folder=None if folder is None else str(folder))


def test_relative_paths_are_those_of_the_audits_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("there", "here"):
        (tmp_path / place / "images").mkdir(parents=True)
        (tmp_path / place / "weights.pt").touch()
    monkeypatch.chdir(tmp_path / "here")
    told = manifest("images", tmp_path / "there")
    found = audited_config(told)
    assert found.data.path == tmp_path / "there" / "images"
    assert found.model.checkpoint == tmp_path / "there" / "weights.pt"
    assert found.data.classes == ("a", "b")
    assert told.config["data"]["path"] == "images"
    older = audited_config(manifest("images", None))
    assert older.data.path.resolve() == tmp_path / "here" / "images"
    absolute = str(tmp_path / "here" / "images")
    assert audited_config(manifest(absolute, tmp_path / "there")).data.path == Path(absolute)


@pytest.mark.parametrize("config", [{}, {"data": None}, {"data": {"path": 3}}])
def test_a_manifest_without_a_configuration_is_refused_in_words(config: Any) -> None:
    with pytest.raises(ConfigError):
        audited_config(Manifest(config=config, folder="/nowhere"))
