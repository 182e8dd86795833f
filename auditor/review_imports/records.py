"""What a file of another tool says, before it is matched with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from auditor.domain.errors import DataError
from auditor.reviews.events import ReviewDecision

DECISIONS: Final[Mapping[str, ReviewDecision]] = {
    "confirmed": ReviewDecision.CONFIRMED,
    "confirm": ReviewDecision.CONFIRMED,
    "shortcut": ReviewDecision.CONFIRMED,
    "yes": ReviewDecision.CONFIRMED,
    "dismissed": ReviewDecision.DISMISSED,
    "dismiss": ReviewDecision.DISMISSED,
    "no shortcut": ReviewDecision.DISMISSED,
    "object": ReviewDecision.DISMISSED,
    "no": ReviewDecision.DISMISSED,
    "unsure": ReviewDecision.UNSURE,
}
"""Words for a decision, in lower case."""


@dataclass(frozen=True, slots=True)
class ReviewTarget:
    """Which case is meant: by its id, or by its image (and label, where an image has several).

    Attributes:
        case_id: as in the run, or None.
        image: path or file name of the image, or None.
        label: class, or None.
        place: where in the file it stands, for messages ("row 3", "task 17").
    """

    case_id: str | None
    image: str | None
    label: str | None
    place: str


@dataclass(frozen=True, slots=True)
class ImportedDecision:
    """One decision of one person on one case.

    Attributes:
        target: the case.
        decision: what was decided.
        reviewer: who, or None where the file does not say.
        note: free text, "" for none.
        time: ISO 8601 as the file has it, or None.
    """

    target: ReviewTarget
    decision: ReviewDecision
    reviewer: str | None
    note: str = ""
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline of an object.

    Attributes:
        kind: "polygon" (x, y pairs), "box" (x0, y0, x1, y1) or "runs" (row-major runs of the
            pixels of a rectangle, background first).
        values: coordinates in pixels, or run lengths.
        frame: of "runs": left, top, width, height in pixels; else None.
        share: whether coordinates are shares of the image's width and height, in percent.
    """

    kind: Literal["polygon", "box", "runs"]
    values: tuple[float, ...]
    frame: tuple[int, int, int, int] | None = None
    share: bool = False


@dataclass(frozen=True, slots=True)
class Brush:
    """A brush stroke, not decoded yet: what it claims is held against its image first.

    Attributes:
        packed: Label Studio's run-length code.
        size: height and width that the annotation claims.
    """

    packed: bytes
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ColumnRuns:
    """COCO's runs of a whole image, down its columns, not decoded yet.

    Attributes:
        counts: compressed, as the COCO API writes them.
        size: height and width that the annotation claims.
    """

    counts: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class PackedArray:
    """An array as FiftyOne stores it (zlib over NumPy's format): what is not zero is object."""

    packed: bytes


Part = Outline | Brush | ColumnRuns | PackedArray
"""Closed: whoever matches on it ends in `assert_never`."""


@dataclass(frozen=True, slots=True)
class ImportedMask:
    """The object of one case, drawn by a person; parts are united.

    Attributes:
        target: the case.
        parts: at least one.
        reviewer: who drew it, or None where the file does not say.
        time: ISO 8601 as the file has it, or None.
    """

    target: ReviewTarget
    parts: tuple[Part, ...]
    reviewer: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """All that a file says.

    Attributes:
        decisions, masks: in the order of the file.
        left_out: what is there and not read, in words.
    """

    decisions: tuple[ImportedDecision, ...]
    masks: tuple[ImportedMask, ...] = ()
    left_out: tuple[str, ...] = ()


def decision_of(word: str, place: str) -> ReviewDecision:
    """The decision that a word stands for.

    Raises:
        DataError: it stands for none.
    """
    found = DECISIONS.get(word.strip().lower())
    if found is None:
        raise DataError(
            "A decision is not understood.",
            code="reviews.unknown_decision",
            expected="confirmed, dismissed or unsure",
            got=f"{word!r} in {place}",
            remedy="correct it in the file; nothing was saved",
        )
    return found


def is_decision(word: object) -> bool:
    """Whether a word stands for a decision."""
    return isinstance(word, str) and word.strip().lower() in DECISIONS


def unreadable(place: str, why: str) -> DataError:
    """A file whose content is not what its format asks for."""
    return DataError(
        "The file of reviews cannot be read.",
        code="reviews.unreadable",
        expected="CSV, Label Studio, COCO or FiftyOne JSON, CVAT for images XML, or a .zip of one",
        got=f"{place}: {why}",
        remedy="export it again in one of these formats; nothing was saved",
    )
