"""Masks that are wrong by a set amount, and what they do to swaps."""

from __future__ import annotations

import pytest
import torch

from auditor.domain.mask_errors import OVERLAP, MaskError
from auditor.interventions.mask_errors import wrong_masks


def masks() -> torch.Tensor:
    """A large square, a small one, one at the frame, and none."""
    found = torch.zeros(4, 64, 64, dtype=torch.bool)
    found[0, 12:52, 12:52] = True
    found[1, 30:42, 30:42] = True
    found[2, :24, 40:] = True
    return found


@pytest.mark.parametrize("error", list(OVERLAP))
def test_a_wrong_mask_is_as_wrong_as_said_and_an_empty_one_stays_empty(error: MaskError) -> None:
    given = masks()
    wrong = wrong_masks(given, error)
    overlap = (given & wrong).flatten(1).sum(1) / (given | wrong).flatten(1).sum(1)
    assert (overlap[:3] <= OVERLAP[error]).all()
    assert (overlap[:3] >= OVERLAP[error] - 0.25).all()
    assert not wrong[3].any()


def test_the_direction_of_every_error() -> None:
    given = masks()[:1]
    assert not (wrong_masks(given, MaskError.ERODED) & ~given).any()
    assert not (~wrong_masks(given, MaskError.DILATED) & given).any()
    assert wrong_masks(given, MaskError.SHIFTED).nonzero()[:, 1].min() < 12
    assert wrong_masks(given, MaskError.SHIFTED_BACK).nonzero()[:, 1].min() > 12


def test_a_mask_that_would_vanish_keeps_what_it_has() -> None:
    given = torch.zeros(1, 32, 32, dtype=torch.bool)
    given[0, 4, 4] = True
    assert wrong_masks(given, MaskError.ERODED).equal(given)


def test_what_leaves_pictures_out_needs_no_new_picture() -> None:
    with pytest.raises(ValueError, match="no new picture"):
        wrong_masks(masks(), MaskError.SMALLEST_DROPPED)
