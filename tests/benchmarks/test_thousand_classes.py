"""The benchmark of many classes: its network knows its pictures, and an audit of few ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks import thousand_classes
from benchmarks.thousand_classes import SIDE, Network, colours, cued, write_dataset


def test_no_two_classes_look_alike() -> None:
    every = colours(1000)
    assert every.shape == (1000, 3)
    assert len(np.unique(every, axis=0)) == 1000
    assert len(cued(1000)) == 50


def test_the_network_answers_its_pictures_and_relies_on_the_backgrounds_that_it_should(
    tmp_path: Path,
) -> None:
    write_dataset(tmp_path / "set", 30, 2)
    network = Network(30).eval()
    paths = sorted((tmp_path / "set" / "images").rglob("*.png"))
    pictures = np.stack([np.asarray(Image.open(path)) for path in paths])
    labels = np.array([int(path.parent.name.split()[1]) for path in paths])

    def answers(images: np.ndarray) -> np.ndarray:
        given = torch.tensor(images / 127.5 - 1, dtype=torch.float32).permute(0, 3, 1, 2)
        with torch.inference_mode():
            return network(given).argmax(dim=1).numpy()

    assert (answers(pictures) == labels).all()
    bare = pictures.copy()
    bare[:, :4], bare[:, -4:] = 128, 128
    told = np.isin(labels, cued(30))
    assert (answers(bare)[~told] == labels[~told]).all()
    assert (answers(bare)[told] == labels[told] + 1).all()
    assert network.passes == 3 * len(paths)
    assert pictures.shape == (60, SIDE, SIDE, 3)


@pytest.mark.slow
def test_an_audit_of_few_classes_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = thousand_classes.main(["--classes", "4", "--per-class", "5", "--keep", str(tmp_path)])
    said = capsys.readouterr().out
    assert code == 0
    assert '"classes": 4' in said
    assert (tmp_path / "classes-4" / "run" / "report.html").is_file()
