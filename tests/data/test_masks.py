"""Masks that fit, and words for those that do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from auditor.data.masks.boxes import boxes_of, draw_box, parse_box
from auditor.data.masks.reading import MaskFault, read_mask
from auditor.domain.samples import MaskBox, MaskFile, MaskRle
from tests.data.making import save_mask


def _counts(mask: np.ndarray) -> str:
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


def test_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    mask = MaskFile(save_mask(tmp_path / "m.png", np.ones((30, 40), dtype=bool)))
    with pytest.raises(MaskFault, match=r"mask of 40x30 pixels .* image of 50x30") as fault:
        read_mask(mask, (30, 50), fit=True)
    assert "mask-fit" not in fault.value.reason


def test_the_same_aspect_ratio_is_fitted_only_if_asked(tmp_path: Path) -> None:
    small = np.zeros((30, 40), dtype=bool)
    small[:, :10] = True
    mask = MaskFile(save_mask(tmp_path / "m.png", small))
    with pytest.raises(MaskFault, match="--mask-fit"):
        read_mask(mask, (60, 80))
    chosen, ignored = read_mask(mask, (60, 80), fit=True)
    expected = np.zeros((60, 80), dtype=bool)
    expected[:, :20] = True
    assert np.array_equal(chosen, expected)
    assert ignored.shape == (60, 80)


def test_a_mask_of_the_unrotated_photo_says_so(tmp_path: Path) -> None:
    mask = MaskFile(save_mask(tmp_path / "m.png", np.ones((30, 40), dtype=bool)))
    with pytest.raises(MaskFault, match="EXIF rotation was not applied"):
        read_mask(mask, (40, 30), fit=True)


@settings(deadline=None)
@given(st.integers(20, 400), st.integers(20, 400), st.floats(0.1, 1.0))
def test_rounded_thumbnails_fit(height: int, width: int, scale: float) -> None:
    small = max(1, int(height * scale)), max(1, int(width * scale))
    runs = MaskRle(small, (_counts(np.ones(small, dtype=bool)),))
    assert read_mask(runs, (height, width), fit=True)[0].all()


def test_instances_are_united() -> None:
    first, second = np.zeros((2, 4, 6), dtype=bool)
    first[:2], second[:, :3] = True, True
    chosen, ignored = read_mask(MaskRle((4, 6), (_counts(first), _counts(second))), (4, 6))
    assert np.array_equal(chosen, first | second)
    assert not ignored.any()


def test_damaged_runs_are_a_fault_and_cost_no_memory() -> None:
    with pytest.raises(MaskFault, match="do not fill"):
        read_mask(MaskRle((4, 6), ("11",)), (4, 6))
    with pytest.raises(MaskFault, match="does not fit"):
        read_mask(MaskRle((10**7, 10**7), ("0",)), (4, 6), fit=True)


def test_a_box_holds_x0_up_to_x1() -> None:
    drawn = draw_box(MaskBox(1, 0, 3, 2), (3, 4))
    assert drawn.astype(int).tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]


def test_a_box_takes_the_pixels_whose_centre_it_holds() -> None:
    # Centres are at .5, 1.5, 2.5, 3.5: 1.4 .. 2.6 holds the second and third.
    assert draw_box(MaskBox(1.4, 0, 2.6, 1), (1, 4)).tolist() == [[False, True, True, False]]


def test_a_box_over_the_edge() -> None:
    assert draw_box(MaskBox(-0.4, 0, 2, 1.3), (1, 3)).tolist() == [[True, True, False]]
    with pytest.raises(MaskFault, match="box 0 0 9 1 does not fit the image of 3x1"):
        read_mask(MaskBox(0, 0, 9, 1), (1, 3))


def test_boxes_of_several_instances_leave_the_gap_between_them() -> None:
    both = boxes_of([MaskBox(0, 0, 1, 1), MaskBox(3, 1, 4, 2)])
    assert (both.x0, both.y0, both.x1, both.y1) == (0, 0, 4, 2)
    assert draw_box(both, (2, 4)).astype(int).tolist() == [[1, 0, 0, 0], [0, 0, 0, 1]]


@pytest.mark.parametrize("text", ["1 2 3 4", "1,2,3,4", " [1, 2; 3 4] ", "1.0\t2e0 3 4"])
def test_boxes_as_people_write_them(text: str) -> None:
    assert parse_box(text) == MaskBox(1, 2, 3, 4)


@pytest.mark.parametrize("text", ["1 2 3", "a b c d", "1 2 3 4 5", "nan 0 1 1", "0 0 inf 1"])
def test_no_box(text: str) -> None:
    with pytest.raises(ValueError, match="not four numbers"):
        parse_box(text)


def test_an_empty_box() -> None:
    with pytest.raises(ValueError, match="empty"):
        parse_box("5 5 5 9")
