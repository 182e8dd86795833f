"""The field of view in a file's own pixels lies where the network's view lies."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from auditor.domain.preprocess import Preprocess
from auditor.imagery.view import field_of_view, model_view

VALUES = np.arange(60 * 40, dtype=np.uint16).reshape(40, 60)


def test_without_resize_and_crop_nothing_changes() -> None:
    found = field_of_view(VALUES, Preprocess(resize=None, crop=None), fill=0, most_pixels=10**6)
    assert np.array_equal(found, VALUES)


def test_a_centre_crop_is_cut_from_the_files_own_pixels() -> None:
    found = field_of_view(VALUES, Preprocess(resize=20, crop=16), fill=0, most_pixels=10**6)
    assert np.array_equal(found, VALUES[4:36, 14:46])


@pytest.mark.parametrize(
    "preprocess",
    [
        Preprocess(resize=32, crop=28),
        Preprocess(resize=(24, 24), crop=None),
        Preprocess(resize=(24, 30), crop=20),
        Preprocess(resize=None, crop=50),
        Preprocess(resize=20, crop=30),
    ],
)
def test_marks_lie_where_the_networks_view_has_them(preprocess: Preprocess) -> None:
    values = np.full((40, 60), 40, dtype=np.uint16)
    values[8:20, 12:30] = 250
    view = model_view(Image.fromarray(values.astype(np.uint8)), preprocess).convert("L")
    found = field_of_view(values, preprocess, fill=0, most_pixels=10**6)
    assert found.shape[1] / found.shape[0] == pytest.approx(view.width / view.height, abs=0.03)
    shown = np.asarray(Image.fromarray(found.astype(np.uint8)).resize(view.size, 2))
    assert edges(shown) == pytest.approx(edges(np.asarray(view)), abs=1)


def edges(picture: np.ndarray) -> list[int]:
    """First and last row and column of the mark."""
    rows, columns = np.nonzero(picture > 145)
    return [rows.min(), rows.max(), columns.min(), columns.max()]


def test_beyond_the_bound_pixels_are_left_out() -> None:
    found = field_of_view(VALUES, Preprocess(resize=None, crop=None), fill=0, most_pixels=600)
    assert found.shape == (20, 30)
