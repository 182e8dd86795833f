"""Decisions into the reviews, masks into a folder: all of a file, or nothing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.errors import DataError
from auditor.review_imports.drawing import draw
from auditor.review_imports.mask_files import (
    COLUMNS,
    CorrectedMask,
    file_sizes,
    without_unchanged,
    write_masks,
)
from auditor.review_imports.matching import CaseIndex
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
        unchanged: masks that are the case's own, pixel by pixel: they are not written.
        unmatched: what belongs to no case of the run, or is not read, in words.
    """

    decisions: int
    saved: int
    masks: int
    unchanged: int
    unmatched: tuple[str, ...]


def import_reviews(
    run: Run, path: Path, *, reviewer: str | None = None, masks_out: Path | None = None
) -> ImportResult:
    """Bring the decisions (and masks) of a file back to a run.

    Importing the same file twice saves nothing twice.

    Args:
        run: the run that the cases belong to.
        path: a CSV, a Label Studio, COCO or FiftyOne JSON, a CVAT XML, or a .zip of one of these.
        reviewer: who decided, where the file does not say.
        masks_out: folder for masks, which mirrors the images' tree; None leaves masks alone.

    Raises:
        DataError: the file cannot be read, says nothing, nothing in it belongs to the run, or two
            different masks would have the same file.
        RunError: `masks_out` holds something already.
    """
    found = read_reviews(path)
    table = run.cases(COLUMNS)
    cases = CaseIndex.of(table)
    matched = [(cases.find(each.target), each) for each in found.decisions]
    drawn = [(cases.find(each.target), each) for each in found.masks]
    unmatched = (
        *(f"{each.target.place}: {why}" for (case, why), each in matched if case is None),
        *(f"{each.target.place}: {why}" for (case, why), each in drawn if case is None),
    )
    _refuse_empty(unmatched, len(matched) + len(drawn), path)
    masks = [
        CorrectedMask(
            case, cases.images[case], cases.labels[case], pixels, each.reviewer, each.time
        )
        for case, each, pixels in _drawn(drawn, table)
    ]
    name = run.path.resolve().name
    events = [_review(name, case, each, reviewer) for (case, _), each in matched if case]
    changed = without_unchanged(run, masks, table) if masks_out is not None else []
    if masks_out is not None and changed:
        write_masks(changed, masks_out, reviewer)
    store = open_store(run.path.resolve().parent)
    try:
        saved = store.append(*events)
    finally:
        store.close()
    unchanged = len(masks) - len(changed) if masks_out is not None else 0
    told = (*unmatched, *found.left_out)
    return ImportResult(len(events), saved, len(changed), unchanged, told)


def _drawn(
    found: Sequence[tuple[tuple[str | None, str], ImportedMask]], table: pd.DataFrame
) -> Iterator[tuple[str, ImportedMask, NDArray[np.bool_]]]:
    """The masks of cases as pixels; of several of one case the last."""
    sizes = file_sizes(table)
    last = {case: mask for (case, _), mask in found if case is not None}
    for case, mask in last.items():
        try:
            yield case, mask, draw(mask.parts, sizes[case])
        except ValueError as error:
            raise unreadable(mask.target.place, str(error)) from None


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
