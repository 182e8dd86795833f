"""Run-length encoding against what pycocotools, which wrote the format, makes of it."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from auditor.imagery.rle import decode_counts, decode_rle, encode_counts, encode_rle

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40))


THEIRS = (
    ((5, 7), 0.5, "3170J3001MO0041"),
    ((12, 9), 0.3, "7121212ON1N0ON91HO412OI12OO040L040N2M"),
    ((1, 1), 0.0, "1"),
    ((40, 3), 0.9, "09180H0N15OI020e00VO090G"),
)
"""Masks and what pycocotools 2.0.11, whose maskApi.c wrote the format, made of them."""


def _drawn(size: tuple[int, int], share: float) -> np.ndarray:
    return np.random.default_rng(7).random(size) < share


@pytest.mark.parametrize(("size", "share", "counts"), THEIRS)
def test_equal_to_the_coco_api(size: tuple[int, int], share: float, counts: str) -> None:
    assert encode_counts(_drawn(size, share)) == counts
    assert np.array_equal(decode_counts(counts, size), _drawn(size, share))


@pytest.mark.parametrize(
    "text",
    [
        '{"size": [100000, 100000], "counts": "PPY\\\\Y1"}',
        '{"size": [1, 16777217], "counts": "1"}',
        '{"size": [1e999, 2], "counts": "1"}',
        '{"size": ' + "[" * 50_000,
    ],
)
def test_what_a_run_folder_claims_is_bounded(text: str) -> None:
    with pytest.raises(ValueError, match="mask"):
        decode_rle(text)


@settings(deadline=None)
@given(masks)
def test_there_and_back(mask: np.ndarray) -> None:
    assert np.array_equal(decode_rle(encode_rle(mask)), mask)


def test_long_runs() -> None:
    mask = np.zeros((3000, 4000), dtype=bool)
    mask[1000:2000, 5:3000] = True
    counts = encode_counts(mask)
    digest = "6496806f2bceb8008bb62ccec3d633afbea002fb8a4873db99134513e6eb5084"
    assert hashlib.sha256(counts.encode()).hexdigest() == digest  # of pycocotools 2.0.11
    assert np.array_equal(decode_counts(counts, (3000, 4000)), mask)


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
