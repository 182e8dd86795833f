"""The renderer: an object on a photograph, with the cue as a parameter, and its exact mask."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_data.making.objects import Art
from sample_data.making.scenes import RGB, Library, PrecomputedBatch

Gray = NDArray[np.float32]
SIZE = 192
CORNER = 34  # the corners stay free of objects, in every class alike: a tag fits there


@dataclass(frozen=True)
class Tag:
    """A sticker with bars near a corner: 0 top left, 1 top right, 2 bottom left, 3 bottom right."""

    corner: int
    inset: tuple[int, int]
    size: tuple[int, int]
    seed: int


@dataclass(frozen=True)
class Pose:
    """How a drawing is placed. `centre` in pixels, `area` is the share of the picture."""

    area: float
    centre: tuple[float, float]
    angle: float
    mirrored: bool
    squeeze: float
    gain: tuple[float, float, float]
    soft: float


@dataclass(frozen=True)
class Recipe:
    """All of a picture. Replace `scene` or `tag` to take the cue away or to give it."""

    label: str
    art: Art | None
    pose: Pose
    scene: PrecomputedBatch
    tag: Tag | None


def draw_pose(rng: np.random.Generator, low: float = 0.08, high: float = 0.45) -> Pose:
    """Sizes are even on a logarithmic scale between `low` and `high`."""
    return Pose(
        area=float(np.exp(rng.uniform(np.log(low), np.log(high)))),
        centre=(float(rng.uniform(0, 1)), float(rng.uniform(0, 1))),
        angle=float(rng.normal(0, 9)),
        mirrored=bool(rng.random() < 0.5),
        squeeze=float(rng.uniform(0.92, 1.09)),
        gain=tuple(rng.uniform(0.82, 1.12) * rng.uniform(0.94, 1.06, 3)),
        soft=float(rng.uniform(0.3, 0.9)),
    )


def draw_tag(rng: np.random.Generator) -> Tag:
    """A small sticker, any corner."""
    width = int(rng.integers(26, 32))
    return Tag(
        corner=int(rng.integers(4)),
        inset=(int(rng.integers(3, 8)), int(rng.integers(3, 8))),
        size=(width, int(width * rng.uniform(0.68, 0.82))),
        seed=int(rng.integers(2**31)),
    )


def place(art: Art, pose: Pose) -> tuple[RGB, Gray]:
    """The drawing on an empty canvas: colours and alpha. The position is kept inside the
    picture and off its corners; a drawing that cannot reach its area becomes smaller."""
    alpha = art.rgba[..., 3].astype(np.float32) / 255
    height, width = alpha.shape
    scale = np.sqrt(pose.area * SIZE * SIZE / max(float(alpha.sum()), 1.0))
    for shrink in (1.0, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62, 0.55, 0.48):
        matrix, extent = _turn(width, height, scale * shrink, pose)
        if max(extent) > SIZE - 4:
            continue
        for step in range(12):
            spot = _spot(pose.centre, extent, step)
            moved = matrix.copy()
            moved[:, 2] += spot
            cover = cv2.warpAffine(alpha, moved, (SIZE, SIZE), flags=cv2.INTER_AREA)
            if _corners(np.asarray(cover, np.float32)) < 0.02:
                return _layers(art, moved, pose)
    raise ValueError(f"{art.design}: no place found")


def compose(background: RGB, colours: RGB, alpha: Gray) -> RGB:
    """Alpha compositing."""
    mixed = background + (colours.astype(np.float32) - background) * alpha[..., None]
    return np.asarray(np.clip(mixed + 0.5, 0, 255), np.uint8)


def stick(background: RGB, tag: Tag) -> RGB:
    """Paints the tag into the background: a white sticker with a dark rim and bars."""
    rng = np.random.default_rng(tag.seed)
    out = background.copy()
    (x, y), (width, height) = _corner(tag), tag.size
    paper = tuple(int(v) for v in rng.integers(232, 253, 3))
    cv2.rectangle(out, (x, y), (x + width - 1, y + height - 1), (40, 40, 44), -1)
    cv2.rectangle(out, (x + 1, y + 1), (x + width - 2, y + height - 2), paper, -1)
    bar = x + 4
    while bar < x + width - 5:
        thick = int(rng.integers(1, 3))
        cv2.rectangle(out, (bar, y + 4), (bar + thick - 1, y + height - 8), (16, 16, 20), -1)
        bar += thick + int(rng.integers(1, 3))
    cv2.rectangle(out, (x + 4, y + height - 6), (x + width - 8, y + height - 5), (200, 30, 40), -1)
    return out


def apart(recipe: Recipe) -> bool:
    """Whether the tag is outside the object's box, with a margin."""
    if recipe.tag is None or recipe.art is None:
        return True
    mask = place(recipe.art, recipe.pose)[1] > 0.5
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    (x, y), (width, height) = _corner(recipe.tag), recipe.tag.size
    beside = x + width + 4 < columns[0] or x > columns[-1] + 4
    return bool(beside or y + height + 4 < rows[0] or y > rows[-1] + 4)


