"""What decoding notices of pictures reaches the run's warnings, or refuses the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

import auditor
from auditor.data import loader
from auditor.domain.errors import DataError
from tests.data.making import noise, save
from tests.fakes.coded import warning_codes
from tests.fakes.planted import CLASSES, SIZE


def _audited(tmp_path: Path, **data: Any) -> auditor.Run:
    return auditor.audit(
        {
            "data": {"path": tmp_path / "data", "classes": CLASSES, **data},
            "model": {
                "factory": "tests.fakes.planted:build_network",
                "preprocess": {"resize": SIZE, "crop": False},
            },
            "interventions": {"enabled": False},
            "run": {"out": tmp_path / "run", "device": "cpu"},
        }
    )


def _data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for i in range(4):
        save(root / CLASSES[i] / "a.png", noise(SIZE, SIZE, seed=i))
    return root


def test_constant_dark_and_soft_are_said(tmp_path: Path) -> None:
    root = _data(tmp_path)
    save(root / "red" / "flat.png", np.full((SIZE, SIZE), 90, dtype=np.uint8))
    twelve = noise(SIZE, SIZE)[..., 0].astype(np.uint16) * 16
    save(root / "red" / "twelve.png", twelve)
    disc = Image.new("L", (SIZE, SIZE))
    disc.paste(255, (20, 20, 40, 40))
    save(root / "red" / "a_mask.png", np.asarray(disc.filter(ImageFilter.GaussianBlur(3))))
    run = _audited(tmp_path)
    said = run.manifest["warnings"]
    told = dict(zip(warning_codes(run.manifest), said, strict=True))
    assert "red/flat.png" in told["data.constant"]
    assert "red/twelve.png" in told["data.dark"]
    assert "red/a.png" in told["data.soft_mask"]
    assert len(run.cases()) == 6


@pytest.mark.parametrize("early", [False, True])
def test_many_constant_pictures_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, early: bool
) -> None:
    root = _data(tmp_path)
    for i in range(5):
        save(root / "red" / f"flat{i}.png", np.full((SIZE, SIZE), 9 * i, dtype=np.uint8))
    if early:
        monkeypatch.setattr(loader, "ENOUGH", 2)
    with pytest.raises(DataError) as caught:
        _audited(tmp_path)
    assert caught.value.code == "data.one_colour"
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_a_picture_that_changes_during_the_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _data(tmp_path)
    look = loader.Loader.load

    def changing(self: loader.Loader, samples: Any) -> Any:
        save(root / "red" / "a.png", noise(SIZE, SIZE, seed=99))
        return look(self, samples)

    monkeypatch.setattr(loader.Loader, "load", changing)
    manifest = _audited(tmp_path).manifest
    told = dict(zip(warning_codes(manifest), manifest["warnings"], strict=True))
    assert "red/a.png" in told["data.changed"]
