"""Masks in a folder of their own that mirrors the images' tree: cls/a.jpg -> cls/a.png."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import splitext
from typing import Final

from auditor.data.walking import files_under
from auditor.domain.errors import DataError
from auditor.domain.samples import MaskFile, Sample, Skip
from auditor.imagery.decode import IMAGE_SUFFIXES

PREFERRED: Final = (".png", ".tif", ".tiff", ".bmp", ".gif", ".webp")
"""Where a mask is there twice: lossless first, the other suffixes after in alphabetical order."""


@dataclass(frozen=True)
class MaskMirror:
    """An index of the mask tree.

    Attributes:
        root: the masks' folder.
        files: path without suffix, relative to the root, with `/` -> the mask's file.
    """

    root: Path
    files: Mapping[str, Path]

    @staticmethod
    def of(root: Path) -> MaskMirror:
        """Index a folder of masks. Raises `DataError` if there is no such folder."""
        if not root.is_dir():
            raise DataError(
                "The masks' folder is not there.",
                expected="a folder that mirrors the images' tree (cls/a.jpg -> cls/a.png)",
                got=str(root),
                remedy="name the right --masks",
            )
        found = [name for name in files_under(root) if _suffix(name) in IMAGE_SUFFIXES]
        files: dict[str, Path] = {}
        for name in sorted(found, key=_preference):
            files.setdefault(_stem(name), root / name)
        return MaskMirror(root, files)

    def find(self, *names: str) -> MaskFile | None:
        """The mask of an image under the first of its names that has one."""
        for name in names:
            path = self.files.get(_stem(name))
            if path is not None:
                return MaskFile(path)
        return None


def with_mirrored_masks(
    records: Iterable[Sample | Skip], masks: Path, *, below: str = ""
) -> list[Sample | Skip]:
    """The records with masks from a mirrored folder where they have none yet.

    Args:
        below: folder that the mask tree may leave out in front of the images' names ("val").

    Raises:
        DataError: if not one image has a mask there.
    """
    mirror = MaskMirror.of(masks)
    listed = list(records)
    matched = [
        replace(record, mask=mirror.find(record.image, record.image.removeprefix(f"{below}/")))
        if isinstance(record, Sample) and record.mask is None
        else record
        for record in listed
    ]
    samples = [record for record in matched if isinstance(record, Sample)]
    if samples and all(sample.mask is None for sample in samples):
        raise DataError(
            "No image has a mask in the masks' folder.",
            expected=f"{_stem(samples[0].image)}.png (or another image suffix) in {masks}",
            got=f"{len(mirror.files)} masks there"
            + (f", the first {min(mirror.files)}" if mirror.files else ""),
            remedy="mirror the images' tree (cls/a.jpg -> cls/a.png), or name the right --masks",
        )
    return matched


def _suffix(name: str) -> str:
    return splitext(name)[1].lower()


def _stem(name: str) -> str:
    return splitext(name)[0]


def _preference(name: str) -> tuple[int, str]:
    suffix = _suffix(name)
    return (PREFERRED.index(suffix) if suffix in PREFERRED else len(PREFERRED), name)
