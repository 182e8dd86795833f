"""What is in a counterexample, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from auditor.counterexamples.pictures import SourcePicture, exposed, make
from auditor.counterexamples.recipes import Kind
from auditor.domain.places import PropertyKind
from auditor.interventions.picture_properties.compression import compressed, quality_of

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


def flat(
    ground: tuple[int, int, int], thing: tuple[int, int, int], size: tuple[int, int] = (40, 60)
) -> SourcePicture:
    """A square of 10 pixels at row 20, column 30."""
    image = torch.tensor(ground, dtype=torch.uint8)[:, None, None].repeat(1, *size)
    image[:, 20:30, 30:40] = torch.tensor(thing, dtype=torch.uint8)[:, None, None]
    mask = torch.zeros(size, dtype=torch.bool)
    mask[20:30, 30:40] = True
    return SourcePicture(image, mask)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("size", [(40, 60), (80, 120), (33, 90)])
def test_an_object_elsewhere_brings_nothing_of_its_ground_nor_of_the_donors_object(
    size: tuple[int, int],
) -> None:
    source = flat(GREEN, RED)
    made = make(Kind.OBJECT_ELSEWHERE, source, flat(BLUE, (200, 200, 0), size), None, rng())
    assert torch.equal(made.mask, source.mask)
    assert torch.equal(made.image[:, 21:29, 31:39], source.image[:, 21:29, 31:39])
    beyond = torch.ones_like(made.mask)
    beyond[19:31, 29:41] = False
    colours = made.image[:, beyond].T.unique(dim=0)
    assert colours.tolist() == [list(BLUE)]


def test_what_a_donor_showed_is_exposed_where_the_object_does_not_hide_it() -> None:
    source = flat(GREEN, RED)
    empty = SourcePicture(source.image, torch.zeros_like(source.mask))
    assert exposed(source, empty) == 0.0
    same = exposed(source, flat(BLUE, RED))
    beside = flat(BLUE, RED)
    beside = SourcePicture(beside.image, beside.mask.roll(15, dims=1))
    assert 0 < same < exposed(source, beside)
    # Nothing hidden: all of the place, the object's 100 pixels and what is around them.
    assert exposed(source, beside) * 40 * 60 == pytest.approx(same * 40 * 60 + 100)


def test_a_removed_mark_is_filled_from_around_it() -> None:
    source = flat(GREEN, RED)
    source.image[:, :6, :6] = 255
    made = make(Kind.MARK_REMOVED, source, None, (0, 8, 0, 8), rng())
    assert made.image[:, :8, :8].reshape(3, -1).T.unique(dim=0).tolist() == [list(GREEN)]
    assert torch.equal(made.image[:, 20:30, 30:40], source.image[:, 20:30, 30:40])


def test_a_removed_mark_never_takes_the_object_along() -> None:
    source = flat(GREEN, RED)
    made = make(Kind.MARK_REMOVED, source, None, (15, 35, 25, 45), rng())
    assert torch.equal(made.image, source.image)


def test_a_pasted_mark_lies_beside_the_object_and_grows_with_the_picture() -> None:
    donor = flat(BLUE, BLUE)
    donor.image[:, :5, :5] = 255
    source = flat(GREEN, RED, (80, 120))
    made = make(Kind.MARK_PASTED, source, donor, (0, 5, 0, 5), rng())
    white = (made.image == 255).all(dim=0)
    assert int(white.sum()) == 10 * 10
    assert not (white & source.mask).any()
    assert torch.equal(made.mask, source.mask)


def test_a_pasted_mark_brings_nothing_of_its_donors_object() -> None:
    donor = flat(BLUE, RED)
    donor.image[:, 10:14, 20:30] = 255
    made = make(Kind.MARK_PASTED, flat(GREEN, GREEN), donor, (8, 28, 18, 38), rng())
    colours = {tuple(each) for each in made.image.reshape(3, -1).T.tolist()}
    assert (255, 255, 255) in colours
    assert RED not in colours


def test_a_mark_that_has_to_hide_a_part_of_the_object_is_no_object() -> None:
    source = SourcePicture(flat(GREEN, RED).image, torch.ones(40, 60, dtype=torch.bool))
    made = make(Kind.MARK_PASTED, source, flat(BLUE, BLUE), (0, 5, 0, 5), rng())
    assert int((~made.mask).sum()) == 25


def test_a_cropped_border_is_gone_from_image_and_mask() -> None:
    source = flat(GREEN, RED)
    source.image[:, :4] = 255
    made = make(Kind.BORDER_CROPPED, source, None, None, rng())
    assert made.image.shape == (3, 32, 52)
    assert made.mask.shape == (32, 52)
    assert int(made.mask.sum()) == 100
    assert not (made.image == 255).all(dim=0).any()


def test_a_neutral_cast_has_equal_channel_means() -> None:
    source = flat((120, 80, 40), (90, 60, 30))
    made = make(Kind.CAST_NEUTRALISED, source, None, None, rng())
    means = made.image.float().mean(dim=(1, 2))
    assert float(means.max() - means.min()) < 1.0


def test_what_a_kind_needs_has_to_be_given() -> None:
    with pytest.raises(ValueError, match="donor"):
        make(Kind.OBJECT_ELSEWHERE, flat(GREEN, RED), None, None, rng())


@pytest.mark.parametrize("kind", [PropertyKind.EXPOSURE, PropertyKind.BARS])
def test_a_property_is_given_at_the_size_of_the_file(kind: PropertyKind) -> None:
    """A dark, letterboxed donor of another size gives its exposure, or its bars."""
    noise = np.random.default_rng(0)
    bright = torch.from_numpy(noise.integers(120, 220, (3, 60, 80), dtype=np.uint8))
    dark = torch.from_numpy(noise.integers(20, 60, (3, 40, 40), dtype=np.uint8))
    dark[:, :8] = dark[:, -8:] = 0
    mask, other = torch.zeros(60, 80, dtype=torch.bool), torch.zeros(40, 40, dtype=torch.bool)
    mask[20:40, 30:50] = True
    other[16:24, 16:24] = True
    source, donor = SourcePicture(bright, mask), SourcePicture(dark, other)
    made = make(Kind.PROPERTY_EXCHANGED, source, donor, None, rng(), given=kind)
    assert made.size == source.size
    if kind is PropertyKind.BARS:
        assert made.image[:, :11].float().mean() < 10
        assert made.image[:, 14:46].float().mean() > 140
        assert made.mask.any(dim=1).sum() < mask.any(dim=1).sum()
    else:
        assert made.image.float().mean() < 0.5 * bright.float().mean()
        assert torch.equal(made.mask, mask)


def test_compression_is_given_to_a_picture_that_has_none() -> None:
    noise = np.random.default_rng(1).integers(60, 200, (8, 8, 3), dtype=np.uint8)
    clean = np.asarray(Image.fromarray(noise).resize((96, 96), Image.Resampling.BICUBIC))
    donor = torch.from_numpy(compressed(clean, 10).copy()).permute(2, 0, 1)
    source = torch.from_numpy(clean[::-1].copy()).permute(2, 0, 1)
    mask = torch.zeros(96, 96, dtype=torch.bool)
    given = PropertyKind.COMPRESSION
    made = make(
        Kind.PROPERTY_EXCHANGED,
        SourcePicture(source, mask),
        SourcePicture(donor, mask),
        None,
        rng(),
        given=given,
    )
    assert quality_of(made.image.permute(1, 2, 0).contiguous().numpy()) == 10
