"""Which format a file of reviews has: every format is listed here, once."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.review_imports.csv_reviews import read_csv
from auditor.review_imports.cvat import read_cvat
from auditor.review_imports.fiftyone import is_fiftyone, read_fiftyone
from auditor.review_imports.label_studio import is_label_studio, read_label_studio
from auditor.review_imports.records import Imported, unreadable

MOST_BYTES = 512 * 1024 * 1024


def read_reviews(path: Path) -> Imported:
    """What a file says, in whichever format it is.

    Raises:
        DataError: it cannot be read, or is of no known format.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise unreadable(str(path), f"more than {MOST_BYTES // 2**20} MiB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(str(path), str(error)) from None
    match path.suffix.lower():
        case ".csv":
            return read_csv(text)
        case ".xml":
            return read_cvat(text)
        case ".json":
            return _json(text, path)
        case other:
            raise unreadable(str(path), f"its name ends in {other!r}, not in .csv, .json or .xml")


def _json(text: str, path: Path) -> Imported:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(str(path), str(error)) from None
    if is_fiftyone(value):
        return read_fiftyone(value)
    if is_label_studio(value):
        return read_label_studio(value)
    raise unreadable(str(path), "neither Label Studio tasks nor FiftyOne samples")
