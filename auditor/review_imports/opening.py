"""Which format a file of reviews has: every format is listed here, once."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from auditor.domain.errors import DataError
from auditor.review_imports.coco import is_coco, read_coco
from auditor.review_imports.csv_reviews import read_csv
from auditor.review_imports.cvat import read_cvat
from auditor.review_imports.fiftyone import is_fiftyone, read_fiftyone
from auditor.review_imports.label_studio import is_label_studio, read_label_studio
from auditor.review_imports.records import Imported, unreadable

MOST_BYTES = 512 * 1024 * 1024
IN_ARCHIVES: Final = (".csv", ".json", ".xml")
NAMED: Final = ("annotations.xml", "samples.json")
"""Files that CVAT's and FiftyOne's archives hold beside others of these suffixes."""


def read_reviews(path: Path) -> Imported:
    """What a file says, in whichever format it is.

    Raises:
        DataError: it cannot be read, or is of no known format.
    """
    try:
        suffix, content = _content(path)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, RuntimeError) as error:
        raise unreadable(str(path), str(error)) from None
    match suffix:
        case ".csv":
            return read_csv(text)
        case ".xml":
            return read_cvat(text)
        case ".json":
            return _json(text, path)
        case other:
            why = f"its name ends in {other!r}, not in .csv, .json, .xml or .zip"
            raise unreadable(str(path), why)


def _content(path: Path) -> tuple[str, bytes]:
    """Suffix and bytes of a file, or of the one file of reviews in an archive."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(path)
        return suffix, path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if _suffix(name) in IN_ARCHIVES]
        known = [name for name in names if PurePosixPath(name).name in NAMED]
        found = known or names
        if len(found) != 1:
            shown = ", ".join(map(repr, found[:5])) or "none"
            raise unreadable(str(path), f"one .csv, .json or .xml was expected in it, got {shown}")
        with archive.open(found[0]) as member:
            content = member.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_large(path)
    return _suffix(found[0]), content


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _too_large(path: Path) -> DataError:
    return unreadable(str(path), f"more than {MOST_BYTES // 2**20} MiB")


def _json(text: str, path: Path) -> Imported:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(str(path), str(error)) from None
    if is_fiftyone(value):
        return read_fiftyone(value)
    if is_coco(value):
        return read_coco(value)
    if is_label_studio(value):
        return read_label_studio(value)
    why = "neither Label Studio tasks nor COCO instances nor FiftyOne samples"
    raise unreadable(str(path), why)
