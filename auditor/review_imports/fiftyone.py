"""FiftyOne's JSON (`samples.json` of a FiftyOneDataset export): decisions of samples.

A decision is a tag of the sample (`confirmed`...), or a field `decision` or `review` that holds
the word or a Classification with it. `case_id`, `reviewer` and `note` are fields; `object_mask` is
a Segmentation or Polylines.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.review_imports.records import (
    Imported,
    ImportedDecision,
    ImportedMask,
    Outline,
    PackedArray,
    Part,
    ReviewTarget,
    decision_of,
    is_decision,
    unreadable,
)

FIELDS = ("decision", "review")


def is_fiftyone(value: Any) -> bool:
    """Whether parsed JSON holds FiftyOne samples."""
    return isinstance(value, dict) and isinstance(value.get("samples"), list)


def read_fiftyone(content: Mapping[str, Any]) -> Imported:
    """Decisions and polylines of all samples.

    Raises:
        DataError: a sample is no object, or its points are no numbers.
    """
    decisions: list[ImportedDecision] = []
    masks: list[ImportedMask] = []
    left_out: list[str] = []
    for number, sample in enumerate(content["samples"], start=1):
        place = f"sample {number}"
        if not isinstance(sample, Mapping):
            raise unreadable(place, "it is no object")
        target = ReviewTarget(
            _text(sample.get("case_id")),
            _text(sample.get("filepath")),
            _text(_word(sample.get("ground_truth"))),
            place,
        )
        who, note = _text(sample.get("reviewer")), _text(sample.get("note")) or ""
        decisions += [
            ImportedDecision(target, decision_of(word, place), who, note) for word in _words(sample)
        ]
        parts: tuple[Part, ...] = (*_outlines(sample, place), *_pixels(sample, place))
        if parts:
            masks.append(ImportedMask(target, parts, who))
        elif _is_file(sample):
            left_out.append(f"{place}: a mask in a file of its own is not read")
    return Imported(tuple(decisions), tuple(masks), tuple(left_out))


def _words(sample: Mapping[str, Any]) -> list[str]:
    """A field says it; else a tag does."""
    fields = [_word(sample.get(name)) for name in FIELDS]
    said = [word for word in fields if is_decision(word)]
    tags = sample.get("tags")
    tagged = [tag for tag in tags if is_decision(tag)] if isinstance(tags, list) else []
    return [str(word) for word in (said or tagged)[:1]]


def _word(value: Any) -> Any:
    """A Classification is an object with a label."""
    return value.get("label") if isinstance(value, Mapping) else value


def _outlines(sample: Mapping[str, Any], place: str) -> Iterator[Outline]:
    """Closed polylines of the field `object_mask`; FiftyOne's points are shares of 0..1."""
    field = sample.get("object_mask")
    lines = field.get("polylines") if isinstance(field, Mapping) else None
    try:
        for line in lines or ():
            for ring in line["points"]:
                flat = tuple(100.0 * float(n) for point in ring for n in point)
                yield Outline("polygon", flat, share=True)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise unreadable(place, f"object_mask: {error}") from None


def _pixels(sample: Mapping[str, Any], place: str) -> Iterator[PackedArray]:
    """The pixels of a Segmentation in the field `object_mask`, as extended JSON has bytes."""
    field = sample.get("object_mask")
    stored = field.get("mask") if isinstance(field, Mapping) else None
    if stored is None:
        return
    try:
        text = stored["$binary"] if isinstance(stored, Mapping) else stored
        yield PackedArray(b64decode(text["base64"] if isinstance(text, Mapping) else text))
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(place, f"object_mask: {error}") from None


def _is_file(sample: Mapping[str, Any]) -> bool:
    field = sample.get("object_mask")
    return isinstance(field, Mapping) and bool(field.get("mask_path"))


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
