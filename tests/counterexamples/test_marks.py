"""From a map's peak back to the pixels of the file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from auditor.counterexamples.marks import mark_box, tried_box
from auditor.domain.preprocess import Preprocess
from auditor.imagery.rle import encode_rle


def case(
    cam: list[list[int]], mask: np.ndarray, size: tuple[int, int], scale: float = 1.0
) -> dict[str, Any]:
    grid = np.array(cam, np.uint8)
    return {
        "cam": grid.tobytes(),
        "cam_height": grid.shape[0],
        "cam_width": grid.shape[1],
        "cam_scale": scale,
        "mask": encode_rle(mask),
        "image_height": size[0],
        "image_width": size[1],
    }


def corner(side: int = 40) -> np.ndarray:
    """An object in the lower right quarter."""
    mask = np.zeros((side, side), dtype=bool)
    mask[side // 2 :, side // 2 :] = True
    return mask


CAM = [[0, 0, 0, 9], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 200]]


def test_the_highest_cell_without_object_and_half_a_cell_around() -> None:
    # Cells are 10 pixels of the view and of the file; the peak of 200 lies on the object.
    assert mark_box(case(CAM, corner(), (40, 40)), Preprocess(resize=None, crop=None)) == (
        0, 15, 25, 40,
    )  # fmt: skip


def test_the_resize_and_the_crop_are_undone() -> None:
    # 200 x 100 is resized to 80 x 40 and cut to its middle 40: a view pixel is 2.5 of the file's,
    # and the view's upper edge is row 20 of 80, row 50 of 200.
    found = mark_box(case(CAM, corner(), (200, 100)), Preprocess(resize=40, crop=40))
    assert found == (round((20 - 5) * 2.5), round((20 + 15) * 2.5), round(25 * 2.5), 100)


def test_a_patch_that_was_tried_comes_back_to_the_file_over_resize_and_crop() -> None:
    # As above: the view's pixel is 2.5 of the file's and its first row is row 50; a patch of
    # 0.3 x 40 = 12 pixels at row 20, column 8 of the view.
    row = case(CAM, corner(), (200, 100))
    assert tried_box(row, "0.500 0.200 0.300", Preprocess(resize=40, crop=40)) == (100, 130, 20, 50)


def test_a_patch_is_square_in_a_view_that_is_not() -> None:
    row = case(CAM, np.zeros((40, 80), dtype=bool), (40, 80))
    whole = Preprocess(resize=None, crop=None)
    assert tried_box(row, "0.000 0.500 0.300", whole) == (0, 12, 40, 52)


@pytest.mark.parametrize(
    "row",
    [
        case([[0, 0], [0, 5]], corner(), (40, 40)),
        case([[0, 0], [0, 0]], corner(), (40, 40), scale=0.0),
        case([[5, 5], [5, 5]], np.ones((40, 40), dtype=bool), (40, 40)),
        case(CAM, corner(), (40, 40)) | {"mask": None},
    ],
    ids=["only on the object", "zero map", "object everywhere", "no mask"],
)
def test_no_place_is_none(row: dict[str, Any]) -> None:
    assert mark_box(row, Preprocess(resize=None, crop=None)) is None
