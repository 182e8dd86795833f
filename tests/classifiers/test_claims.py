"""Checkpoints that claim far more than their file are refused before anything is allocated."""

from __future__ import annotations

import resource
import zipfile
from pathlib import Path

import pytest
import torch

from auditor.classifiers.checkpoints import read_checkpoint
from auditor.domain.errors import ModelError


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pt"
    torch.save({"w": torch.ones(4)}, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"bomb/data/{number + 1}", bytes(2**26))
    assert path.stat().st_size < 2**20
    with pytest.raises(ModelError) as caught:
        read_checkpoint(path)
    assert caught.value.code == "checkpoint.claims_too_much"


def test_a_tensor_of_one_number_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "wide.pt"
    torch.save({"w": torch.ones(1).expand(10**11)}, path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelError) as caught:
        read_checkpoint(path)
    assert caught.value.code == "checkpoint.claims_too_much"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**18


def test_an_expanded_buffer_of_an_honest_network_passes(tmp_path: Path) -> None:
    path = tmp_path / "small.pt"
    torch.save({"positions": torch.zeros(1).expand(1, 4096), "w": torch.ones(3)}, path)
    assert set(read_checkpoint(path).weights) == {"positions", "w"}


def test_a_damaged_directory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.pt"
    torch.save({"w": torch.ones(4)}, path)
    content = path.read_bytes()
    entry = content.index(b"PK\x01\x02")  # the first of the zip's central directory
    path.write_bytes(content[:entry] + b"XX" + content[entry + 2 :])
    with pytest.raises(ModelError) as caught:
        read_checkpoint(path)
    assert caught.value.code == "checkpoint.unreadable"
