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
from torchvision import tv_tensors
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from auditor.domain.preprocess import Preprocess
from auditor.imagery.decode import MAX_PIXELS, UnreadableImage
from auditor.imagery.view import view_size


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
    _refuse_monsters(image.shape[-2:], preprocess)
    picture = tv_tensors.Image(image)
    if preprocess.resize is not None:
        picture = _resized(picture, preprocess)
    size = picture.shape[-2:]
    if preprocess.crop is not None:
        picture = transforms.center_crop(picture, [preprocess.crop])
    seen = picture.as_subclass(Tensor)
    if masks is None:
        return View(seen, None, float("nan"))
    planes = _to_size(tv_tensors.Mask(np.stack(masks).view(np.uint8)), size)
    before = int(planes[0].sum())
    if preprocess.crop is not None:
        planes = transforms.center_crop(planes, [preprocess.crop])
    lost = 1.0 - int(planes[0].sum()) / before if before else float("nan")
    return View(seen, planes.as_subclass(Tensor).bool(), lost)


def _resized(picture: Tensor, preprocess: Preprocess) -> Tensor:
    size = preprocess.resize
    resized: Tensor = transforms.resize(
        picture,
        list(size) if isinstance(size, tuple) else [size],
        interpolation=InterpolationMode(preprocess.interpolation),
        antialias=True,
    )
    return resized


def _to_size(planes: Tensor, size: torch.Size) -> Tensor:
    resized: Tensor = transforms.resize_image(
        planes.as_subclass(Tensor), list(size), interpolation=InterpolationMode.NEAREST_EXACT
    )
    mask: Tensor = tv_tensors.Mask(resized)
    return mask


def _refuse_monsters(size: tuple[int, ...], preprocess: Preprocess) -> None:
    height, width = size
    uncropped = Preprocess(resize=preprocess.resize, crop=None)
    across, down = view_size((width, height), uncropped)
    if min(across, down) < 1 or across * down > MAX_PIXELS:
        raise UnreadableImage(f"{width}x{height} pixels cannot be resized to {preprocess.resize}")
