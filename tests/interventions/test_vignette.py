"""A vignette that one picture gives to another, held against the lens that made it."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.domain.places import Property, PropertyKind
from auditor.interventions.picture_properties.vignette import squared_distance
from auditor.interventions.swap_pictures import Compression, prepare, swap_attribute
from tests.interventions.making import batch_of, sample

SIDE = 64


def _lens(plain: Tensor) -> Tensor:
    """Half of the light at the corners, all of it in the middle."""
    return plain * torch.exp(-0.7 * squared_distance(plain))


def test_corners_darken_as_under_the_lens_and_the_middle_stays() -> None:
    generator = torch.Generator().manual_seed(0)
    texture = torch.randint(90, 160, (2, 3, SIDE, SIDE), generator=generator).float()
    images = torch.stack([texture[0], _lens(texture[1:])[0]]).to(torch.uint8)
    nothing = torch.zeros(2, SIDE, SIDE, dtype=torch.bool)
    batch = batch_of([sample("plain", "a"), sample("dark", "a")], images, nothing)
    pictures = prepare(batch, None, Compression())

    def given(subject: int, donor: int) -> Tensor:
        own, giver = torch.tensor([subject]), torch.tensor([donor])
        return swap_attribute(pictures, Property(PropertyKind.VIGNETTE), own, giver, own).float()

    corner, middle = (..., slice(0, 4), slice(0, 4)), (..., slice(28, 36), slice(28, 36))
    darkened, brightened = given(0, 1), given(1, 0)
    for picture, wanted in ((darkened, _lens(texture[:1])), (brightened, texture[1:])):
        for part in (corner, middle):
            assert abs(float(picture[part].mean() / wanted[part].mean()) - 1.0) < 0.06
