"""Counterexamples composed at the size of the file whose object they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.counterexamples.marks import Box
from auditor.counterexamples.properties import with_property
from auditor.counterexamples.recipes import Kind
from auditor.data.masks.reading import read_mask
from auditor.data.pixels import read_pixels
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.places import PropertyKind
from auditor.domain.samples import Sample
from auditor.interventions.appearance import change, frame_width
from auditor.interventions.fills import fill_holes
from auditor.interventions.holes import dilate

TRIES = 64
"""Random places tried for a pasted mark before the one that hides least of the object is taken."""


@dataclass(frozen=True)
class SourcePicture:
    """An upright image and its object.

    Attributes:
        image: (3, H, W) uint8 RGB.
        mask: (H, W) bool.
    """

    image: Tensor
    mask: Tensor

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.mask.shape
        return height, width


def read(sample: Sample, *, mask_fit: bool = False) -> SourcePicture:
    """The upright image of a sample and its mask, at the size of the file.

    Raises:
        UnreadableImage, MaskFault: with the reason.
    """
    image = read_pixels(sample.path)
    if sample.mask is None:
        return SourcePicture(image, torch.zeros(image.shape[1:], dtype=torch.bool))
    size = image.shape[1], image.shape[2]
    objects, ignored = read_mask(sample.mask, size, fit=mask_fit)
    return SourcePicture(image, torch.from_numpy(objects & ~ignored))


def make(  # noqa: PLR0911, one return for each kind
    kind: Kind,
    source: SourcePicture,
    donor: SourcePicture | None,
    box: Box | None,
    rng: np.random.Generator,
    *,
    given: PropertyKind | None = None,
) -> SourcePicture:
    """One counterexample.

    Args:
        kind: how it is made.
        source: the image whose object is shown.
        donor: gives the background or the mark, for the kinds that need one.
        box: where the mark lies in the source (removed) or the donor (pasted).
        rng: of the pasted mark's place.
        given: the donor's property that is given, for `PROPERTY_EXCHANGED`.
    """
    if kind is Kind.PROPERTY_EXCHANGED and donor is not None and given is not None:
        return SourcePicture(
            *with_property(source.image, source.mask, donor.image, donor.mask, given)
        )
    match kind:
        case Kind.OBJECT_ELSEWHERE if donor is not None:
            return _elsewhere(source, donor)
        case Kind.MARK_REMOVED | Kind.EDGE_MARK_REMOVED if box is not None:
            bare = _without(source, box)
            return _across(bare, box) if kind is Kind.EDGE_MARK_REMOVED else bare
        case Kind.MARK_PASTED if donor is not None and box is not None:
            return _with_mark(source, donor, box, rng)
        case Kind.BORDER_CROPPED:
            width = frame_width(source.image.shape[1:])
            inner = slice(width, -width)
            return SourcePicture(source.image[:, inner, inner], source.mask[inner, inner])
        case Kind.CAST_NEUTRALISED:
            return _changed(source, Intervention.GREY_WORLD)
        case Kind.BLURRED:
            return _changed(source, Intervention.BLURRED)
        case _:
            raise ValueError(f"{kind} needs a donor or a place that it was not given")


def _changed(source: SourcePicture, intervention: Intervention) -> SourcePicture:
    return SourcePicture(change(source.image[None], intervention)[0], source.mask)


def exposed(source: SourcePicture, donor: SourcePicture) -> float:
    """Share of a swap's picture in which one would see how the donor's own object was filled."""
    return float((_hole(_cover(donor, source.size)) & ~source.mask).float().mean())


def _hole(picture: SourcePicture) -> Tensor:
    """(1, H, W) bool: its object and what it may have left around it."""
    return dilate(picture.mask[None]) if picture.mask.any() else picture.mask[None]


def _elsewhere(source: SourcePicture, donor: SourcePicture) -> SourcePicture:
    """The object, its edge softened by a pixel, on the donor's background without its object."""
    lender = _cover(donor, source.size)
    holes = _hole(lender)
    background = fill_holes(lender.image[None], holes, ~holes, Fill.PATCHES)[0]
    alpha = F.avg_pool2d(source.mask[None].float(), 3, stride=1, padding=1, count_include_pad=False)
    mixed = torch.lerp(background.float(), source.image.float(), alpha)
    return SourcePicture((mixed + 0.5).to(torch.uint8), source.mask)


def _without(source: SourcePicture, box: Box) -> SourcePicture:
    holes = _window(source, box) & ~source.mask
    sources = ~holes & ~source.mask
    return SourcePicture(
        fill_holes(source.image[None], holes, sources, Fill.PATCHES)[0], source.mask
    )


def _across(source: SourcePicture, box: Box) -> SourcePicture:
    """The image with the object's part inside the box filled from the rest of the object; as it
    is where there is no rest."""
    window = _window(source, box)
    rest = source.mask[None] & ~window
    inner = source.mask[None] & window
    if not rest.any():
        return source
    return SourcePicture(fill_holes(source.image[None], inner, rest, Fill.PATCHES)[0], source.mask)


def _window(source: SourcePicture, box: Box) -> Tensor:
    """(1, H, W) bool."""
    window = torch.zeros_like(source.mask)[None]
    top, bottom, left, right = box
    window[:, top:bottom, left:right] = True
    return window


def _with_mark(
    source: SourcePicture, donor: SourcePicture, box: Box, rng: np.random.Generator
) -> SourcePicture:
    """The donor's mark without its object, as large in proportion, where it hides least."""
    top, bottom, left, right = box
    scale = min(source.size) / min(donor.size)
    height = min(max(1, round((bottom - top) * scale)), source.size[0])
    width = min(max(1, round((right - left) * scale)), source.size[1])
    patch = donor.image[None, :, top:bottom, left:right].float()
    mark = F.interpolate(patch, size=(height, width), mode="bilinear", antialias=True)[0]
    held = _hole(donor)[None, :, top:bottom, left:right].float()
    mark_only = F.interpolate(held, size=(height, width), mode="nearest-exact")[0, 0] == 0
    rows = rng.integers(0, source.size[0] - height + 1, TRIES)
    columns = rng.integers(0, source.size[1] - width + 1, TRIES)
    hidden = [
        int(source.mask[y : y + height, x : x + width].sum())
        for y, x in zip(rows, columns, strict=True)
    ]
    best = int(np.argmin(hidden))
    y, x = int(rows[best]), int(columns[best])
    image, mask = source.image.clone(), source.mask.clone()
    place = slice(y, y + height), slice(x, x + width)
    pasted = (mark + 0.5).clamp(0, 255).to(torch.uint8)
    image[:, *place] = torch.where(mark_only, pasted, image[:, *place])
    mask[place] &= ~mark_only
    return SourcePicture(image, mask)


def _cover(picture: SourcePicture, size: tuple[int, int]) -> SourcePicture:
    """The picture enlarged or reduced to cover a frame of (height, width), cut at the middle."""
    scale = max(size[0] / picture.size[0], size[1] / picture.size[1])
    new = [max(size[axis], round(picture.size[axis] * scale)) for axis in (0, 1)]
    image = F.interpolate(picture.image[None].float(), size=new, mode="bilinear", antialias=True)
    mask = F.interpolate(picture.mask[None, None].float(), size=new, mode="nearest-exact")
    top, left = ((new[axis] - size[axis]) // 2 for axis in (0, 1))
    frame = slice(top, top + size[0]), slice(left, left + size[1])
    return SourcePicture(
        (image[0][:, *frame] + 0.5).clamp(0, 255).to(torch.uint8), mask[0, 0][frame] > 0
    )
