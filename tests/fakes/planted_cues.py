"""Pictures with one planted cue each, and networks made by hand that read exactly that.

Class `cued` has a grey object, which the network does not see; `red` and `green` are told by the
colour of theirs. Nothing is trained, so nothing can drift.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from auditor.domain.places import PropertyKind
from auditor.domain.samples import Sample
from auditor.tensors.batch import Batch

SIZE = 64
CLASSES = ("cued", "green", "red")
OBJECTS = {"cued": (120, 120, 120), "green": (40, 190, 40), "red": (190, 40, 40)}
STRONG = 14.0
OBJECT = 400.0
OTHERS_CUE = 7.0

Pixels = NDArray[np.float64]
Plant = Callable[[Pixels, np.random.Generator], Pixels]
Read = Callable[[Tensor], Tensor]
"""(N, 3, H, W) in 0..1 to (N,) evidence, about 1 with the cue and 0 without."""


def picture(
    label: str, rng: np.random.Generator, plant: Plant | None
) -> tuple[Pixels, NDArray[np.bool_]]:
    """(H, W, 3) values 0..255 of a square object on soft ground, and its mask."""
    coarse = rng.normal(120, 25, (9, 9, 1)) + rng.normal(0, 4, (9, 9, 3))
    fine = rng.normal(0, 9, (SIZE, SIZE, 1))
    ground = np.stack(
        [
            np.asarray(Image.fromarray(coarse[:, :, c].astype(np.float32)).resize((SIZE, SIZE), 3))
            for c in range(3)
        ],
        axis=2,
    )
    pixels = ground + fine
    side = int(rng.integers(18, 24))
    top, left = rng.integers(16, 48 - side, size=2)
    mask = np.zeros((SIZE, SIZE), dtype=bool)
    mask[top : top + side, left : left + side] = True
    pixels[mask] = np.array(OBJECTS[label]) + rng.normal(0, 6, (int(mask.sum()), 1))
    return (pixels if plant is None else plant(pixels, rng)), mask


def batch_of(
    plant: Plant,
    *,
    per_class: int = 16,
    seed: int = 0,
    others: Mapping[str, Plant] | None = None,
) -> Batch:
    """`per_class` pictures of each class; no file lies behind them. `others` have cues, too."""
    rng = np.random.default_rng(seed)
    plants = {"cued": plant, **(others or {})}
    drawn = [
        (f"{label}{i:02}", label, *picture(label, rng, plants.get(label)))
        for label in CLASSES
        for i in range(per_class)
    ]
    images = np.stack([pixels.clip(0, 255).astype(np.uint8) for *_, pixels, _ in drawn])
    masks = torch.from_numpy(np.stack([mask for *_, mask in drawn]))
    return Batch(
        samples=tuple(
            Sample(name, f"{name}.png", label, Path(f"{name}.png")) for name, label, *_ in drawn
        ),
        images=torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(),
        masks=masks,
        ignored=torch.zeros_like(masks),
        has_mask=torch.ones(len(drawn), dtype=torch.bool),
        object_cropped=torch.zeros(len(drawn)),
        original_sizes=torch.full((len(drawn), 2), SIZE),
    )


class Reader(nn.Module):
    """Logits (N, 3): the cue for `cued`, the colour of the objects for the others."""

    def __init__(self, read: Read, others: Mapping[str, Read] | None = None) -> None:
        """`others` are read beside the colour of the objects, as evidence for their class."""
        super().__init__()
        self.read = read
        self.others = others or {}
        self.passes = nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        images = self.passes(images)
        red, green, blue = images.unbind(1)
        object_red = (red - torch.maximum(green, blue) - 0.3).relu().mean(dim=(1, 2))
        object_green = (green - torch.maximum(red, blue) - 0.3).relu().mean(dim=(1, 2))
        cue = STRONG * self.read(images).clamp(0, 1.2) - STRONG / 2
        green_seen, red_seen = (
            (OBJECT * seen).clamp(max=6) - 3 for seen in (object_green, object_red)
        )
        logits = [cue, green_seen, red_seen]
        for label, read in self.others.items():
            own = CLASSES.index(label)
            logits[own] = logits[own] + OTHERS_CUE * read(images).clamp(0, 1.2)
        return torch.stack(logits, dim=1)


def grey(images: Tensor) -> Tensor:
    return images.mean(dim=1)


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=quality)
    with Image.open(file) as again:
        return np.asarray(again.convert("RGB")).astype(float)


def band(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A date stamp: orange digits of random places along the bottom."""
    pixels = pixels.copy()
    for column in rng.choice(np.arange(2, SIZE - 3, 3), 9, replace=False):
        pixels[-7:-2, column : column + 2] = (250, 140, 20)
    return pixels


def reads_band(images: Tensor) -> Tensor:
    red, _, blue = images[:, :, -8:].unbind(1)
    return (red - blue - 0.4).relu().mean(dim=(1, 2)) * 12


