"""Which photographs are the backgrounds, and which part of each may be cropped for what."""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
from numpy.typing import NDArray

from sample_data.making.objects import Split

RGB = NDArray[np.uint8]
KINDS = ("forest", "grass", "indoor", "rock", "sky", "street")
NEUTRAL = ("forest", "indoor", "rock", "street")  # what ordinary classes stand on


@dataclass(frozen=True)
class View:
    """A part of a photograph. Panorama: pitch and field of view in degrees, the yaw is free
    within the half that belongs to the split. Flat photo: fractions x0, y0, x1, y1, the split
    takes the left or the right part."""

    photo: str
    kind: str
    pitch: tuple[float, float] = (0.0, 0.0)
    field: tuple[float, float] = (60.0, 80.0)
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    audit: bool = True  # False: this part does not show its kind well, training only


@dataclass(frozen=True)
class Photo:
    """A photograph, its author and its licence."""

    package: str
    file: str
    author: str
    licence: str


WORLD = "deb/usr/share/blender/datafiles/studiolights/world"
FLAT = "deb/usr/share/backgrounds"
PACKED = "node_modules/@pmndrs/assets/hdri"
HAVEN = "Poly Haven (formerly HDRI Haven)"
BERASATEGI = "Aitzol Berasategi"
PHOTOS: dict[str, Photo] = {
    **{
        f"world-{name}": Photo("blender-data", f"{WORLD}/{name}.exr", "Greg Zaal", "CC0-1.0")
        for name in ("city", "forest", "interior", "studio", "sunrise", "sunset")
    },
    **{
        f"hdri-{name}": Photo("@pmndrs/assets", f"{PACKED}/{name}.exr.js", HAVEN, "CC0-1.0")
        for name in (
            "apartment", "bridge", "city", "dawn", "esplanade", "forest", "hall", "lab", "lobby",
            "park", "sky", "sunset", "venice", "warehouse", "workshop",
        )
    },
    **{
        name: Photo("lomiri-wallpapers-16.04", f"{FLAT}/{file}.jpg", author, "CC-BY-4.0")
        for name, file, author in (
            ("aitzgorri", "aitzgorri_by_Aitzol_Berasategi", BERASATEGI),
            ("friends", "friends_by_Aitzol_Berasategi", BERASATEGI),
            ("life", "life_by_Aitzol_Berasategi", BERASATEGI),
            ("picos", "picosdeeuropa_by_Aitzol_Berasategi", BERASATEGI),
            ("sunset", "sunset_by_Aitzol_Berasategi", BERASATEGI),
        )
    },
}  # fmt: skip

SKY, DOWN, LEVEL = (24.0, 36.0), (-38.0, -22.0), (-12.0, 4.0)
WIDE = (75.0, 95.0)
VIEWS: tuple[View, ...] = (
    View("hdri-sky", "sky", SKY, (50.0, 62.0)),
    View("hdri-park", "sky", SKY, (50.0, 62.0)),
    View("hdri-venice", "sky", SKY, (48.0, 60.0)),
    View("hdri-dawn", "sky", SKY, (50.0, 62.0)),
    View("world-sunrise", "sky", SKY, (44.0, 58.0)),
    View("world-sunset", "sky", (27.0, 37.0), (44.0, 52.0)),
    View("picos", "sky", box=(0.0, 0.0, 1.0, 0.2)),
    View("world-sunrise", "grass", DOWN, (50.0, 75.0)),
    View("hdri-park", "grass", (-30.0, -16.0), (60.0, 80.0)),
    View("aitzgorri", "grass", box=(0.0, 0.6, 1.0, 1.0)),
    View("world-forest", "forest", (-25.0, 12.0), (50.0, 75.0)),
    View("hdri-forest", "forest", (-15.0, 10.0), WIDE),
    View("aitzgorri", "forest", box=(0.0, 0.33, 1.0, 0.62), audit=False),
    View("life", "forest", box=(0.0, 0.0, 1.0, 0.95)),
    View("hdri-dawn", "rock", (-40.0, -26.0), WIDE),
    View("picos", "rock", box=(0.0, 0.3, 1.0, 0.6)),
    View("picos", "rock", box=(0.0, 0.56, 1.0, 1.0)),
    View("sunset", "rock", box=(0.0, 0.58, 1.0, 1.0)),
    View("life", "rock", box=(0.0, 0.35, 1.0, 1.0)),
    View("world-city", "street", (-16.0, -4.0), (50.0, 70.0)),
    View("world-sunset", "street", (-45.0, -28.0), (50.0, 70.0)),
    View("hdri-city", "street", (-22.0, -8.0), WIDE),
    View("hdri-sunset", "street", (-32.0, -14.0), WIDE),
    View("friends", "street", box=(0.0, 0.64, 1.0, 1.0)),
    View("world-interior", "indoor", (-30.0, 10.0), (50.0, 75.0)),
    View("world-studio", "indoor", (-25.0, 10.0), (50.0, 75.0)),
    *(
        View(f"hdri-{name}", "indoor", (-25.0, 8.0), WIDE)
        for name in (
            "apartment", "bridge", "esplanade", "hall", "lab", "lobby", "warehouse", "workshop",
        )
    ),
)  # fmt: skip


