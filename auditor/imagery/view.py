"""The network's view of a picture, for the eye: torchvision's resize and centre crop, by PIL."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from auditor.domain.messages import coded
from auditor.domain.preprocess import Interpolation, Preprocess
from auditor.imagery.decode import MAX_PIXELS, UnreadableImage

RESAMPLING: dict[Interpolation, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def model_view(image: Image.Image, preprocess: Preprocess) -> Image.Image:
    """What the network is shown of an upright image, before normalisation.

    The geometry is that of torchvision's `Resize(antialias=True)` and `CenterCrop`, which pads
    with black where the image is smaller than the crop. Pixel values may differ by rounding.

    Returns:
        RGB.

    Raises:
        UnreadableImage: as `resized_size`.
    """
    view = image.convert("RGB")
    size = resized_size(view.size, preprocess.resize)
    if size != view.size:
        view = view.resize(size, RESAMPLING[preprocess.interpolation])
    return view if preprocess.crop is None else _centre_crop(view, preprocess.crop)


def view_size(size: tuple[int, int], preprocess: Preprocess) -> tuple[int, int]:
    """Width and height of the view of an image of that width and height."""
    crop = preprocess.crop
    return resized_size(size, preprocess.resize) if crop is None else (crop, crop)


def resized_size(size: tuple[int, int], resize: int | tuple[int, int] | None) -> tuple[int, int]:
    """Width and height after the resize, before the crop.

    Raises:
        UnreadableImage: if resizing the shorter side would make the longer one monstrous.
    """
    width, height = resized = size
    if isinstance(resize, tuple):
        resized = (resize[1], resize[0])
    elif resize is not None:
        short = min(width, height)
        resized = (int(resize * width / short), int(resize * height / short))
    if min(resized) < 1 or resized[0] * resized[1] > MAX_PIXELS:
        raise UnreadableImage(
            coded(
                "skip.resize",
                "{size} pixels cannot be resized to {resize}",
                size=f"{width}x{height}",
                resize=str(resize),
            )
        )
    return resized


def _centre_crop(view: Image.Image, side: int) -> Image.Image:
    width, height = view.size
    across, down = max(side - width, 0), max(side - height, 0)
    if across or down:
        left, top = across // 2, down // 2
        view = ImageOps.expand(view, (left, top, across - left, down - top), fill=0)
        width, height = view.size
    left, top = round((width - side) / 2), round((height - side) / 2)
    return view.crop((left, top, left + side, top + side))


def field_of_view(
    values: NDArray[np.uint16], preprocess: Preprocess, *, fill: int, most_pixels: int
) -> NDArray[np.uint16]:
    """What lies in the network's view of an upright picture, in the file's own pixels.

    Every value is one of the file's: nothing is averaged. A view of other proportions than the
    picture repeats pixels along one side; one of over `most_pixels` leaves pixels out.

    Args:
        values: (H, W) or (H, W, C).
        preprocess: the network's.
        fill: stands where the view reaches beyond the picture.

    Raises:
        UnreadableImage: as `resized_size`.
    """
    height, width = values.shape[:2]
    resized = resized_size((width, height), preprocess.resize)
    view = view_size((width, height), preprocess)
    scale = max(width / resized[0], height / resized[1])
    scale = min(scale, (most_pixels / (view[0] * view[1])) ** 0.5)
    across = _source_pixels(view[0], resized[0], width, scale)
    down = _source_pixels(view[1], resized[1], height, scale)
    found = values[np.ix_(np.clip(down, 0, height - 1), np.clip(across, 0, width - 1))]
    found[(down < 0) | (down >= height), :] = fill
    found[:, (across < 0) | (across >= width)] = fill
    return found


def _source_pixels(view: int, resized: int, length: int, scale: float) -> NDArray[np.int64]:
    """For each pixel along one side of a view enlarged by `scale`, the picture's, which may lie
    beyond it."""
    count = max(1, round(view * scale))
    places = (resized - view) / 2 + (np.arange(count) + 0.5) * view / count
    return np.floor(places * length / resized).astype(np.int64)
