"""What a dataset holds: one labelled image with, perhaps, a mask of its object."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from auditor.domain.mask_references import MaskReference

_NUMBER = re.compile("[0-9e]+")


@dataclass(frozen=True, slots=True)
class Sample:
    """One image to audit.

    Attributes:
        case_id: stable across runs of the same image and label (see `case_id_of`).
        image: the image as the dataset names it, relative to the data root, with `/`.
        label: class name.
        path: the file to read.
        mask: where its object mask is, or None.
        split: value of the `split` column, or None.
        duplicate_group: images of one group are not independent evidence; None is its own group.
        slices: (column, value) pairs of further columns.
    """

    case_id: str
    image: str
    label: str
    path: Path
    mask: MaskReference | None = None
    split: str | None = None
    duplicate_group: str | None = None
    slices: tuple[tuple[str, str], ...] = ()

    @property
    def group(self) -> str:
        """The statistical cluster of this image."""
        return self.duplicate_group or self.case_id


@dataclass(frozen=True, slots=True)
class Skip:
    """An input that was not audited, and why (a row of skipped.csv)."""

    image: str
    reason: str


def case_id_of(image: str, label: str) -> str:
    """Sixteen hex digits of SHA-256 over the image's relative name and its label.

    One id in 800 would read as a number (all digits, or such as 12e5), which spreadsheets round:
    it begins with an x instead of its first digit.
    """
    name = f"{image}\x00{label}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(name).hexdigest()[:16]
    return f"x{digest[1:]}" if _NUMBER.fullmatch(digest) else digest
