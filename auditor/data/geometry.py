"""One geometry for an image and its mask: resize, then centre crop.

The image is resized with antialiasing by torchvision's transforms v2, in uint8. Its mask goes to
exactly the image's new size by nearest neighbour, centred on pixels (`nearest-exact`): plain
`nearest` looks at the upper left corner of each pixel and so shifts a mask by up to half a pixel of
the network's input. Where an image is smaller than the crop, torchvision's centre crop pads with
black; that frame is background like any other, for a network can read the aspect ratio off it, and
that would be a shortcut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from auditor.domain.preprocess import Preprocess
from auditor.imagery.view import resized_size


@dataclass(frozen=True)
class View:
    """What the network sees of one image.

    Attributes:
        image: (3, H, W) uint8 RGB.
        planes: (2, H, W) bool: object, ignored; None without a mask.
        object_cropped: share of the object's pixels that the crop cut off, 0..1; NaN without any.
    """

    image: Tensor
    planes: Tensor | None
    object_cropped: float


def to_view(
    image: Tensor,
    masks: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None,
    preprocess: Preprocess,
) -> View:
    """Move an upright image and its mask through the preprocessing's geometry.

    Args:
        image: (3, H, W) uint8 RGB.
        masks: object and ignored pixels, (H, W) bool each, or None.

    Raises:
        UnreadableImage: if resizing the shorter side would make the longer one monstrous.
    """
    height, width = image.shape[-2:]
    across, down = resized_size((width, height), preprocess.resize)
    size = [down, across]
    whole = _resized(image, size, InterpolationMode(preprocess.interpolation))
    seen = _cropped(whole, preprocess.crop)
    if masks is None:
        return View(seen, None, float("nan"))
    stacked = torch.from_numpy(np.stack(masks).view(np.uint8))
    resized = _resized(stacked, size, InterpolationMode.NEAREST_EXACT)
    planes = _cropped(resized, preprocess.crop)
    before = int(resized[0].sum())
    lost = 1.0 - int(planes[0].sum()) / before if before else float("nan")
    return View(seen, planes.bool(), lost)


def _resized(pixels: Tensor, size: list[int], interpolation: InterpolationMode) -> Tensor:
    resized: Tensor = transforms.resize_image(
        pixels, size, interpolation=interpolation, antialias=True
    )
    return resized


def _cropped(pixels: Tensor, side: int | None) -> Tensor:
    """torchvision's centre crop; where nothing is padded, a view of the same memory."""
    if side is None:
        return pixels
    height, width = pixels.shape[-2:]
    if min(height, width) < side:
        padded: Tensor = transforms.center_crop_image(pixels, [side])
        return padded
    top, left = round((height - side) / 2), round((width - side) / 2)
    return pixels[..., top : top + side, left : left + side]
