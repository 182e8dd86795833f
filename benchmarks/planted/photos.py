"""Material cut out of the sample data: emoji objects and object-free crops of photographs."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from auditor.selftest.material import RGB, Sprite, trimmed

GROUPS: dict[str, tuple[str, ...]] = {
    "car": ("automobile", "taxi", "police-car", "oncoming-automobile", "sport-utility-vehicle",
            "pickup-truck", "racing-car"),
    "bus": ("bus", "minibus", "trolleybus", "tram-car", "ambulance", "articulated-lorry",
            "delivery-truck", "fire-engine"),
    "strings": ("banjo", "guitar", "violin"),
    "winds": ("flute", "saxophone", "trumpet"),
    "drum": ("drum", "long-drum", "maracas"),
}  # fmt: skip
WHOLE = ("animal", "bird", "bug", "flower", "fruit")
COMPANION = "musical-keyboard"
PLAIN = ("forest", "indoor", "rock", "street")
KEPT = ("sky", "grass")
TAGGED = "fruit"
"""The sample's own planted tag sits in the corners of this class: no background is cut there."""
CROP = (72, 112)
MARGIN = 4


@dataclass(frozen=True)
class _Picture:
    label: str
    scene: str
    concept: str
    pixels: RGB
    mask: NDArray[np.bool_]


class Photos:
    """A `Material` out of the sample data in `root`.

    Training and audit meet the same drawings, each time in another size, turn, brightness and
    place: the benchmark is about backgrounds, not about recognising new drawings.
    """

    classes = (*WHOLE, *GROUPS)
    plain_kinds = PLAIN
    cue_kinds = KEPT

    def __init__(self, root: Path) -> None:
        self._root = root

    def sprite(self, label: str, rng: np.random.Generator) -> Sprite:
        """A drawing of the class in random brightness."""
        return _drawn(self._sprites[label], rng)

    def companion(self, rng: np.random.Generator) -> Sprite:
        """A musical keyboard."""
        return _drawn(self._sprites[COMPANION], rng)

    def backdrop(self, kind: str, side: int, rng: np.random.Generator) -> RGB:
        """A crop of a photograph where no object stood."""
        crops = self._crops[kind]
        crop = crops[rng.integers(len(crops))]
        largest = crop.shape[0]
        cut = int(rng.integers(min(CROP[0], largest), largest + 1))
        y, x = rng.integers(0, largest - cut + 1, 2)
        part = Image.fromarray(crop[y : y + cut, x : x + cut])
        pixels = np.asarray(part.resize((side, side), Image.Resampling.BOX), np.uint8)
        return pixels[:, ::-1] if rng.random() < 0.5 else pixels

    @cached_property
    def _pictures(self) -> list[_Picture]:
        with (self._root / "manifest.csv").open(encoding="utf-8", newline="") as file:
            return [self._picture(row) for row in csv.DictReader(file)]

    def _picture(self, row: dict[str, Any]) -> _Picture:
        concept = Path(row["image"]).stem.rsplit("_", 1)[0]
        with Image.open(self._root / row["image"]) as image:
            pixels = np.asarray(image.convert("RGB"))
        with Image.open(self._root / row["mask"]) as mask:
            covered = np.asarray(mask) > 0
        return _Picture(row["label"], row["scene"], concept, pixels, covered)

    @cached_property
    def _sprites(self) -> dict[str, list[Sprite]]:
        wanted = {concept: name for name, concepts in GROUPS.items() for concept in concepts}
        found: dict[str, list[Sprite]] = {}
        for picture in self._pictures:
            name = wanted.get(picture.concept, picture.label)
            name = COMPANION if picture.concept == COMPANION else name
            cut = trimmed(picture.pixels, picture.mask.astype(np.float32))
            found.setdefault(name, []).append(cut)
        return found

    @cached_property
    def _crops(self) -> dict[str, list[RGB]]:
        found: dict[str, list[RGB]] = {}
        for picture in self._pictures:
            if picture.label != TAGGED:
                found.setdefault(picture.scene, []).extend(_free_squares(picture))
        return found


def _drawn(sprites: list[Sprite], rng: np.random.Generator) -> Sprite:
    sprite = sprites[rng.integers(len(sprites))]
    light = rng.uniform(0.75, 1.2)
    return Sprite(np.asarray(np.clip(sprite.pixels * light, 0, 255), np.uint8), sprite.alpha)


def _free_squares(picture: _Picture) -> list[RGB]:
    """The largest squares without any of the object, one a corner at most."""
    side = len(picture.mask)
    reach = ImageFilter.MaxFilter(2 * MARGIN + 1)
    grown = np.asarray(Image.fromarray(picture.mask.astype(np.uint8) * 255).filter(reach)) > 0
    squares = []
    for top in (True, False):
        for left in (True, False):
            for size in range(CROP[1], CROP[0] - 1, -8):
                y, x = (0 if top else side - size), (0 if left else side - size)
                if not grown[y : y + size, x : x + size].any():
                    squares.append(picture.pixels[y : y + size, x : x + size])
                    break
    return squares
