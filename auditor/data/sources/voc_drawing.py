"""How Pascal VOC draws classes in its masks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auditor.domain.mask_references import MaskFile
from auditor.files import is_file
from auditor.imagery.mask_image import voc_colour

VOID: Final = 255
CLASSES: Final = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
"""VOC's twenty: class i has palette index i + 1."""

LABEL: Final = re.compile(
    r"(?P<label>[^#:][^:]*):(?P<r>\d{1,3}),(?P<g>\d{1,3}),(?P<b>\d{1,3})(?::|$)"
)
"""A line of the label map that CVAT writes: label:r,g,b:parts:actions."""


@dataclass(frozen=True)
class DrawnClass:
    """A class in SegmentationClass: its palette index, if it is known, and its colour."""

    index: int | None
    colour: int

    def mask(self, file: Path) -> MaskFile:
        """The class in one file, saved with a palette or in colours."""
        return MaskFile(
            file,
            ignore_value=VOID,
            object_values=None if self.index is None else (self.index,),
            object_colours=(self.colour,),
        )


def drawn_values(root: Path, classes: set[str]) -> dict[str, DrawnClass]:
    """How each class is drawn in SegmentationClass, as far as it is known."""
    names, label_map = root / "class_names.txt", root / "labelmap.txt"
    if is_file(label_map):
        rows = (LABEL.match(line) for line in _lines(label_map))
        return {
            row["label"].strip(): DrawnClass(
                None, int(row["r"]) << 16 | int(row["g"]) << 8 | int(row["b"])
            )
            for row in rows
            if row is not None
        }
    if is_file(names):
        listed = [line.strip() for line in _lines(names)]
        return {name: DrawnClass(i, voc_colour(i)) for i, name in enumerate(listed)}
    if classes <= set(CLASSES):
        return {name: DrawnClass(i, voc_colour(i)) for i, name in enumerate(CLASSES, start=1)}
    return {}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
