"""Masks that fit, and words for those that do not."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.data.masks.boxes import draw_box, parse_box
from auditor.data.masks.polygons import draw_polygons
from auditor.data.masks.reading import MaskFault, read_mask
from auditor.domain.mask_references import (
    MaskBox,
    MaskFile,
    MaskPolygons,
    MaskRle,
    MaskUnion,
    united,
)
from auditor.imagery.rle import encode_counts
from tests.data.making import save, save_mask
from tests.fakes.coded import raises_coded


def _counts(mask: np.ndarray) -> str:
    return encode_counts(mask)


def test_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    mask = MaskFile(save_mask(tmp_path / "m.png", np.ones((30, 40), dtype=bool)))
    with raises_coded(MaskFault, "skip.mask_size", "40x30", "50x30") as fault:
        read_mask(mask, (30, 50), fit=True)
    assert "mask-fit" not in str(fault.value)


def test_the_same_aspect_ratio_is_fitted_only_if_asked(tmp_path: Path) -> None:
    small = np.zeros((30, 40), dtype=bool)
    small[:, :10] = True
    mask = MaskFile(save_mask(tmp_path / "m.png", small))
    with pytest.raises(MaskFault) as caught:
        read_mask(mask, (60, 80))
    assert caught.value.reason.code == "skip.mask_scaled"
    chosen, ignored = read_mask(mask, (60, 80), fit=True)
    expected = np.zeros((60, 80), dtype=bool)
    expected[:, :20] = True
    assert np.array_equal(chosen, expected)
    assert ignored.shape == (60, 80)


def test_a_mask_of_the_unrotated_photo_says_so(tmp_path: Path) -> None:
    mask = MaskFile(save_mask(tmp_path / "m.png", np.ones((30, 40), dtype=bool)))
    with pytest.raises(MaskFault) as caught:
        read_mask(mask, (40, 30), fit=True)
    assert caught.value.reason.code == "skip.mask_turned"


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
    with pytest.raises(MaskFault) as caught:
        read_mask(MaskRle((4, 6), ("11",)), (4, 6))
    assert caught.value.reason.code == "skip.mask"
    assert "4x6" in caught.value.reason.values["why"]
    with pytest.raises(MaskFault) as caught:
        read_mask(MaskRle((10**7, 10**7), ("0",)), (4, 6), fit=True)
    assert caught.value.reason.code == "skip.mask_size"


def test_a_box_holds_x0_up_to_x1() -> None:
    drawn = draw_box(MaskBox(1, 0, 3, 2), (3, 4))
    assert drawn.astype(int).tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]


def test_a_box_takes_the_pixels_whose_centre_it_holds() -> None:
    # Centres are at .5, 1.5, 2.5, 3.5: 1.4 .. 2.6 holds the second and third.
    assert draw_box(MaskBox(1.4, 0, 2.6, 1), (1, 4)).tolist() == [[False, True, True, False]]


def test_a_box_over_the_edge() -> None:
    assert draw_box(MaskBox(-0.4, 0, 2, 1.3), (1, 3)).tolist() == [[True, True, False]]
    with pytest.raises(MaskFault) as caught:
        read_mask(MaskBox(0, 0, 9, 1), (1, 3))
    assert caught.value.reason.code == "skip.box_misfit"


def test_boxes_of_several_instances_leave_the_gap_between_them() -> None:
    both = united([MaskBox(0, 0, 1, 1), MaskBox(3, 1, 4, 2)])
    assert read_mask(both, (2, 4))[0].astype(int).tolist() == [[1, 0, 0, 0], [0, 0, 0, 1]]


def test_a_relative_box_is_a_share_of_the_image() -> None:
    drawn = read_mask(MaskBox(0.5, 0, 1, 0.5, relative=True), (2, 4))[0]
    assert drawn.astype(int).tolist() == [[0, 0, 1, 1], [0, 0, 0, 0]]


def test_what_one_part_ignores_and_another_has_is_object(tmp_path: Path) -> None:
    left = save(tmp_path / "l.png", np.array([[1, 255, 0]], dtype=np.uint8))
    right = save(tmp_path / "r.png", np.array([[0, 1, 255]], dtype=np.uint8))
    both = MaskUnion((MaskFile(left, ignore_value=255), MaskFile(right, ignore_value=255)))
    chosen, ignored = read_mask(both, (1, 3))
    assert (chosen.tolist(), ignored.tolist()) == ([[True, True, False]], [[False, False, True]])


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 30), st.floats(-9, 30)), min_size=3, max_size=7))
def test_an_outline_holds_the_pixels_whose_centre_it_encloses(points: list[Any]) -> None:
    drawn = draw_polygons([[n for point in points for n in point]], (14, 20))
    for row, column in np.ndindex(14, 20):
        crossings = 0
        for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
            if (x0 <= column + 0.5) != (x1 <= column + 0.5):
                at = y0 + (column + 0.5 - x0) / (x1 - x0) * (y1 - y0)
                if abs(at - row - 0.5) < 1e-9:
                    return
                crossings += at < row + 0.5
        assert drawn[row, column] == (crossings % 2 == 1)


def test_an_outline_takes_the_memory_of_its_mask_and_no_more() -> None:
    zigzag = np.stack([np.tile([-500.0, 1500.0], 2000), np.linspace(0, 999, 4000)], axis=1)
    tracemalloc.start()
    draw_polygons([zigzag.ravel()], (1000, 1000))
    assert tracemalloc.get_traced_memory()[1] < 128 * 2**20
    tracemalloc.stop()


def test_an_outline_that_would_take_minutes_is_refused() -> None:
    endless = MaskPolygons.of([np.tile([0.0, 0.0, 9000.0, 9.0], 5000)])
    with pytest.raises(MaskFault) as caught:
        read_mask(endless, (10, 9000))
    assert caught.value.reason.values["why"].code == "skip.outline_crossings"


def test_many_outlines_that_would_take_minutes_are_refused() -> None:
    large = (0.0, 0.0, 1000.0, 0.0, 500.0, 1000.0)
    assert read_mask(MaskPolygons.of([large] * 9), (1000, 1000))[0].any()
    with pytest.raises(MaskFault) as caught:
        read_mask(MaskPolygons.of([large] * 300), (1000, 1000))
    assert caught.value.reason.values["why"].code == "skip.outline_span"


@pytest.mark.parametrize("text", ["1 2 3 4", "1,2,3,4", " [1, 2; 3 4] ", "1.0\t2e0 3 4"])
def test_boxes_as_people_write_them(text: str) -> None:
    assert parse_box(text) == MaskBox(1, 2, 3, 4)


@pytest.mark.parametrize("text", ["1 2 3", "a b c d", "1 2 3 4 5", "nan 0 1 1", "0 0 inf 1"])
def test_no_box(text: str) -> None:
    with raises_coded(ValueError, "skip.box_numbers_of", repr(text)):
        parse_box(text)


def test_an_empty_box() -> None:
    with raises_coded(ValueError, "skip.box_order", "5 5 5 9"):
        parse_box("5 5 5 9")
