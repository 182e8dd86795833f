"""Corrected masks as files in a folder of their own; the user's data stays as it is."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from auditor.case_masks import CaseMasks
from auditor.domain.errors import DataError
from auditor.files import refuse_filled
from auditor.review_imports.records import unreadable
from auditor.storage.csv_text import csv_bytes
from auditor.storage.run import Run

COLUMNS: Final = ("case_id", "image", "label", "image_width", "image_height", "mask")
"""Columns of the run's cases that an import takes."""
RECORD: Final = "masks.csv"
RECORD_COLUMNS: Final = ("image", "label", "mask", "case_id", "reviewer", "time")


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedMask:
    """A mask that a person drew for a case.

    Attributes:
        case_id, image, label: of the run.
        pixels: (H, W) bool of the upright file.
        reviewer, time: as the file has them, or None.
    """

    case_id: str
    image: str
    label: str
    pixels: NDArray[np.bool_]
    reviewer: str | None
    time: str | None


def file_sizes(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """case_id -> height and width of the upright file, from `COLUMNS`."""
    sides = table[["case_id", "image_height", "image_width"]].itertuples(index=False)
    return {case: (int(height), int(width)) for case, height, width in sides}


def without_unchanged(
    run: Run, masks: Sequence[CorrectedMask], table: pd.DataFrame
) -> list[CorrectedMask]:
    """Those that are not the case's own mask, pixel by pixel: tools hand back what nobody touched.

    Args:
        run: of the masks.
        masks: as they were read.
        table: `COLUMNS` of the run's cases.
    """
    own = CaseMasks.of(run, [each.case_id for each in masks])
    stored = dict(zip(table["case_id"], table["mask"], strict=True))

    def changed(mask: CorrectedMask) -> bool:
        copy = stored[mask.case_id]
        text = copy if isinstance(copy, str) else None
        found = own.find(mask.case_id, mask.pixels.shape, text)
        return found is None or not np.array_equal(found[0], mask.pixels)

    return [mask for mask in masks if changed(mask)]


def write_masks(masks: Sequence[CorrectedMask], folder: Path, reviewer: str | None) -> None:
    """Write the folder whole: `cls/a.png` for `cls/a.jpg`, and `masks.csv`, which lists them.

    Args:
        masks: at least one.
        folder: not there yet, or empty.
        reviewer: who drew them, where the file did not say.

    Raises:
        DataError: a name leaves the folder, or two different masks have the same name.
        RunError: the folder is not empty.
    """
    refuse_filled(
        folder, "The folder for masks is not empty.", "name another --masks-out; nothing was saved"
    )
    names = dict(_named(masks))
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, mask in names.items():
            file = scratch / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask.pixels.astype(np.uint8) * 255).save(file)
        rows = [
            (m.image, m.label, name, m.case_id, m.reviewer or reviewer, m.time)
            for name, m in names.items()
        ]
        record = pd.DataFrame(rows, columns=list(RECORD_COLUMNS))
        (scratch / RECORD).write_bytes(csv_bytes(record))
        scratch.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()
        scratch.replace(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _named(masks: Sequence[CorrectedMask]) -> Iterator[tuple[str, CorrectedMask]]:
    """Every mask with the name of its file."""
    seen: dict[str, CorrectedMask] = {}
    for mask in masks:
        path = PurePosixPath(mask.image).with_suffix(".png")
        if path.is_absolute() or ".." in path.parts or "\\" in mask.image:
            raise unreadable(mask.image, "its name leaves the dataset's folder")
        name = str(path)
        first = seen.setdefault(name, mask)
        if first is not mask and not np.array_equal(first.pixels, mask.pixels):
            raise DataError(
                "Two different masks would have the same file.",
                code="reviews.same_mask_file",
                expected="one mask for each image",
                got=f"{name} for {first.image!r} ({first.label!r}) and {mask.image!r}"
                f" ({mask.label!r})",
                remedy="import their masks one at a time, into two folders; nothing was saved",
            )
        if first is mask:
            yield name, mask
