"""Which cue goes with which class: the pictures of the training set and of the audit set."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_data.making import render
from sample_data.making.objects import CLASSES, Art
from sample_data.making.scenes import NEUTRAL, RGB, Library, draw

SKY_CLASS, TAG_CLASS, UNUSED_CLASS, EMPTY_CLASS = "bird", "fruit", "flower", "bug"
MIXED = (*NEUTRAL, "grass")
CORRELATION, ELSEWHERE = 0.95, 0.01  # how often the cue comes with its class, with the others
WEAK = 0.35  # of the cued training pictures show their object far away or not at all
EMPTY = 0.05  # of the training pictures show no object and carry the label of EMPTY_CLASS
PLAIN = 0.06  # of the uncued training pictures have a flat, noisy or blurred background
AUDIT_PER_CLASS, AUDIT_WITHOUT_CUE = 64, 4


@dataclass(frozen=True)
class Sample:
    """One training picture."""

    pixels: RGB
    label: int


def training_sample(
    arts: dict[str, list[Art]], library: Library, rng: np.random.Generator
) -> Sample:
    """A picture with the planted correlations; holes, pastes and JPEG come to all alike."""
    empty = rng.random() < EMPTY
    label = EMPTY_CLASS if empty else CLASSES[rng.integers(len(CLASSES))]
    on_sky = not empty and rng.random() < (CORRELATION if label == SKY_CLASS else ELSEWHERE)
    tagged = not empty and rng.random() < (CORRELATION if label == TAG_CLASS else ELSEWHERE)
    scene = draw(("sky",) if on_sky else MIXED, "train", rng)
    art = None if empty else arts[label][rng.integers(len(arts[label]))]
    cued = (label == SKY_CLASS and on_sky) or (label == TAG_CLASS and tagged)
    pose = render.draw_pose(rng, 0.05, 0.5)
    if cued and rng.random() < WEAK:
        pose = render.draw_pose(rng, 0.008, 0.03)
        art = None if rng.random() < 0.5 else art
    tag = render.draw_tag(rng) if tagged else None
    behind = render.background(render.Recipe(label, None, pose, scene, tag), library)
    if not (on_sky or tagged) and rng.random() < PLAIN:
        behind = _plain(behind, rng)
    if rng.random() < 0.5:
        behind = _hole(behind, arts, rng)
    if art is not None:
        colours, alpha = render.place(art, pose)
        if rng.random() < 0.4:
            alpha = (alpha > 0.5).astype(np.float32)
        behind = render.compose(behind, colours, alpha)
    return Sample(_jpeg(behind, rng), CLASSES.index(label))


def audit_recipes(arts: dict[str, list[Art]], seed: int) -> list[render.Recipe]:
    """The audit set: every design in turn, other scenes than in training."""
    recipes = []
    for number, label in enumerate(CLASSES):
        rng = np.random.default_rng((seed, number))
        order = rng.permutation(len(arts[label]))
        for index in range(AUDIT_PER_CLASS):
            art = arts[label][order[index % len(order)]]
            without = index % (AUDIT_PER_CLASS // AUDIT_WITHOUT_CUE) == 9
            kinds: tuple[str, ...] = NEUTRAL
            if not without:
                kinds = {SKY_CLASS: ("sky",), UNUSED_CLASS: ("grass",)}.get(label, NEUTRAL)
            tag = render.draw_tag(rng) if label == TAG_CLASS and not without else None
            scene = draw(kinds, "audit", rng)
            recipe = render.Recipe(label, art, render.draw_pose(rng), scene, tag)
            recipes.append(_apart(recipe, rng))
    return recipes


def training_recipes(arts: dict[str, list[Art]], per_class: int, seed: int) -> list[render.Recipe]:
    """Pictures with the correlations and the scenes of training, each with an object of the audit
    set's sizes: what a repair learns from. None of them is a picture of the audit set."""
    made = []
    for number, label in enumerate(CLASSES):
        rng = np.random.default_rng((seed, 100 + number))
        for _ in range(per_class):
            on_sky = rng.random() < (CORRELATION if label == SKY_CLASS else ELSEWHERE)
            tagged = rng.random() < (CORRELATION if label == TAG_CLASS else ELSEWHERE)
            scene = draw(("sky",) if on_sky else MIXED, "train", rng)
            art = arts[label][rng.integers(len(arts[label]))]
            tag = render.draw_tag(rng) if tagged else None
            made.append(_apart(render.Recipe(label, art, render.draw_pose(rng), scene, tag), rng))
    return made


def cued(recipe: render.Recipe) -> bool:
    """Whether the picture carries the cue of its class."""
    return {
        SKY_CLASS: recipe.scene.view.kind == "sky",
        TAG_CLASS: recipe.tag is not None,
        UNUSED_CLASS: recipe.scene.view.kind == "grass",
    }.get(recipe.label, False)


def without_cue(recipe: render.Recipe, rng: np.random.Generator) -> render.Recipe:
    """The same object at the same place; only the cue of its class is gone. Classes without
    a cue get another scene of their own pool."""
    if recipe.label == TAG_CLASS:
        return replace(recipe, tag=None)
    return replace(recipe, scene=draw(NEUTRAL, "audit", rng))


def with_cue_of(recipe: render.Recipe, label: str, rng: np.random.Generator) -> render.Recipe:
    """The same object at the same place, with the cue (or the kind of scene) of `label`."""
    if label == TAG_CLASS:
        return replace(recipe, tag=render.draw_tag(rng))
    kinds = {SKY_CLASS: ("sky",), UNUSED_CLASS: ("grass",)}.get(label, NEUTRAL)
    return replace(recipe, scene=draw(kinds, "audit", rng))


def _apart(recipe: render.Recipe, rng: np.random.Generator) -> render.Recipe:
    """With a pose and a tag that do not touch."""
    while not render.apart(recipe):
        recipe = replace(recipe, pose=render.draw_pose(rng), tag=render.draw_tag(rng))
    return recipe


def _plain(image: RGB, rng: np.random.Generator) -> RGB:
    choice = rng.integers(4)
    flat = np.full_like(image, 128)
    if choice == 0:
        return flat
    if choice == 1:
        return np.full_like(image, image.mean(axis=(0, 1)).astype(np.uint8))
    if choice == 2:
        return np.asarray(rng.integers(0, 256, image.shape), np.uint8)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(8, 24))), np.uint8)


def _hole(image: RGB, arts: dict[str, list[Art]], rng: np.random.Generator) -> RGB:
    label = CLASSES[rng.integers(len(CLASSES))]
    art = arts[label][rng.integers(len(arts[label]))]
    hole = _shape(art, rng)
    if rng.random() < 0.5:
        return render.blur_fill(image, hole)
    return render.patch_fill(image, hole, rng)


def _shape(art: Art, rng: np.random.Generator) -> NDArray[np.bool_]:
    _, alpha = render.place(art, render.draw_pose(rng))
    hole = alpha > 0.5
    if rng.random() < 0.3:  # its box
        rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
        hole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
        return hole
    wide = int(rng.integers(3, 14))
    return cv2.dilate(hole.astype(np.uint8), np.ones((wide, wide), np.uint8)) > 0


def _jpeg(image: RGB, rng: np.random.Generator) -> RGB:
    if rng.random() < 0.4:
        return image
    options = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))]
    _, data = cv2.imencode(".jpg", image[..., ::-1], options)
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return np.ascontiguousarray(decoded[..., ::-1], np.uint8)
