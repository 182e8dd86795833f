"""Which cases of a run a person should look at, as tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.case_masks import CaseMasks
from auditor.domain.exports import Export
from auditor.domain.mask_doubts import DOUBT_MEANING, MaskDoubt
from auditor.domain.preprocess import Preprocess
from auditor.domain.review_tasks import CASE_QUESTION, MASK_QUESTION
from auditor.domain.verdicts import FLAGGED_CASES
from auditor.export.selection import select
from auditor.export.tasks.records import ReviewTask
from auditor.imagery.decode import UnreadableImage
from auditor.imagery.overlay import cam_grid, heat
from auditor.imagery.view import view_size
from auditor.imagery.view_back import file_values
from auditor.storage.run import Run

HEAT_SIDE: Final = 64
"""Longer side of heat maps in pixels: a layer's grid has fewer cells."""


def tasks_of(
    run: Run,
    *,
    class_: str | None = None,
    verdict: str | None = None,
    review: str | None = None,
    heat_maps: bool = False,
) -> list[ReviewTask]:
    """Tasks of the cases with a doubtful mask or a flagged verdict, worst first.

    Args:
        run: a finished run.
        class_, review: only these of them.
        verdict: cases of this verdict instead, flagged or not.
        heat_maps: with the heat map.

    Raises:
        RunError: as `auditor.export.selection.select`.
    """
    rows = select(run, Export.CASES.value, class_=class_, verdict=verdict, review=review)
    if verdict is None:
        rows = rows[rows["mask_doubt"].notna() | rows["verdict"].isin(FLAGGED_CASES)]
    masks = CaseMasks.of(run, rows["case_id"].tolist())
    objects = rows.astype(object).where(rows.notna(), None)
    return [_task(row, masks, heat_maps=heat_maps) for row in objects.to_dict("records")]


def case_counts(tasks: list[ReviewTask]) -> Mapping[str, int]:
    """How many tasks have their mask from where (`ReviewTask.mask_from`, "none" for none)."""
    found = pd.Series([task.mask_from or "none" for task in tasks], dtype=object)
    return {str(name): int(n) for name, n in found.value_counts().items()}


def _task(row: Mapping[Any, Any], masks: CaseMasks, *, heat_maps: bool) -> ReviewTask:
    size = int(row["image_height"]), int(row["image_width"])
    found = masks.find(row["case_id"], size, row["mask"])
    doubt = row["mask_doubt"]
    return ReviewTask(
        case_id=row["case_id"],
        image=row["image"],
        label=row["label"],
        predicted=row["predicted"],
        confidence=float(row["confidence"]),
        verdict=row["verdict"],
        reason=row["reason"],
        severity=float(row["severity"]),
        size=size,
        question=CASE_QUESTION if doubt is None else MASK_QUESTION,
        mask=None if found is None else found[0],
        mask_from=None if found is None else found[1],
        mask_doubt=None if doubt is None else str(DOUBT_MEANING[MaskDoubt(doubt)]),
        heat=_heat(row, size, masks.preprocess) if heat_maps else None,
    )


def _heat(
    row: Mapping[Any, Any], size: tuple[int, int], preprocess: Preprocess
) -> NDArray[np.uint8] | None:
    """The heat map in the proportions of the file; None where there is no map."""
    if not row["cam"] or not row["cam_scale"]:
        return None
    grid = cam_grid(row["cam"], int(row["cam_height"]), int(row["cam_width"]))
    try:
        warm = heat(grid, view_size((size[1], size[0]), preprocess))
        placed = file_values(warm, size, preprocess, longest=HEAT_SIDE)
    except UnreadableImage:
        return None
    return np.asarray((placed * 255).round().astype(np.uint8))
