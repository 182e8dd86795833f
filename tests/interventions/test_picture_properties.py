"""What every property of the whole picture has to do: show where it is planted, and be given.

Each property needs a planted example (`tests.fakes.planted_cues.PROPERTIES`) and a file of its own.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import auditor.interventions.picture_properties as room
from auditor.domain.cues import CUES
from auditor.domain.places import Property, PropertyKind
from auditor.domain.preprocess import Preprocess
from auditor.interventions.picture_properties import offered_properties
from auditor.interventions.swap_pictures import Compression, Pictures, prepare, swap_attribute
from tests.fakes.planted_cues import PROPERTIES, SIZE, jpeg, picture
from tests.interventions.making import batch_of, sample

QUALITY = 10
FILES = {PropertyKind.ASPECT: (60, 120), PropertyKind.RESOLUTION: (SIZE // 4, SIZE // 4)}
"""Height and width of the planted picture's file; else as large as the input."""
OF_FILES = {*FILES, PropertyKind.COMPRESSION}
"""Measured on files, so the pixels of the changed picture are held against the planted one's."""
SUBJECT, DONOR = torch.tensor([0]), torch.tensor([1])
SQUEEZED = Preprocess(resize=(SIZE, SIZE), crop=None)


def _prepared(images: Tensor, mask: Tensor, kind: PropertyKind) -> Pictures:
    batch = batch_of(
        [sample("plain", "red"), sample("planted", "cued")], images, torch.stack([mask, mask])
    )
    batch.original_sizes[1] = torch.tensor(FILES.get(kind, (SIZE, SIZE)))

    def view(_case: str, quality: int) -> Tensor:
        file = images[0].permute(1, 2, 0).numpy().astype(float)
        return torch.from_numpy(jpeg(file, quality).astype(np.uint8)).permute(2, 0, 1)

    strong = {"planted": QUALITY} if kind is PropertyKind.COMPRESSION else {}
    return prepare(batch, None, Compression(strong, view))


def _pictures(kind: PropertyKind) -> tuple[Pictures, Tensor]:
    """A picture as it is, and another one of the same scene with the property planted; the mask of
    both."""
    plain, mask = picture("red", np.random.default_rng(3), lambda pixels, _: pixels)
    planted = PROPERTIES[kind](plain, np.random.default_rng(4))
    images = np.stack([plain, planted]).clip(0, 255).astype(np.uint8)
    as_tensor = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    return _prepared(as_tensor, torch.from_numpy(mask), kind), torch.from_numpy(mask)


def test_every_property_has_a_cue_a_file_and_a_planted_example() -> None:
    cues = {spec.property for spec in CUES}
    files = {path.stem for path in Path(room.__file__).parent.glob("*.py")} - {"__init__", "base"}
    for kind in PropertyKind:
        assert kind in cues, f"no row of CUES has the property '{kind}'"
        assert kind.value in files, f"no {kind}.py in auditor/interventions/picture_properties"
        assert kind in PROPERTIES, f"tests.fakes.planted_cues.PROPERTIES has no '{kind}'"
    assert files == {kind.value for kind in PropertyKind}


@pytest.mark.parametrize("kind", PropertyKind)
def test_a_planted_property_shows_and_is_offered(kind: PropertyKind) -> None:
    pictures, _ = _pictures(kind)
    assert set(pictures.properties) == set(PropertyKind)
    values = pictures.properties[kind]
    assert len(values) == 2
    assert not torch.equal(values[0], values[1])
    assert kind in offered_properties(pictures.properties, SQUEEZED)


@pytest.mark.parametrize("kind", PropertyKind)
def test_a_picture_is_given_the_property_and_from_itself_nothing(kind: PropertyKind) -> None:
    pictures, mask = _pictures(kind)
    plain, planted = pictures.precomputed.images

    def given(donor: Tensor) -> Tensor:
        return swap_attribute(pictures, Property(kind), SUBJECT, donor, SUBJECT)

    assert (given(SUBJECT)[0].float() - plain.float()).abs().max() <= 1
    changed = given(DONOR)
    assert (changed[0].float() - plain.float()).abs().mean() > 1
    if kind in OF_FILES:
        wanted, before, after = (each.float() for each in (planted, plain, changed[0]))
    else:
        before, wanted = pictures.properties[kind].float()
        again = _prepared(torch.cat([changed, planted[None]]), mask, kind)
        after = again.properties[kind][0].float()
    assert (after - wanted).abs().mean() < 0.5 * (before - wanted).abs().mean()
