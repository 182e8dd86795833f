"""The network's view of a picture, for the eye: torchvision's resize and centre crop, by PIL."""

from __future__ import annotations

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
