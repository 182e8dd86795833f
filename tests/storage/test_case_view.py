"""A case's pictures: where each lies, and what is said below them."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.preprocess import Preprocess
from auditor.imagery.rle import encode_rle
from auditor.storage.case_view import GAP, CasePictures, case_overlay, case_view, show_case
from tests.fakes.runs import make_run

RED, BLUE = (255, 0, 0), (0, 0, 255)


def both() -> CasePictures:
    return CasePictures(Image.new("RGB", (6, 4), RED), Image.new("RGB", (6, 4), BLUE), "a < b")


def test_the_two_lie_side_by_side_with_a_white_gap() -> None:
    picture = both().picture
    assert picture.size == (12 + GAP, 4)
    pixels = np.asarray(picture)
    assert (pixels[:, :6] == RED).all()
    assert (pixels[:, 6 : 6 + GAP] == 255).all()
    assert (pixels[:, 6 + GAP :] == BLUE).all()


def test_a_notebook_gets_a_png_and_a_caption() -> None:
    png = both()._repr_png_()
    assert Image.open(io.BytesIO(png)).format == "PNG"
    html = both()._repr_html_()
    assert "<figcaption>a &lt; b</figcaption>" in html
    source = html.split("base64,")[1].split('"')[0]
    assert b64decode(source) == png


def test_the_caption_says_label_answer_verdict_and_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=2, per_class=3)
    case = run.cases().iloc[0].copy()
    case["confidence"] = 0.814
    caption = show_case(case, run.metadata).caption
    told = f"{case['label']}, answered {case['predicted']} (81%): {case['verdict']}. "
    assert caption == told + case["reason"]


def test_the_heat_map_is_drawn_and_the_outline_on_it() -> None:
    view = Image.new("RGB", (8, 8), (10, 20, 30))
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    case = {"cam": bytes([0, 0, 0, 255]), "cam_height": 2, "cam_width": 2, "mask": encode_rle(mask)}
    drawn = np.asarray(case_overlay(view, case)).astype(int)
    bare = np.asarray(case_overlay(view, case | {"mask": None})).astype(int)
    assert (drawn != bare).any(-1).sum() == 12 + 16  # the rim inside and the rim around
    assert tuple(bare[0, 0]) == (10, 20, 30)
    assert bare[7, 7].sum() > 3 * 60


def test_an_image_is_opened_under_the_data_root_alone(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    for path in (root / "a.png", tmp_path / "b.png"):
        Image.new("RGB", (20, 10), RED).save(path)
    seen = Manifest(data_root=str(root), preprocess=Preprocess(resize=(5, 7), crop=None))
    assert case_view("a.png", seen).size == (7, 5)
    for name in ("../b.png", str(tmp_path / "b.png"), "c.png"):
        with pytest.raises(RunError) as caught:
            case_view(name, seen)
        assert caught.value.code == "run.image_not_shown"
