"""How masks are named after their images: x.jpg and x_mask.png, x_mask_1.png, x_left_mask.png."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from posixpath import splitext
from typing import Final

MASK_SUFFIX: Final = "_mask"
SUFFIXES: Final = (MASK_SUFFIX, "_segmentation")
"""Behind an image's name; the suffix that the configuration names comes in front of these."""

SIDES: Final = r"(?:left|right|l|r)"
FOLDERS: Final = re.compile(r"masks?|segmentations?", re.IGNORECASE)
"""Folders of masks beside a folder of images inside a class (`cls/images`, `cls/masks`)."""
SIDE: Final = re.compile(rf"(?P<image>.+)[ _.-](?:\d{{1,3}}|{SIDES})", re.IGNORECASE)
SIDE_FOLDER: Final = re.compile(r"(?:left|right)[ _-]?(?:masks?|lungs?)?", re.IGNORECASE)
IMAGE_FOLDERS: Final = ("images", "image", "")


def suffixes(configured: str) -> tuple[str, ...]:
    """Every suffix that names a mask, the configured one first."""
    return tuple(dict.fromkeys((configured, *SUFFIXES)))


def image_stems(stem: str, suffix: str) -> Iterator[str]:
    """Stems of the images that a file of that stem may be a mask of, the likeliest first.

    Args:
        stem: path without its suffix, with `/`.
    """
    folder, slash, name = stem.rpartition("/")
    matched = _pattern(suffix).fullmatch(name)
    if matched is not None:
        base = matched["image"]
        yield folder + slash + base
        side = SIDE.fullmatch(base)
        if side is not None:
            yield folder + slash + side["image"]
    parts = folder.split("/") if folder else []
    for at, part in enumerate(parts):
        if FOLDERS.fullmatch(part):
            for instead in IMAGE_FOLDERS:
                path = [*parts[:at], *([instead] if instead else []), *parts[at + 1 :]]
                yield "/".join([*path, name])
                if matched is not None:
                    yield "/".join([*path, matched["image"]])


@dataclass(frozen=True)
class MaskPairs:
    """Files of a folder told apart.

    Attributes:
        images: names of images, in order.
        masks: image -> its masks, several (left and right, one an instance) in order.
        orphans: names that look like masks of images that are not there.
    """

    images: tuple[str, ...]
    masks: Mapping[str, tuple[str, ...]]
    orphans: tuple[str, ...]


def pair_masks(names: Sequence[str], suffix: str) -> MaskPairs:
    """Images of a folder and their masks beside them.

    A file is a mask only if its image is there: photographs may be called `with_mask_1.jpg`.
    """
    of_stem: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        of_stem[splitext(name)[0]].append(name)
    masks: defaultdict[str, list[str]] = defaultdict(list)
    paired: set[str] = set()
    orphans: list[str] = []
    for name in names:
        stem = splitext(name)[0]
        stems = list(image_stems(stem, suffix))
        found = next((s for s in stems if s in of_stem and s != stem), None)
        if found is not None:
            paired.add(name)
            for image in of_stem[found]:
                masks[image].append(name)
        elif stems:
            orphans.append(name)
    images = tuple(name for name in names if name not in paired)
    return MaskPairs(images, {i: tuple(masks[i]) for i in images if i in masks}, tuple(orphans))


def without_side(stem: str) -> str | None:
    """`cls/x` of `left/cls/x` or `leftMask/cls/x`, of `cls/x_left` too; None for other stems."""
    first, slash, rest = stem.partition("/")
    if slash and SIDE_FOLDER.fullmatch(first):
        return rest
    folder, slash, name = stem.rpartition("/")
    side = re.fullmatch(r"(?P<image>.+)[ _-](?:left|right)", name, re.IGNORECASE)
    return None if side is None else folder + slash + side["image"]


def few_of(names: Iterable[str], most: int = 2) -> str:
    """A few file names for a message, without their folders."""
    return ", ".join(name.rpartition("/")[2] for name in list(names)[:most])


@lru_cache(maxsize=8)
def _pattern(suffix: str) -> re.Pattern[str]:
    either = "|".join(re.escape(each) for each in suffixes(suffix))
    return re.compile(rf"(?P<image>.+)(?:{either})(?:[ _.-]?(?:\d{{1,3}}|{SIDES}))?", re.IGNORECASE)
