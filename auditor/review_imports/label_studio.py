"""Label Studio's JSON export: choices as decisions; brush, polygon and box labels as masks.

A task's `data` holds `case_id` (as `auditor export` gives it) or `image`. Every annotation that
was not cancelled counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.review_imports.records import (
    Brush,
    Imported,
    ImportedDecision,
    ImportedMask,
    Outline,
    ReviewTarget,
    decision_of,
    is_decision,
    unreadable,
)


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
        target = ReviewTarget(
            _text(data.get("case_id")), _text(data.get("image")), _text(data.get("label")), place
        )
        for annotation in _listed(task.get("annotations")):
            if not isinstance(annotation, Mapping):
                raise unreadable(place, "an annotation is no object")
            if annotation.get("was_cancelled"):
                continue
            results = [r for r in _listed(annotation.get("result")) if isinstance(r, Mapping)]
            decisions += _decisions(target, annotation, results)
            parts = tuple(_parts(results, place))
            if parts:
                who, when = _who(annotation.get("completed_by")), _when(annotation)
                masks.append(ImportedMask(target, parts, who, when))
    return Imported(tuple(decisions), tuple(masks))


def _decisions(
    target: ReviewTarget, annotation: Mapping[str, Any], results: Sequence[Mapping[str, Any]]
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
                    _when(annotation),
                )


def _parts(results: Sequence[Mapping[str, Any]], place: str) -> Iterator[Outline | Brush]:
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
                    # A list, not a number: of that many bytes zeros would be made.
                    yield Brush(bytes(list(value["rle"])), size)
                case _:
                    pass
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise unreadable(place, f"{result.get('type')}: {error}") from None


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


def _when(annotation: Mapping[str, Any]) -> str | None:
    return _text(annotation.get("updated_at") or annotation.get("created_at"))


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