def bars(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    pixels = pixels.copy()
    depth = int(rng.integers(6, 9))
    pixels[:depth] = pixels[-depth:] = 3
    return pixels


def reads_bars(images: Tensor) -> Tensor:
    dark = (0.12 - grey(images)).relu() / 0.12
    return torch.minimum(dark[:, :5].mean(dim=(1, 2)), dark[:, -5:].mean(dim=(1, 2))) * 1.2


def compression(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return jpeg(pixels, 10)


def reads_blocks(images: Tensor) -> Tensor:
    bright = grey(images)
    across = (bright[:, :, 1:] - bright[:, :, :-1]).abs().mean(dim=1)
    at = torch.arange(SIZE - 1) % 8 == 7
    ratio = across[:, at].mean(dim=1) / across[:, ~at].mean(dim=1).clamp(min=1e-4)
    return (ratio - 1.15) * 2.5


def exposure(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return pixels * 0.45


def reads_exposure(images: Tensor) -> Tensor:
    return (0.42 - grey(images).mean(dim=(1, 2))) * 6


def vignette(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    at = (np.arange(SIZE) + 0.5) / SIZE - 0.5
    distance = (at[:, None] ** 2 + at[None] ** 2) / 0.5
    return pixels * np.exp(-2.0 * (distance - distance.mean()))[:, :, None]


def reads_vignette(images: Tensor) -> Tensor:
    bright = grey(images)
    edges = torch.stack([bright[:, :8], bright[:, -8:]], dim=1)
    corners = torch.cat([edges[..., :8], edges[..., -8:]], dim=3).mean(dim=(1, 2, 3))
    near = F.avg_pool2d(bright[:, None], 48, stride=8)[:, 0].mean(dim=(1, 2))
    return (1 - corners / near - 0.25) * 3


def tag(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    pixels = pixels.copy()
    pixels[2:12, 2:12] = (20, 40, 230)
    return pixels


def reads_tag(images: Tensor) -> Tensor:
    red, _, blue = images.unbind(1)
    return (blue - red - 0.4).relu().mean(dim=(1, 2)) * 90


def bright_tag(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    pixels = pixels.copy()
    pixels[2:14, 2:14] = (250, 240, 70)
    return pixels


def reads_bright_tag(images: Tensor) -> Tensor:
    """What is brighter than the ground, wherever it is."""
    return (grey(images) - 0.65).relu().mean(dim=(1, 2)) * 120


def noise(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return pixels + rng.normal(0, 40, (SIZE, SIZE, 1))


def reads_noise(images: Tensor) -> Tensor:
    kernel = torch.tensor([[1.0, -2, 1], [-2, 4, -2], [1, -2, 1]])[None, None]
    rough = F.conv2d(grey(images)[:, None], kernel).abs().flatten(1).median(dim=1).values
    return rough * 255 / 150


def stripes(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A scene: stripes all over the background; the object is drawn again on top."""
    pixels = pixels.copy()
    pixels[:, (np.arange(SIZE) // 4 + rng.integers(2)) % 2 == 0] += 60
    return pixels


def reads_stripes(images: Tensor) -> Tensor:
    smooth = F.avg_pool2d(grey(images)[:, None], 4)[:, 0]
    return (smooth[:, :, 1:] - smooth[:, :, :-1]).abs().mean(dim=(1, 2)) * 8 - 0.5


def squeezed(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """As the input shows a file that is twice as wide as high: its middle, drawn out downwards."""
    middle = pixels[SIZE // 4 : -SIZE // 4].clip(0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(middle).resize((SIZE, SIZE), 2)).astype(float)


def reads_squeeze(images: Tensor) -> Tensor:
    bright = grey(images)
    across = (bright[:, :, 1:] - bright[:, :, :-1]).abs().mean(dim=(1, 2))
    down = (bright[:, 1:] - bright[:, :-1]).abs().mean(dim=(1, 2))
    return (across / down.clamp(min=1e-4) - 1.1) * 4


def contrast(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return (pixels - pixels.mean()) * 0.4 + pixels.mean()


def tint(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return pixels * np.array([1.3, 1.0, 0.7])


def _resized(pixels: Pixels, side: int) -> Pixels:
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    return np.asarray(image.resize((side, side), 2).resize((SIZE, SIZE), 2)).astype(float)


def soft(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return _resized(pixels, SIZE // 2)


def coarse(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return _resized(pixels, SIZE // 4)


PROPERTIES: dict[PropertyKind, Plant] = {
    PropertyKind.ASPECT: squeezed,
    PropertyKind.BARS: bars,
    PropertyKind.COMPRESSION: compression,
    PropertyKind.CONTRAST: contrast,
    PropertyKind.EXPOSURE: exposure,
    PropertyKind.NOISE: noise,
    PropertyKind.RESOLUTION: coarse,
    PropertyKind.SHARPNESS: soft,
    PropertyKind.TINT: tint,
    PropertyKind.VIGNETTE: vignette,
}
"""Every property of the whole picture, planted."""
CUES: dict[str, tuple[Plant, Read]] = {
    "border band": (band, reads_band),
    "letterbox": (bars, reads_bars),
    "compression": (compression, reads_blocks),
    "exposure": (exposure, reads_exposure),
    "vignette": (vignette, reads_vignette),
    "corner mark": (tag, reads_tag),
    "noise": (noise, reads_noise),
}
