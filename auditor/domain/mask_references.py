"""Where an image's mask comes from: a closed union, and its stored text."""

from __future__ import annotations

import json
import os
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, assert_never

Size = tuple[int, int]
"""Height and width."""


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
        object_values: if given, only these pixel values are the object (VOC classes, trimaps).
        object_colours: the same for a mask saved in colours, 0xRRGGBB each.
    """

    kind: ClassVar[str] = "file"

    path: Path
    ignore_value: int | None = None
    object_values: tuple[int, ...] | None = None
    object_colours: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class MaskBox:
    """A box of the upright image: x0 <= x < x1, y0 <= y < y1.

    Attributes:
        relative: the numbers are shares of width and height, 0..1; else pixels.
    """

    kind: ClassVar[str] = "box"

    x0: float
    y0: float
    x1: float
    y1: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class MaskRle:
    """COCO run-length encodings of the instances, united.

    Attributes:
        size: height and width that the annotation claims; held against the image before decoding.
        counts: compressed runs, one text an instance.
    """

    kind: ClassVar[str] = "runs"

    size: Size
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MaskPolygons:
    """Outlines, united; each is filled by the even-odd rule when its image's size is known.

    Attributes:
        outlines: x0, y0, x1, y1... as little-endian float64, one text of bytes an outline (as
            Python's numbers a hundred thousand images' outlines would fill the memory).
        size: height and width that the annotation claims, or None where it claims none.
    """

    kind: ClassVar[str] = "polygons"

    outlines: tuple[bytes, ...]
    size: Size | None = None

    @staticmethod
    def of(outlines: Iterable[Iterable[float]], size: Size | None = None) -> MaskPolygons:
        """Outlines given as numbers."""
        numbers = map(tuple, outlines)
        return MaskPolygons(tuple(struct.pack(f"<{len(n)}d", *n) for n in numbers), size)

    def points(self) -> Iterator[tuple[float, ...]]:
        """Each outline's x0, y0, x1, y1..."""
        for outline in self.outlines:
            yield struct.unpack(f"<{len(outline) // 8}d", outline)


@dataclass(frozen=True, slots=True)
class MaskAuto:
    """A mask that no person drew.

    Attributes:
        method: that makes it, see `auditor.domain.auto_masks`.
        file: where it was kept; None for "grabcut", which is made as the image is read.
    """

    kind: ClassVar[str] = "automatic"

    method: str
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class MaskUnion:
    """Several instances, or left and right: a pixel of any part is object."""

    parts: tuple[MaskReference, ...]

    @property
    def kind(self) -> str:
        """That of its first part."""
        return self.parts[0].kind


MaskReference = MaskFile | MaskBox | MaskRle | MaskPolygons | MaskAuto | MaskUnion
"""Closed: whoever matches on it ends in `assert_never`."""


def united(parts: Sequence[MaskReference]) -> MaskReference:
    """One mask as it is, several as their union, each once. At least one is needed."""
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else MaskUnion(distinct)


def mask_source(mask: MaskReference | None) -> MaskSource:
    """The grade of a mask; of a union the lowest of its parts (automatic, box, file)."""
    match mask:
        case None:
            return MaskSource.NONE
        case MaskFile() | MaskRle() | MaskPolygons():
            return MaskSource.FILE
        case MaskBox():
            return MaskSource.BOX
        case MaskAuto():
            return MaskSource.AUTO
        case MaskUnion(parts=parts):
            grades = {mask_source(part) for part in parts}
            lowest = (MaskSource.AUTO, MaskSource.BOX, MaskSource.FILE)
            return next((grade for grade in lowest if grade in grades), MaskSource.NONE)
    assert_never(mask)


def mask_files(mask: MaskReference | None) -> tuple[Path, ...]:
    """The files that a mask is read from."""
    match mask:
        case MaskFile(path=path):
            return (path,)
        case MaskUnion(parts=parts):
            return tuple(path for part in parts for path in mask_files(part))
        case None | MaskBox() | MaskRle() | MaskPolygons() | MaskAuto():
            return ()
    assert_never(mask)


def encode_mask_reference(mask: MaskReference, *, paths: bool = True) -> str:
    """A mask reference as ASCII JSON; `decode_mask_reference` takes it back.

    Args:
        paths: write where mask files lie; without, the text is the same for a copy of the data.
    """
    return json.dumps(_mask_values(mask, paths))


def decode_mask_reference(text: str) -> MaskReference:
    """The inverse of `encode_mask_reference`."""
    return _mask_of(json.loads(text))


def _mask_values(mask: MaskReference, paths: bool) -> list[Any]:
    match mask:
        case MaskFile(path=path, ignore_value=ignored, object_values=values, object_colours=rgb):
            return ["file", ignored, values, rgb, os.fspath(path) if paths else ""]
        case MaskBox(x0=x0, y0=y0, x1=x1, y1=y1, relative=relative):
            return ["box", x0, y0, x1, y1, relative]
        case MaskRle(size=size, counts=counts):
            return ["rle", size, counts]
        case MaskPolygons(outlines=outlines, size=claimed):
            return ["polygons", claimed, [b64encode(each).decode("ascii") for each in outlines]]
        case MaskAuto(method=method, file=file):
            return ["auto", method, os.fspath(file)] if paths and file else ["auto", method]
        case MaskUnion(parts=parts):
            return ["union", [_mask_values(part, paths) for part in parts]]
    assert_never(mask)


def _mask_of(stored: list[Any]) -> MaskReference:
    match stored:
        case ["file", ignored, values, rgb, path]:
            return MaskFile(Path(path), ignored, _tuple(values), _tuple(rgb))
        case ["box", x0, y0, x1, y1, relative]:
            return MaskBox(x0, y0, x1, y1, relative)
        case ["rle", [height, width], counts]:
            return MaskRle((height, width), tuple(counts))
        case ["polygons", claimed, outlines]:
            return MaskPolygons(tuple(map(b64decode, outlines)), _tuple(claimed))
        case ["auto", method, *file]:
            return MaskAuto(method, Path(*file) if file else None)
        case ["union", parts]:
            return MaskUnion(tuple(map(_mask_of, parts)))
    raise ValueError(f"no mask reference: {stored!r:.80}")


def _tuple(values: list[Any] | None) -> Any:
    return None if values is None else tuple(values)
