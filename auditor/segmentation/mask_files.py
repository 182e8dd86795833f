"""Masks on the disk, by the content of the image and what made them: none is made twice."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from auditor.domain.messages import N_
from auditor.domain.samples import Sample
from auditor.imagery.decode import UnreadableImage, decode_image
from auditor.ports import Progress
from auditor.segmentation.segmenters import Mask, Picture, Segmenter

CACHE_VARIABLE = "AUDITOR_MASK_CACHE"
TOGETHER = 8
"""Pictures that a segmenter is asked about at once."""


def cache_folder() -> Path:
    """Where masks are kept: `AUDITOR_MASK_CACHE`, or the user's cache."""
    given = os.environ.get(CACHE_VARIABLE)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else home / "shortcut-auditor" / "masks"


def mask_files_of(
    samples: Sequence[Sample], segmenter: Segmenter, folder: Path, progress: Progress
) -> dict[str, Path]:
    """By case_id the file of each sample's mask; those that are not kept yet are made.

    A picture without an object gets an empty mask. One that cannot be read gets none: whoever
    audits it says why.
    """
    progress.stage(N_("finding objects"), len(samples))
    found: dict[str, Path] = {}
    for chunk in _chunks(samples, TOGETHER):
        missing: list[tuple[Sample, Path, Picture]] = []
        for sample in chunk:
            file = _place(sample, segmenter.identity, folder)
            if file is None:
                continue
            if not file.is_file():
                try:
                    missing.append((sample, file, decode_image(sample.path)))
                except UnreadableImage:
                    continue
            found[sample.case_id] = file
        if missing:
            masks = segmenter.masks([p for _, _, p in missing], [s.label for s, _, _ in missing])
            for (_, file, picture), mask in zip(missing, masks, strict=True):
                _write(file, np.zeros(picture.shape[:2], np.bool_) if mask is None else mask)
        progress.advance(len(chunk))
    return found


def _place(sample: Sample, identity: str, folder: Path) -> Path | None:
    """Labels count: a function may look for the object that its picture is said to show."""
    try:
        content = sample.path.read_bytes()
    except (OSError, ValueError):  # ValueError: no file can have such a name
        return None
    digest = hashlib.sha256(content)
    digest.update(b"\x00" + sample.label.encode("utf-8", "surrogateescape"))
    method = hashlib.sha256(identity.encode()).hexdigest()[:16]
    name = digest.hexdigest()
    return folder / method / name[:2] / f"{name[2:42]}.png"


def _write(file: Path, mask: Mask) -> None:
    """Whole or not at all: another process may make the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as scratch:
        Image.fromarray(mask).save(scratch, "PNG")
    Path(scratch.name).replace(file)


def _chunks(samples: Iterable[Sample], size: int) -> Iterator[list[Sample]]:
    remaining = iter(samples)
    while chunk := list(islice(remaining, size)):
        yield chunk
