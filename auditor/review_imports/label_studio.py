"""Label Studio's JSON export: choices as decisions; brush, polygon and box labels as masks.

A task's `data` holds `case_id` (as `auditor export` gives it) or `image`. Every annotation that
was not cancelled counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.review_imports.records import (
    Imported,
    ImportedDecision,
    ImportedMask,
    Outline,
    Pixels,
    Target,
    decision_of,
    is_decision,
    unreadable,
)

MOST_PIXELS = 200_000_000
"""Pixels that a mask may claim."""


def is_label_studio(value: Any) -> bool:
    """Whether parsed JSON is a list of Label Studio tasks."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(task, dict) and "data" in task for task in value)
    )


def read_label_studio(tasks: Sequence[Mapping[str, Any]]) -> Imported:
    """Decisions and masks of all tasks.

    Raises:
        DataError: an annotation is not as Label Studio writes it.
    """
    decisions: list[ImportedDecision] = []
    masks: list[ImportedMask] = []
    for number, task in enumerate(tasks, start=1):
        place = f"task {task.get('id', number)}"
        data = task["data"] if isinstance(task["data"], Mapping) else {}
        target = Target(
            _text(data.get("case_id")), _text(data.get("image")), _text(data.get("label")), place
        )
        for annotation in task.get("annotations") or ():
            if not isinstance(annotation, Mapping):
                raise unreadable(place, "an annotation is no object")
            if annotation.get("was_cancelled"):
                continue
            results = [r for r in annotation.get("result") or () if isinstance(r, Mapping)]
            decisions += _decisions(target, annotation, results)
            parts = tuple(_parts(results, place))
            if parts:
                masks.append(ImportedMask(target, parts))
    return Imported(tuple(decisions), tuple(masks))


def _decisions(
    target: Target, annotation: Mapping[str, Any], results: Sequence[Mapping[str, Any]]
) -> Iterator[ImportedDecision]:
    note = " ".join(
        str(text)
        for result in results
        if result.get("type") == "textarea"
        for text in _listed(_value(result).get("text"))
    )
    for result in results:
        if result.get("type") != "choices":
            continue
        for word in _listed(_value(result).get("choices")):
            if is_decision(word):
                yield ImportedDecision(
                    target,
                    decision_of(word, target.place),
                    _who(annotation.get("completed_by")),
                    note,
                    _text(annotation.get("updated_at") or annotation.get("created_at")),
                )


def _parts(results: Sequence[Mapping[str, Any]], place: str) -> Iterator[Outline | Pixels]:
    for result in results:
        value = _value(result)
        try:
            match result.get("type"):
                case "polygonlabels" | "polygon":
                    flat = tuple(float(n) for point in value["points"] for n in point)
                    yield Outline("polygon", flat, share=True)
                case "rectanglelabels" | "rectangle":
                    x, y = float(value["x"]), float(value["y"])
                    box = (x, y, x + float(value["width"]), y + float(value["height"]))
                    yield Outline("box", box, share=True)
                case "brushlabels" | "brush":
                    size = int(result["original_height"]), int(result["original_width"])
                    yield Pixels(decode_brush(bytes(value["rle"]), size))
                case _:
                    pass
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise unreadable(place, f"{result.get('type')}: {error}") from None


def decode_brush(packed: bytes, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A brush stroke's mask from Label Studio's run-length code (thi.ng/rle-pack of RGBA).

    Args:
        packed: as the export has it.
        size: height and width that the annotation claims.

    Returns:
        (height, width) bool, where alpha is above half.

    Raises:
        ValueError: the code does not hold four channels of that size.
    """
    height, width = size
    if min(size) < 1 or height * width > MOST_PIXELS:
        raise ValueError(f"a mask of {height} x {width} pixels")
    bits = _Bits(packed)
    total, word = bits.read(32), bits.read(5) + 1
    sizes = [bits.read(4) + 1 for _ in range(4)]
    if total != height * width * 4:
        raise ValueError(f"{total} values instead of {height * width * 4}")
    values = np.zeros(total, dtype=np.uint8)
    at = 0
    while at < total:
        same = bits.read(1)
        stop = min(total, at + 1 + bits.read(sizes[bits.read(2)]))
        if same:
            values[at:stop] = bits.read(word) & 0xFF
        else:
            values[at:stop] = [bits.read(word) & 0xFF for _ in range(at, stop)]
        at = stop
    return np.asarray(values.reshape(height, width, 4)[..., 3] > 127)


class _Bits:
    """Numbers of any width from bytes, highest bit first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def read(self, width: int) -> int:
        end = self._at + width
        if end > len(self._data) * 8:
            raise ValueError("the run-length code ends too early")
        first, last = self._at // 8, (end + 7) // 8
        value = int.from_bytes(self._data[first:last], "big") >> (last * 8 - end)
        self._at = end
        return value & ((1 << width) - 1)


def _value(result: Mapping[str, Any]) -> Mapping[str, Any]:
    value = result.get("value")
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _who(value: Any) -> str | None:
    """`completed_by` is a user's number or, in some exports, an object with an address."""
    if isinstance(value, Mapping):
        value = value.get("email") or value.get("username") or value.get("id")
    return _text(value)


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
