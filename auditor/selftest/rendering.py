"""From a recipe to a picture and its mask. The cue is a parameter, so it can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.selftest.camera_cues import (
    draw_compression,
    draw_date,
    draw_exposure,
    draw_letterbox,
    draw_ruler,
    draw_vignette,
)
from auditor.selftest.cues import (
    CueKind,
    Mask,
    draw_cast,
    draw_frame,
    draw_sticker,
    draw_tag,
    draw_watermark,
)
from auditor.selftest.material import RGB, Alpha, SceneMaterial, Sprite, unit_alpha
from auditor.selftest.worlds import SWAY, World

TURN = 25.0
"""Degrees that an object is turned by at most."""
COMPANION_AREA = 0.035


@dataclass(frozen=True)
class RenderRecipe:
    """One picture.

    Attributes:
        label: class of the object.
        shown: class whose objects are drawn; another one only for classes that look alike.
        cues: what is drawn beside the object.
        backdrop: kind of the background where no cue asks for another.
        cue_backdrop: kind of the background where the cue is the background.
        seed: of everything else.
    """

    label: str
    shown: str
    cues: frozenset[CueKind]
    backdrop: str
    cue_backdrop: str
    seed: int

    def without(self, kind: CueKind) -> RenderRecipe:
        """The same picture, only this cue is gone."""
        return replace(self, cues=self.cues - {kind})

    def with_cue(self, kind: CueKind) -> RenderRecipe:
        """The same picture with this cue."""
        return replace(self, cues=self.cues | {kind})


def recipes(world: World, material: SceneMaterial, *, training: bool) -> list[RenderRecipe]:
    """The pictures of training or of the audit."""
    rng = world.generator(1 if training else 2)
    made = []
    for label in world.classes:
        wanted = round(world.training * world.fewer.get(label, 1.0)) if training else world.audited
        for _ in range(wanted):
            cues = {
                planted.kind
                for owner, planted in world.planted.items()
                if rng.random() < planted.rate(own=owner == label, training=training)
            }
            made.append(
                RenderRecipe(
                    label=label,
                    shown=world.alike.get(label, label),
                    cues=frozenset(cues),
                    backdrop=str(rng.choice(material.plain_kinds)),
                    cue_backdrop=material.cue_kinds[world.seed % len(material.cue_kinds)],
                    seed=int(rng.integers(2**31)),
                )
            )
    return made


def render(recipe: RenderRecipe, world: World, material: SceneMaterial) -> tuple[RGB, Mask]:
    """The picture, (side, side, 3) uint8, and its object's mask. Every part has its own draws,
    so that taking a cue away changes nothing else."""
    scene, pose, thing, cue = (np.random.default_rng([recipe.seed, part]) for part in range(4))
    kind = recipe.cue_backdrop if CueKind.BACKGROUND in recipe.cues else recipe.backdrop
    image = material.backdrop(kind, world.side, scene)
    sprite = _turned(material.sprite(recipe.shown, thing), pose)
    area = float(np.exp(pose.uniform(*np.log(world.own_sizes.get(recipe.label, world.sizes)))))
    colours, alpha = _placed(sprite, area, world, pose, world.own_places.get(recipe.label))
    mask = alpha > 0.5
    if CueKind.COMPANION in recipe.cues:
        image = _beside(image, mask, material.companion(cue), world, cue)
    image = _blend(image, colours, alpha)
    for each, draw in _OVER_ALL.items():
        if each in recipe.cues:
            image = draw(image, mask, cue)
    return image, mask


_OVER_ALL: Mapping[CueKind, Callable[[RGB, Mask, np.random.Generator], RGB]] = {
    CueKind.WATERMARK: draw_watermark,
    CueKind.STICKER: draw_sticker,
    CueKind.TAG: draw_tag,
    CueKind.RULER: lambda image, _, rng: draw_ruler(image, rng),
    CueKind.DATE: lambda image, _, rng: draw_date(image, rng),
    CueKind.CAST: lambda image, _, rng: draw_cast(image, rng),
    CueKind.EXPOSURE: lambda image, _, rng: draw_exposure(image, rng),
    CueKind.VIGNETTE: lambda image, _, rng: draw_vignette(image, rng),
    CueKind.LETTERBOX: lambda image, _, rng: draw_letterbox(image, rng),
    CueKind.FRAME: lambda image, _, rng: draw_frame(image, rng),
    CueKind.COMPRESSION: lambda image, _mask, _rng: draw_compression(image),
}
"""What is drawn over the finished scene, in this order; background and companion are part of it."""


def _turned(sprite: Sprite, rng: np.random.Generator) -> Sprite:
    angle, mirrored = rng.uniform(-TURN, TURN), rng.random() < 0.5
    rgba = np.dstack([sprite.pixels, np.asarray(sprite.alpha * 255, np.uint8)])
    picture = Image.fromarray(rgba).rotate(angle, Image.Resampling.BILINEAR, expand=True)
    turned = np.asarray(picture)[:, ::-1] if mirrored else np.asarray(picture)
    return Sprite(turned[..., :3], unit_alpha(turned[..., 3]))


def _placed(
    sprite: Sprite,
    area: float,
    world: World,
    rng: np.random.Generator,
    place: tuple[float, float] | None = None,
) -> tuple[RGB, Alpha]:
    """Colours and alpha on a canvas of the picture's size, about a place or anywhere."""
    side = world.side
    own = float((sprite.alpha > 0.5).sum())
    scale = min(np.sqrt(area * side * side / own), 0.98 * side / max(sprite.alpha.shape))
    height, width = (max(3, round(scale * length)) for length in sprite.alpha.shape)
    if world.centred:
        y, x = (side - height) // 2, (side - width) // 2
    elif place is not None:
        about = np.clip(rng.uniform(-SWAY, SWAY, 2) + place, 0.0, 1.0)
        y, x = (
            round(share * room)
            for share, room in zip(about, (side - height, side - width), strict=True)
        )
    else:
        y, x = int(rng.integers(side - height + 1)), int(rng.integers(side - width + 1))
    colours = np.zeros((side, side, 3), np.uint8)
    alpha = np.zeros((side, side), np.float32)
    box = (slice(y, y + height), slice(x, x + width))
    colours[box], alpha[box] = _resized(sprite, (width, height))
    return colours, alpha


def _resized(sprite: Sprite, size: tuple[int, int]) -> tuple[RGB, Alpha]:
    rgba = np.dstack([sprite.pixels, np.asarray(sprite.alpha * 255, np.uint8)])
    # Premultiplied, so that what lies beyond the outline does not bleed into it.
    small = Image.fromarray(rgba, "RGBA").convert("RGBa").resize(size, Image.Resampling.BOX)
    back = np.asarray(small.convert("RGBA"))
    return back[..., :3], unit_alpha(back[..., 3])


def _beside(image: RGB, mask: Mask, sprite: Sprite, world: World, rng: np.random.Generator) -> RGB:
    """The companion where it covers least of the object, of some random places."""
    places = [_placed(sprite, COMPANION_AREA, _anywhere(world), rng) for _ in range(8)]
    colours, alpha = min(places, key=lambda place: float((place[1] * mask).sum()))
    return _blend(image, colours, alpha)


def _anywhere(world: World) -> World:
    return replace(world, centred=False)


def _blend(image: RGB, colours: RGB, alpha: NDArray[np.float32]) -> RGB:
    weight = alpha[..., None]
    return np.asarray(image * (1 - weight) + colours * weight, np.uint8)