def background(recipe: Recipe, library: Library) -> RGB:
    """The picture without its object."""
    crop = library.crop(recipe.scene, SIZE)
    return stick(crop, recipe.tag) if recipe.tag else crop


def render(recipe: Recipe, library: Library) -> tuple[RGB, NDArray[np.bool_]]:
    """The picture and its mask (alpha > .5)."""
    behind = background(recipe, library)
    if recipe.art is None:
        return behind, np.zeros((SIZE, SIZE), bool)
    colours, alpha = place(recipe.art, recipe.pose)
    return compose(behind, colours, alpha), alpha > 0.5


def blur_fill(image: RGB, hole: NDArray[np.bool_]) -> RGB:
    """The hole filled by a heavy blur of its surroundings."""
    small = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
    keep = cv2.resize((~hole).astype(np.float32), (48, 48), interpolation=cv2.INTER_AREA)
    total, weight = np.zeros_like(small), np.full_like(keep, 1e-9)
    for sigma, share in ((2.0, 1.0), (6.0, 1e-2), (16.0, 1e-4)):
        blurred = cv2.GaussianBlur(np.dstack([small * keep[..., None], keep]), (0, 0), sigma)
        total = total + share * blurred[..., :3]
        weight = weight + share * blurred[..., 3]
    fill = cv2.resize(total / weight[..., None], image.shape[1::-1])
    return np.where(hole[..., None], np.clip(fill, 0, 255), image).astype(np.uint8)


def patch_fill(image: RGB, hole: NDArray[np.bool_], rng: np.random.Generator) -> RGB:
    """The hole filled with another part of the same picture."""
    shift = [int(v) for v in rng.integers(SIZE // 4, 3 * SIZE // 4, 2)]
    return np.where(hole[..., None], np.roll(image, shift, (0, 1)), image).astype(np.uint8)


def _corner(tag: Tag) -> tuple[int, int]:
    (width, height), (dx, dy) = tag.size, tag.inset
    x = dx if tag.corner in (0, 2) else SIZE - width - dx
    y = dy if tag.corner in (0, 1) else SIZE - height - dy
    return x, y


def _turn(
    width: int, height: int, scale: float, pose: Pose
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    turn = np.radians(pose.angle)
    across = scale * pose.squeeze * (-1 if pose.mirrored else 1)
    down = scale / pose.squeeze
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = linear @ np.diag([across, down])
    corners = linear @ np.array([[0, width, 0, width], [0, 0, height, height]], float)
    low, high = corners.min(axis=1), corners.max(axis=1)
    return np.hstack([linear, -low[:, None]]), (high[0] - low[0], high[1] - low[1])


def _spot(
    centre: tuple[float, float], extent: tuple[float, float], step: int
) -> NDArray[np.float64]:
    # golden-ratio steps over the free range, beginning at the wanted place
    share = [(c + step * g) % 1 for c, g in zip(centre, (0.7549, 0.5698), strict=True)]
    return np.array([2 + s * (SIZE - 4 - e) for s, e in zip(share, extent, strict=True)])


def _corners(alpha: Gray) -> float:
    marks = alpha > 0.1
    c = CORNER
    parts = (marks[:c, :c], marks[:c, -c:], marks[-c:, :c], marks[-c:, -c:])
    return float(max(part.mean() for part in parts))


def _shrunk(channels: NDArray[np.float32], matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    # warp at twice the size and average: no aliasing where drawings shrink
    double = cv2.warpAffine(channels, matrix * 2, (2 * SIZE, 2 * SIZE), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(double, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.float32)


def _layers(art: Art, matrix: NDArray[np.float64], pose: Pose) -> tuple[RGB, Gray]:
    premultiplied = art.rgba.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    warped = _shrunk(premultiplied, matrix)
    alpha = warped[..., 3] / 255
    colours = warped[..., :3] / np.maximum(alpha, 1e-3)[..., None] * pose.gain
    edge = np.asarray(cv2.GaussianBlur(alpha, (0, 0), pose.soft), np.float32)
    return np.asarray(np.clip(colours, 0, 255), np.uint8), edge
