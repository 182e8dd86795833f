"""The only reader of image files: nothing outside a run's data root is ever opened.

Pictures leave as data addresses: they travel on the reader's own session, so that there is no
address of a picture which a stranger could guess or keep.
"""

from __future__ import annotations

import io
import math
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from auditor.domain.bounds import MOST_PIXELS, MOST_SIDE
from auditor.domain.errors import AuditorError
from auditor.domain.manifest import Manifest
from auditor.domain.messages import N_, phrase
from auditor.domain.preprocess import Preprocess
from auditor.imagery import stored
from auditor.imagery.colormap import inferno
from auditor.imagery.decode import UnreadableImage, open_upright
from auditor.imagery.overlay import cam_grid, outline_layer
from auditor.imagery.rle import decode_rle
from auditor.imagery.view import model_view, view_size
from auditor.storage.manifest import preprocess_of

CARD_SIDE = 288
LARGE_SIDE = 640
FULL_SIDE = 4096
"""Shorter side of the largest view, where its file has as many pixels."""
MOST_PICTURES = 1024
QUALITY = 85
SMOOTHING = 0.7


@dataclass(frozen=True, slots=True)
class Layers:
    """What the browser lays over one another, as plain JSON values.

    Attributes:
        picture: the network's view as a data address, or None with `missing` in words.
        heat: the map's grid: base64 of uint8 row by row, height, width; None if it is all zero.
        contour: the object's outline as a data address, or None without a mask.
        missing: why there is no picture.
    """

    picture: str | None
    heat: dict[str, Any] | None
    contour: str | None
    missing: str | None = None


def layers(case: Mapping[str, Any], manifest: Manifest, side: int) -> Layers:
    """The layers of a case, about `side` pixels large. A file that is gone is told, not raised."""
    heat = _heat(case)
    try:
        path = resolve(Path(manifest.data_root), str(case["image"]))
        preprocess = preprocess_of(manifest)
        stamp = path.stat().st_mtime_ns
        # Megabytes each: whoever looks closely waits for a picture, the server keeps none.
        view = _view if side <= LARGE_SIDE else _view.__wrapped__
        picture = view(path, stamp, preprocess, side)
    except (AuditorError, UnreadableImage, OSError, ValueError, RuntimeError) as error:
        return Layers(None, heat, None, _why(error))
    return Layers(picture, heat, _contour(case.get("mask"), side))


def has_depth(case: Mapping[str, Any], manifest: Manifest) -> bool:
    """Whether a case's file holds more than eight bits show: False where it cannot be read."""
    try:
        path = resolve(Path(manifest.data_root), str(case["image"]))
        return stored.has_depth(path)
    except (AuditorError, UnreadableImage, OSError, ValueError, RuntimeError):
        return False


def resolve(root: Path, image: str) -> Path:
    """The file of `image` under `root`.

    Raises:
        AuditorError: the name leads out of `root`, by `..`, as an absolute path or by a link.
        OSError, ValueError, RuntimeError: there is no such file, or no file can have such a name.
    """
    home = root.resolve(strict=True)
    path = (home / image).resolve(strict=True)
    if not path.is_relative_to(home):
        raise AuditorError(
            N_("The picture lies outside the data's folder and is not opened."),
            code="dashboard.outside_data",
            expected=phrase("a file under {home}", home=home),
            got=image,
            remedy=N_("audit the data with the files inside the folder"),
        )
    return path


def colours() -> str:
    """Base64 of the heat map's 256 RGB colours, cold to hot."""
    return b64encode(inferno(np.linspace(0.0, 1.0, 256)).tobytes()).decode()


def jpeg_address(jpeg: bytes) -> str:
    """JPEG bytes as a data address."""
    return "data:image/jpeg;base64," + b64encode(jpeg).decode()


def enlarged(preprocess: Preprocess, size: tuple[int, int], side: int) -> Preprocess:
    """The same geometry in more pixels, where the file has them: sharper for the eye.

    Args:
        preprocess: the network's.
        size: width and height of the upright file.
        side: wanted length of the view's shorter side.
    """
    if preprocess.resize is None:
        return preprocess
    shorter = min(view_size(size, preprocess))
    resize = preprocess.resize
    resized = resize if isinstance(resize, int) else min(resize)
    factor = min(side / shorter, max(1.0, min(size) / resized))
    if factor <= 1.0:
        return preprocess
    return replace(
        preprocess,
        resize=round(resize * factor)
        if isinstance(resize, int)
        else (round(resize[0] * factor), round(resize[1] * factor)),
        crop=None if preprocess.crop is None else round(preprocess.crop * factor),
    )


@lru_cache(maxsize=MOST_PICTURES)
def _view(path: Path, _stamp: int, preprocess: Preprocess, side: int) -> str:
    image = open_upright(path)
    view = model_view(image, enlarged(preprocess, image.size, side))
    view.thumbnail((2 * side, 2 * side))
    if view.width * view.height > MOST_PIXELS:
        shrink = math.sqrt(MOST_PIXELS / (view.width * view.height))
        view.thumbnail((int(view.width * shrink), int(view.height * shrink)))
    buffer = io.BytesIO()
    view.save(buffer, "JPEG", quality=QUALITY)
    return jpeg_address(buffer.getvalue())


def _heat(case: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        grid = cam_grid(bytes(case["cam"]), int(case["cam_height"]), int(case["cam_width"]))
    except (TypeError, ValueError):  # a map that no audit writes
        return None
    if not grid.any():
        return None
    height, width = grid.shape
    return {"grid": b64encode(grid.tobytes()).decode(), "height": height, "width": width}


@lru_cache(maxsize=MOST_PICTURES)
def _contour(mask: str | None, side: int) -> str | None:
    if mask is None:
        return None
    try:
        inside = decode_rle(mask)
    except ValueError:
        return None
    height, width = inside.shape
    if max(height, width) > MOST_SIDE:
        return None
    # A mask one pixel high must not become a picture of billions.
    most = math.isqrt(MOST_PIXELS // (height * width))
    factor = max(1, min(most, round(side / min(height, width))))
    size = (width * factor, height * factor)
    # Smooth first: the steps of a small mask are no part of the object.
    large = Image.fromarray(inside.astype(np.uint8) * 255).resize(size, Image.Resampling.BICUBIC)
    soft = large.filter(ImageFilter.GaussianBlur(SMOOTHING * factor)) if factor > 1 else large
    layer = outline_layer(np.asarray(soft) > 127, size)
    buffer = io.BytesIO()
    layer.save(buffer, "PNG")
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()


def _why(error: Exception) -> str:
    if isinstance(error, AuditorError):
        return error.problem
    if isinstance(error, UnreadableImage):
        return phrase("The picture cannot be shown: {why}.", why=error.reason)
    return phrase("The picture is not where the audit found it. Put the data back to see it.")
