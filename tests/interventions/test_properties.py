"""Changes of the whole image, transplants and salient patches, on images made up for each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.interventions import APPEARANCES, Intervention
from auditor.interventions.appearance import change, frame_width
from auditor.interventions.holes import find_objects
from auditor.interventions.properties import (
    boxes,
    find_places,
    frame,
    measure_appearance,
    pyramid,
    rebuilt,
)
from auditor.interventions.transplants import framed, patched, softened, tinted
from tests.interventions.making import flat_batch, sample

GREY = torch.full((1, 3, 40, 48), 100, dtype=torch.uint8)


def noise(*size: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, size, generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_flat_grey_looks_the_same_after_every_change(appearance: Intervention) -> None:
    grey = torch.full_like(GREY, 128)  # a value that every JPEG table keeps
    changed = change(grey, appearance)
    assert changed.dtype == torch.uint8
    assert (changed.int() - grey.int()).abs().max() <= 1


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_images_of_a_batch_do_not_mix(appearance: Intervention) -> None:
    images = noise(3, 3, 33, 40)
    together = change(images, appearance)
    assert torch.equal(together[1:2], change(images[1:2], appearance))


def test_grey_world_takes_a_cast_away_and_greyscale_all_colour() -> None:
    plain = noise(2, 3, 32, 32).float() / 2
    cast = (plain * torch.tensor([1.6, 1.0, 0.5]).view(1, 3, 1, 1)).to(torch.uint8)
    balanced = change(cast, Intervention.GREY_WORLD).float().mean(dim=(2, 3))
    assert (balanced.amax(dim=1) - balanced.amin(dim=1)).max() < 1.0
    colourless = change(cast, Intervention.GREYSCALE)
    assert torch.equal(colourless[:, 0], colourless[:, 2])
    # BT.601: red at full strength is 76 grey.
    red = torch.zeros(1, 3, 8, 8, dtype=torch.uint8)
    red[:, 0] = 255
    assert change(red, Intervention.GREYSCALE).unique().tolist() == [76]


def test_the_border_is_cropped_away() -> None:
    image = torch.full((1, 3, 40, 40), 50, dtype=torch.uint8)
    image[:, :, frame(image.shape[2:], image.device)] = 255
    assert change(image, Intervention.BORDER_CROPPED).unique().tolist() == [50]
    assert frame_width(torch.Size((40, 40))) == 4


@settings(max_examples=25, deadline=None)
@given(st.integers(9, 40), st.integers(9, 40))
def test_a_pyramid_holds_the_whole_image(height: int, width: int) -> None:
    image = noise(1, 3, height, width, seed=height * 100 + width).float()
    torch.testing.assert_close(rebuilt(*pyramid(image)), image, atol=1e-3, rtol=0)


def test_a_tint_is_handed_on_at_about_the_same_brightness() -> None:
    own, given_ = torch.tensor([[100.0, 100, 100]]), torch.tensor([[60.0, 50, 40]])
    changed = tinted(GREY, own, given_).float().mean(dim=(2, 3))
    assert changed.tolist()[0] == pytest.approx([120, 100, 80], abs=1)
    assert torch.equal(tinted(GREY, given_, given_), GREY)


def test_softness_is_handed_on_and_nothing_is_sharpened() -> None:
    image = noise(1, 3, 64, 64)
    sharp, soft = torch.tensor([[900.0, 400, 100]]), torch.tensor([[9.0, 40, 100]])
    blurred = softened(image, sharp, soft).float()
    assert blurred.std() < 0.6 * image.float().std()
    again = softened(image, soft, sharp)
    assert (again.int() - image.int()).abs().max() <= 1


def test_frame_and_patch_lie_where_they_should() -> None:
    images, givers = torch.zeros(1, 3, 40, 40, dtype=torch.uint8), torch.full((1, 3, 40, 40), 9)
    givers = givers.to(torch.uint8)
    assert framed(images, givers)[0, 0, 4:-4, 4:-4].max() == 0
    assert framed(images, givers)[0, 0, :4].min() == 9
    objects = torch.zeros(1, 40, 40, dtype=torch.bool)
    objects[:, :, 30:] = True
    found = patched(images, givers, objects, torch.tensor([[2, 25]]), 10)[0, 0]
    assert found[2:12, 25:30].min() == 9
    assert int((found == 9).sum()) == 50  # the object hides the other half


def test_the_salient_patch_is_where_the_map_is_high_off_the_object() -> None:
    subjects = flat_batch(
        [sample("a", "x"), sample("b", "x"), sample("c", "x")], [(9, 9, 9)] * 3, [(1, 1, 1)] * 3
    )
    object_masks = find_objects(subjects)
    maps = torch.zeros(3, 5, 5)
    maps[0, 0, 4] = 1.0  # top right
    maps[0, 2, 2] = 9.0  # on the object: does not count
    maps[1, 2, 2] = 9.0
    places = find_places(object_masks, maps)
    assert places.side == 12
    assert places.salient[0].tolist() == [0, 28]
    box = boxes(places.salient[:1], places.side, subjects.images.shape[2:])
    assert int(box.sum()) == 144
    assert not (box & object_masks.masks[:1]).any()
    assert bool(places.found[0])
    assert not bool(places.found[2])
    assert bool(places.has_mirror[0])
    mirror = places.mirrored[0].tolist()
    assert mirror in ([0, 0], [28, 28], [28, 0])
    assert not find_places(object_masks, None).found.any()


def test_in_a_picture_without_mask_a_corner_stands_in_for_the_mirror() -> None:
    subjects = flat_batch([sample("a", "x")] * 2, [(9, 9, 9)] * 2, [(1, 1, 1)] * 2)
    nobody = torch.zeros_like(subjects.masks)
    maskless = replace(subjects, masks=nobody, has_mask=torch.tensor([False, False]))
    maps = torch.zeros(2, 5, 5)
    maps[:, 2, 2] = 9.0  # in the middle: every mirrored patch overlaps it
    maps[0, 0, 0] = maps[0, 4, 4] = maps[0, 4, 0] = 1.0
    places = find_places(find_objects(maskless), maps)
    assert places.has_mirror.tolist() == [True, True]
    assert places.mirrored[0].tolist() == [0, 28]  # the corner that the map sees least of
    apart = (places.mirrored - places.salient).abs().amax(dim=1)
    assert (apart >= places.side).all()
    masked = find_places(find_objects(subjects), maps)
    far = (masked.mirrored - masked.salient).abs().amax(dim=1)
    assert ((far >= masked.side) == masked.has_mirror).all()


def test_without_a_mask_the_tint_is_that_of_the_frame() -> None:
    subjects = flat_batch([sample("a", "x")], [(255, 0, 0)], [(10, 90, 10)])
    object_masks = find_objects(subjects)
    masked = measure_appearance(
        subjects, object_masks, find_places(object_masks, None), batch_size=4
    )
    np.testing.assert_allclose(masked.colour_casts, [[10, 90, 10]], atol=0.01)
    nobody = torch.zeros_like(subjects.masks)
    maskless = replace(subjects, masks=nobody, has_mask=torch.tensor([False]))
    object_masks = find_objects(maskless)
    found = measure_appearance(
        maskless, object_masks, find_places(object_masks, None), batch_size=4
    )
    np.testing.assert_allclose(found.colour_casts, [[10, 90, 10]], atol=0.01)