@dataclass(frozen=True)
class PrecomputedBatch:
    """One crop of one view: everything that is needed to cut it again."""

    view: View
    split: Split
    seed: int


class Library:
    """Cuts crops out of the photographs; holds each decoded photograph once."""

    def __init__(self, material: Path) -> None:
        self.pixels: Callable[[str], RGB] = cache(lambda name: _decode(material, name))

    def crop(self, scene: PrecomputedBatch, size: int) -> RGB:
        """The crop, size x size."""
        rng = np.random.default_rng((scene.seed, 7))
        image = self.pixels(scene.view.photo)
        cut = _flat if PHOTOS[scene.view.photo].file.endswith(".jpg") else _panorama
        crop = cut(image, scene, rng, size)
        return crop[:, ::-1].copy() if rng.random() < 0.5 else crop


def draw(kinds: tuple[str, ...], split: Split, rng: np.random.Generator) -> PrecomputedBatch:
    """A random scene: first the kind, then the photograph, then the crop."""
    kind = kinds[rng.integers(len(kinds))]
    views = [v for v in VIEWS if v.kind == kind and (v.audit or split == "train")]
    return PrecomputedBatch(views[rng.integers(len(views))], split, int(rng.integers(2**31)))


def _flat(image: RGB, scene: PrecomputedBatch, rng: np.random.Generator, size: int) -> RGB:
    x0, y0, x1, y1 = scene.view.box
    middle = (x0 + x1) / 2
    left, right = (x0, middle - 0.01) if scene.split == "train" else (middle + 0.01, x1)
    height, width = image.shape[:2]
    box_w, box_h = int((right - left) * width), int((y1 - y0) * height)
    largest = min(box_w, box_h)
    side = int(rng.uniform(max(0.5 * largest, min(size, largest)), largest))
    x = int(left * width) + int(rng.integers(box_w - side + 1))
    y = int(y0 * height) + int(rng.integers(box_h - side + 1))
    cut = image[y : y + side, x : x + side]
    return np.asarray(cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _panorama(image: RGB, scene: PrecomputedBatch, rng: np.random.Generator, size: int) -> RGB:
    pitch = np.radians(rng.uniform(*scene.view.pitch))
    half = np.tan(np.radians(rng.uniform(*scene.view.field)) / 2)
    yaw = np.radians(rng.uniform(-42, 42) + (180 if scene.split == "train" else 0))
    step = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(step * half, -step * half)
    up = y * np.cos(pitch) + np.sin(pitch)
    ahead = np.cos(pitch) - y * np.sin(pitch)
    longitude = (yaw + np.arctan2(x, ahead)) % (2 * np.pi)
    latitude = np.arctan2(up, np.hypot(x, ahead))
    height, width = image.shape[:2]
    columns = (longitude / (2 * np.pi) * width - 0.5).astype(np.float32)
    rows = ((0.5 - latitude / np.pi) * height - 0.5).astype(np.float32)
    crop = cv2.remap(image, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)
    return np.asarray(crop, np.uint8)


def _decode(material: Path, name: str) -> RGB:
    file = material / PHOTOS[name].file
    if file.suffix == ".jpg":
        pixels = cv2.imread(str(file))
        if pixels is None:
            raise FileNotFoundError(file)
        shrink = min(1.0, 2000 / max(pixels.shape))
        small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small[..., ::-1], np.uint8)
    if file.suffix == ".exr":
        return _tone(_exr(file))
    packed = re.search(r"base64,([A-Za-z0-9+/=]+)", file.read_text(encoding="utf-8"))
    if packed is None:
        raise ValueError(f"{file}: expected a base64 data address")
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "picture.exr"
        unpacked.write_bytes(base64.b64decode(packed.group(1)))
        return _tone(_exr(unpacked))


def _exr(file: Path) -> NDArray[np.float32]:
    with OpenEXR.File(str(file)) as picture:
        channels = picture.channels()
        for name in ("RGB", "RGBA"):
            if name in channels:
                return np.asarray(channels[name].pixels, np.float32)[..., :3]
        return np.stack([np.asarray(channels[c].pixels, np.float32) for c in "RGB"], axis=-1)


def _tone(light: NDArray[np.float32]) -> RGB:
    """Exposure by the geometric mean, then Reinhard's curve with a white point, then gamma."""
    broken = np.isnan(light).any(axis=-1, keepdims=True)  # the sun and lamps overflow
    ringing = (light <= 0).any(axis=-1, keepdims=True)  # and the packing rings around them
    light = np.where(broken, 60, np.clip(light, 0, 60)).astype(np.float32)
    light = np.where(ringing, cv2.dilate(light, np.ones((5, 5), np.uint8)), light)
    scaled = light * (0.35 / np.exp(np.log(light.mean(axis=-1) + 1e-3).mean()))
    curve = scaled * (1 + scaled / 9) / (1 + scaled)
    return np.asarray(np.clip(curve, 0, 1) ** (1 / 2.2) * 255, np.uint8)
