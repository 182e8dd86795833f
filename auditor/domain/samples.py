"""What a dataset holds: one labelled image with, perhaps, a mask of its object."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_NUMBER = re.compile("[0-9e]+")


class MaskSource(StrEnum):
    """Where the object mask of a case comes from (column `mask_source`)."""

    FILE = "file"
    BOX = "box"
    AUTO = "auto"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MaskFile:
    """An image whose non-zero pixels are the object.

    Attributes:
        path: the mask's file.
        ignore_value: pixel value that belongs to neither side (Pascal VOC: 255), or None.
        object_value: if given, only this pixel value is the object (VOC instances).
    """

    path: Path
    ignore_value: int | None = None
    object_value: int | None = None


@dataclass(frozen=True, slots=True)
class MaskBox:
    """A box in pixels of the upright image: x0 <= x < x1, y0 <= y < y1."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class MaskRle:
    """COCO run-length encodings of the instances, united: (height, width) and counts each."""

    size: tuple[int, int]
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MaskAuto:
    """A mask to be guessed from the image by a method ("grabcut")."""

    method: str


MaskReference = MaskFile | MaskBox | MaskRle | MaskAuto


@dataclass(frozen=True, slots=True)
class Sample:
    """One image to audit.

    Attributes:
        case_id: stable across runs of the same image and label (see `case_id_of`).
        image: the image as the dataset names it, relative to the data root, with `/`.
        label: class name.
        path: the file to read.
        mask: where its object mask is, or None.
        split: value of the `split` column, or None.
        duplicate_group: images of one group are not independent evidence; None is its own group.
        slices: (column, value) pairs of further columns.
    """

    case_id: str
    image: str
    label: str
    path: Path
    mask: MaskReference | None = None
    split: str | None = None
    duplicate_group: str | None = None
    slices: tuple[tuple[str, str], ...] = ()

    @property
    def group(self) -> str:
        """The statistical cluster of this image."""
        return self.duplicate_group or self.case_id


@dataclass(frozen=True, slots=True)
class Skip:
    """An input that was not audited, and why (a row of skipped.csv)."""

    image: str
    reason: str


def case_id_of(image: str, label: str) -> str:
    """Sixteen hex digits of SHA-256 over the image's relative name and its label.

    One id in 800 would read as a number (all digits, or such as 12e5), which spreadsheets round:
    it begins with an x instead of its first digit.
    """
    name = f"{image}\x00{label}".encode("utf-8", "surrogateescape")
    digest = hashlib.sha256(name).hexdigest()[:16]
    return f"x{digest[1:]}" if _NUMBER.fullmatch(digest) else digest
