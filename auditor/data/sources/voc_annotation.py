"""One annotation of a Pascal VOC tree, in the encoding that it declares."""

from __future__ import annotations

import codecs
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from auditor.domain.mask_references import MaskBox
from auditor.domain.messages import coded, error_text

LARGEST_XML: Final = 2**20
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
"""How a file begins that needs no declaration to be understood (XML 1.0, appendix F)."""
DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)""")
DECLARATION: Final = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "big5": "cp950"}
"""What tools write under these names is a superset of them."""


@dataclass(frozen=True)
class VocAnnotation:
    """Objects of an image.

    Attributes:
        boxes: class -> its boxes; none for a class of which no object has one.
        fault: why the image cannot be audited, or "".
        left_out: why objects' boxes were left out.
    """

    boxes: Mapping[str, tuple[MaskBox, ...]]
    fault: str = ""
    left_out: tuple[str, ...] = ()


def read_annotation(path: Path) -> VocAnnotation:
    """An annotation file; what is wrong with it is its `fault`. Raises `FileNotFoundError`."""
    try:
        found = _objects(_tree(path))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, LookupError, ElementTree.ParseError, RecursionError) as error:
        return VocAnnotation({}, _unread(path, error))
    return (
        found
        if found.boxes or found.fault
        else VocAnnotation({}, coded("skip.no_object", "no object is annotated"))
    )


def _tree(path: Path) -> ElementTree.Element:
    """XML without a document type, so that no entity can grow."""
    if path.stat().st_size > LARGEST_XML:
        raise ValueError("too large for an annotation")
    text = DECLARATION.sub("", _text(path.read_bytes()), count=1)
    if "<!" in text.replace("<!--", ""):
        raise ValueError("a document type or entity, which annotations do not have")
    return ElementTree.fromstring(text)  # noqa: S314 - entities are refused above


def _unread(path: Path, error: Exception) -> str:
    file = f"{path.parent.name}/{path.name}"
    return coded("skip.annotation", "{file}: {error}", file=file, error=error_text(error))


def _text(content: bytes) -> str:
    codec = next((name for mark, name in MARKS if content.startswith(mark)), None)
    if codec is None:
        declared = DECLARED.match(content[:300])
        codec = declared[1].decode("ascii").lower() if declared else "utf-8"
    try:
        return content.decode(WIDER.get(codec, codec))
    except UnicodeDecodeError as error:
        raise ValueError(f"not {codec}, as which it is declared ({error.reason})") from None


def _objects(tree: ElementTree.Element) -> VocAnnotation:
    boxes: defaultdict[str, list[MaskBox]] = defaultdict(list)
    left_out: list[str] = []
    for thing in tree.iter("object"):
        label = (thing.findtext("name") or "").strip()
        if not label:
            left_out.append(coded("skip.no_object_name", "an object has no name"))
            continue
        corners = thing.findall("bndbox")
        if not corners:
            boxes[label] += []
            left_out.append(coded("skip.no_box", "an object {label} has no box", label=label))
        for each in corners:
            try:
                box = _box(each)
            except ValueError as error:
                left_out.append(error_text(error))
            else:
                boxes[label].append(box)
    if not boxes and left_out:
        return VocAnnotation({}, left_out[0])
    return VocAnnotation({k: tuple(v) for k, v in boxes.items()}, "", tuple(left_out))


def _box(thing: ElementTree.Element) -> MaskBox:
    """VOC counts pixels from 1 and includes the last."""
    corners = [thing.findtext(key) or "" for key in ("xmin", "ymin", "xmax", "ymax")]
    try:
        x0, y0, x1, y1 = (float(corner) for corner in corners)
    except ValueError:
        raise ValueError(
            coded("skip.box_numbers", "the box {box} is not four numbers", box=str(corners))
        ) from None
    if not all(map(math.isfinite, (x0, y0, x1, y1))) or x1 < x0 or y1 < y0:
        raise ValueError(coded("skip.box_empty", "the box {box} is empty", box=str(corners)))
    return MaskBox(x0 - 1, y0 - 1, x1, y1)
