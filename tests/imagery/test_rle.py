"""Run-length encoding against pycocotools, which wrote the format."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco

from auditor.imagery.rle import decode_counts, decode_rle, encode_counts, encode_rle

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40))


def _theirs(mask: np.ndarray) -> str:
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


@settings(deadline=None)
@given(masks)
def test_equal_to_pycocotools(mask: np.ndarray) -> None:
    assert encode_counts(mask) == _theirs(mask)


@settings(deadline=None)
@given(masks)
def test_there_and_back(mask: np.ndarray) -> None:
    assert np.array_equal(decode_rle(encode_rle(mask)), mask)


def test_long_runs() -> None:
    mask = np.zeros((3000, 4000), dtype=bool)
    mask[1000:2000, 5:3000] = True
    assert encode_counts(mask) == _theirs(mask)
    assert np.array_equal(decode_counts(_theirs(mask), (3000, 4000)), mask)


def test_by_hand() -> None:
    # Columns of [[0, 1], [0, 1]] read 0 0 1 1: runs of 2 and 2, each one character, 2 + 48 = "2".
    assert json.loads(encode_rle(np.array([[False, True], [False, True]]))) == {
        "size": [2, 2],
        "counts": "22",
    }


def test_a_mask_that_begins_with_object_begins_with_an_empty_run() -> None:
    assert encode_counts(np.ones((1, 3), dtype=bool)) == "03"


@settings(deadline=None)
@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_damaged_runs_fill_the_mask_or_are_refused(counts: str, height: int, width: int) -> None:
    try:
        mask = decode_counts(counts, (height, width))
    except ValueError:
        return
    assert mask.shape == (height, width)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", '{"size": [2], "counts": "22"}'),
        *('{"size": [2, 2], "counts": "2"}', '{"size": [2, 2], "counts": "2ä"}'),
        *('{"size": [-2, -2], "counts": "4"}', '{"size": ["a", 2], "counts": "22"}'),
        '{"size": [2, 2], "counts": "22PPPPPPPPPPPPP0"}',
    ],
)
def test_no_encoding_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="run"):
        decode_rle(text)
