"""Names of classes or labels as the configuration gives them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.config import DataSection
from auditor.domain.errors import DataError


def class_names(data: DataSection) -> Sequence[str] | None:
    """Names in the order of the network's outputs, as the configuration gives them; None for none.

    Raises:
        DataError: the file of names cannot be read.
    """
    given = data.classes
    if not isinstance(given, Path):
        return given
    try:
        lines = given.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            "The class names cannot be read.",
            code="classes.unreadable",
            expected="a UTF-8 text file with one class name a line, in the order of the outputs",
            got=f"{given}: {error}",
            remedy="name the right file with --classes",
        ) from None
    return [line.strip() for line in lines if line.strip()]
