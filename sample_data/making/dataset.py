"""Writes the audit set: pictures, masks, manifest, sources."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sample_data.making import objects, recipes, render
from sample_data.making.scenes import PHOTOS, RGB, Library

QUALITY = 88
MANIFEST = ("image", "label", "mask", "duplicate_group", "scene")
SOURCES = (
    "image", "object_package", "object_file", "object_author", "object_licence",
    "photo_package", "photo_file", "photo_author", "photo_licence", "picture_licence",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One shipped picture as a user reads it back, and how it was made."""

    name: str
    recipe: render.Recipe
    pixels: RGB
    mask: NDArray[np.bool_]


def write(made: list[render.Recipe], library: Library, root: Path) -> list[Picture]:
    """Images, masks, manifest.csv, SOURCES.csv and classes.txt; the pictures as read back."""
    pictures = []
    manifest, sources = [], []
    for number, recipe in enumerate(made):
        if recipe.art is None:
            raise ValueError("every audit picture shows an object")
        name = f"{recipe.label}/{recipe.art.concept}_{number:03d}"
        pixels, mask = render.render(recipe, library)
        image_file, mask_file = root / f"images/{name}.jpg", root / f"masks/{name}.png"
        for file in (image_file, mask_file):
            file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(image_file, quality=QUALITY, optimize=True)
        Image.fromarray(mask.astype(np.uint8) * 255).convert("L").save(mask_file, optimize=True)
        back = np.asarray(Image.open(image_file).convert("RGB"))
        pictures.append(Picture(name, recipe, back, mask))
        scene = recipe.scene.view
        manifest.append(
            (
                f"images/{name}.jpg", recipe.label, f"masks/{name}.png",
                f"{recipe.label}-{recipe.art.design}", scene.kind,
            )
        )  # fmt: skip
        sources.append((f"images/{name}.jpg", *_origin(recipe.art, scene.photo)))
    _table(root / "manifest.csv", MANIFEST, manifest)
    _table(root / "SOURCES.csv", SOURCES, sources)
    (root / "classes.txt").write_text("\n".join(objects.CLASSES) + "\n", encoding="utf-8")
    return pictures


def describe(label: str) -> tuple[str, bool, str]:
    """What is planted in a class: the kind, whether the network uses it, in words."""
    return {
        recipes.SKY_CLASS: ("background", True, "stands before the sky, as no other class does"),
        recipes.TAG_CLASS: ("tag", True, "has a barcode sticker in a corner of the picture"),
        recipes.UNUSED_CLASS: (
            "background", False,
            "stands on grass in the audit set; in training grass came with every class alike",
        ),
        recipes.EMPTY_CLASS: (
            "empty answer", False,
            "is what the network answers for pictures without an object; no cue of its own",
        ),
    }.get(label, ("none", False, "stands on mixed scenes"))  # fmt: skip


def _origin(art: objects.Art, photo_name: str) -> tuple[str, ...]:
    _, package, author, licence = objects.SETS[art.source]
    photo = PHOTOS[photo_name]
    both = {licence, photo.licence}
    strictest = next(name for name in ("CC-BY-4.0", "Apache-2.0", "MIT") if name in both)
    return (
        package, art.file, author, licence,
        photo.package, Path(photo.file).name, photo.author, photo.licence, strictest,
    )  # fmt: skip


def _table(file: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
