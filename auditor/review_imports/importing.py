"""Decisions into the reviews, masks into a folder: all of a file, or nothing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.domain.errors import DataError, RunError
from auditor.review_imports.drawing import draw
from auditor.review_imports.matching import Cases
from auditor.review_imports.opening import read_reviews
from auditor.review_imports.records import ImportedDecision, ImportedMask, unreadable
from auditor.reviews.events import Review
from auditor.reviews.store import open_store
from auditor.storage.run import Run

TOLD = 5
"""Records that are named in a message."""
UNKNOWN_REVIEWER = "imported"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of an import.

    Attributes:
        decisions: in the file, on cases of the run.
        saved: of them, those that were not there before.
        masks: files written.
        unmatched: what belongs to no case of the run, in words.
    """

    decisions: int
    saved: int
    masks: int
    unmatched: tuple[str, ...]


def import_reviews(
    run: Run, path: Path, *, reviewer: str | None = None, masks_out: Path | None = None
) -> ImportResult:
    """Bring the decisions (and masks) of a file back to a run.

    Importing the same file twice saves nothing twice.

    Args:
        run: the run that the cases belong to.
        path: a CSV, a Label Studio or FiftyOne JSON, or a CVAT XML.
        reviewer: who decided, where the file does not say.
        masks_out: folder for masks, which mirrors the images' tree; None leaves masks alone.

    Raises:
        DataError: the file cannot be read, says nothing, or nothing in it belongs to the run.
        RunError: `masks_out` holds something already.
    """
    found = read_reviews(path)
    columns = ("case_id", "image", "label", "image_width", "image_height")
    table = run.cases(columns)
    cases = Cases.of(table)
    matched = [(cases.find(each.target), each) for each in found.decisions]
    drawn = [(cases.find(each.target), each) for each in found.masks]
    unmatched = (
        *(f"{each.target.place}: {why}" for (case, why), each in matched if case is None),
        *(f"{each.target.place}: {why}" for (case, why), each in drawn if case is None),
    )
    _refuse_empty(unmatched, len(matched) + len(drawn), path)
    sizes = {
        case: (int(height), int(width))
        for case, width, height in table[["case_id", "image_width", "image_height"]].itertuples(
            index=False
        )
    }
    masks = {cases.images[case]: _pixels(each, sizes[case]) for (case, _), each in drawn if case}
    name = run.path.resolve().name
    events = [_review(name, case, each, reviewer) for (case, _), each in matched if case]
    if masks_out is not None and masks:
        _write(masks, masks_out)
    store = open_store(run.path.resolve().parent)
    try:
        saved = store.append(*events)
    finally:
        store.close()
    written = len(masks) if masks_out is not None else 0
    return ImportResult(len(events), saved, written, unmatched)


def _refuse_empty(unmatched: Sequence[str], records: int, path: Path) -> None:
    if records == 0:
        raise unreadable(str(path), "it holds no decision and no mask")
    if len(unmatched) == records:
        raise DataError(
            "Nothing in the file belongs to this run.",
            code="reviews.none_of_this_run",
            expected="case_id as in the run's cases, or images of its dataset",
            got="; ".join(unmatched[:TOLD]),
            remedy="name the run that the file was made from; nothing was saved",
        )


def _pixels(mask: ImportedMask, size: tuple[int, int]) -> NDArray[np.bool_]:
    try:
        return draw(mask.parts, size)
    except ValueError as error:
        raise unreadable(mask.target.place, str(error)) from None


def _review(run: str, case: str, told: ImportedDecision, reviewer: str | None) -> Review:
    who = told.reviewer or reviewer or UNKNOWN_REVIEWER
    when = _time(told)
    key = "\x00".join((run, case, who, told.decision.value, told.note, told.time or ""))
    token = "import-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Review(run, case, who, told.decision, told.note, when, token)


def _time(told: ImportedDecision) -> datetime:
    if told.time is None:
        return datetime.now(UTC)
    try:
        when = datetime.fromisoformat(told.time)
    except ValueError:
        raise unreadable(told.target.place, f"{told.time!r} is no ISO 8601 time") from None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def _write(masks: dict[str, NDArray[np.bool_]], folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise RunError(
            "The folder for masks is not empty.",
            code="folder.not_empty",
            expected="a new folder, or an empty one",
            got=str(folder),
            remedy="name another --masks-out; nothing was saved",
        )
    for image, mask in masks.items():
        relative = PurePosixPath(image).with_suffix(".png")
        if relative.is_absolute() or ".." in relative.parts:
            raise unreadable(image, "its name leaves the dataset's folder")
        file = folder / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask.astype(np.uint8) * 255).save(file)
