"""Masks in a folder of their own that mirrors the images' tree: cls/a.jpg -> cls/a.png."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import splitext
from typing import Final

from auditor.data.masks.naming import MASK_SUFFIX, image_stems, without_side
from auditor.data.walking import files_under
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskFile, MaskReference, united
from auditor.domain.samples import Sample, Skip
from auditor.files import is_dir
from auditor.imagery.decode import IMAGE_SUFFIXES

PREFERRED: Final = (".png", ".tif", ".tiff", ".bmp", ".gif", ".webp")
"""Where a mask is there twice: lossless first, the other suffixes after in alphabetical order."""


@dataclass(frozen=True)
class MaskTree:
    """An index of the mask tree.

    Attributes:
        root: the masks' folder.
        files: path without suffix, relative to the root, with `/` -> the mask's file.
        parts: the same of images whose masks have a suffix of their own (`x_mask`, `x_mask_1`,
            `x_left`) or lie in folders of left and right -> their files.
        values: pixel values that are the object.
    """

    root: Path
    files: Mapping[str, Path]
    parts: Mapping[str, tuple[Path, ...]]
    values: tuple[int, ...] | None = None

    @staticmethod
    def of(
        root: Path, *, suffix: str = MASK_SUFFIX, values: tuple[int, ...] | None = None
    ) -> MaskTree:
        """Index a folder of masks. Raises `DataError` if there is no such folder."""
        if not is_dir(root):
            raise DataError(
                "The masks' folder is not there.",
                code="masks.no_folder",
                expected="a folder that mirrors the images' tree (cls/a.jpg -> cls/a.png)",
                got=str(root),
                remedy="name the right --masks",
            )
        found = [name for name in files_under(root) if _suffix(name) in IMAGE_SUFFIXES]
        files: dict[str, Path] = {}
        for name in sorted(found, key=_preference):
            files.setdefault(_stem(name), root / name)
        parts: defaultdict[str, list[Path]] = defaultdict(list)
        for stem in sorted(files):
            images = {*image_stems(stem, suffix)}
            aside = without_side(stem)
            for image in sorted(images if aside is None else {*images, aside}):
                parts[image].append(files[stem])
        return MaskTree(root, files, {k: tuple(v) for k, v in parts.items()}, values)

    def find(self, *names: str) -> MaskReference | None:
        """The mask of an image under the first of its names that has one."""
        stems = [_stem(name) for name in names]
        for stem in stems:
            if stem in self.files:
                return MaskFile(self.files[stem], object_values=self.values)
        for stem in stems:
            if stem in self.parts:
                return united([MaskFile(p, object_values=self.values) for p in self.parts[stem]])
        return None


def with_mirrored_masks(
    records: Iterable[Sample | Skip],
    masks: Path,
    *,
    below: str = "",
    suffix: str = MASK_SUFFIX,
    values: tuple[int, ...] | None = None,
) -> list[Sample | Skip]:
    """The records with masks from a mirrored folder where they have none yet.

    Args:
        below: folder that the mask tree may leave out in front of the images' names ("val").
        suffix: what a mask's name may have behind its image's.
        values: pixel values of the masks that are the object.

    Raises:
        DataError: if not one image has a mask there.
    """
    tree = MaskTree.of(masks, suffix=suffix, values=values)
    listed = list(records)
    matched = [
        replace(record, mask=tree.find(record.image, record.image.removeprefix(f"{below}/")))
        if isinstance(record, Sample) and record.mask is None
        else record
        for record in listed
    ]
    samples = [record for record in matched if isinstance(record, Sample)]
    if samples and all(sample.mask is None for sample in samples):
        raise DataError(
            "No image has a mask in the masks' folder.",
            code="masks.none_found",
            expected=f"{_stem(samples[0].image)}.png (or another image suffix) in {masks}",
            got=f"{len(tree.files)} masks there"
            + (f", the first {min(tree.files)}" if tree.files else ""),
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
