"""YOLO folders: recognised, so that `images` and `labels` are never taken for two classes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from auditor.data.sources.format import refused
from auditor.data.walking import files_under, folders_in
from auditor.files import is_dir, is_file

FILES: Final = (".yaml", ".yml")


def is_yolo(path: Path) -> bool:
    """Whether a path is a YOLO data file, or a folder that holds `images` and `labels`."""
    if is_file(path):
        return path.suffix.lower() in FILES
    return is_dir(path) and any(_has_labels(place) for place in (path, *_folders(path)))


def _folders(path: Path) -> list[Path]:
    return [path / name for name in folders_in(path)]


def _has_labels(folder: Path) -> bool:
    if not is_dir(folder / "images") or not is_dir(folder / "labels"):
        return False
    suffixes = {Path(name).suffix.lower() for name in files_under(folder / "labels")}
    return ".txt" in suffixes and suffixes <= {".txt", ".cache", ".json", ".yaml"}


FORMAT: Final = refused(
    "A YOLO dataset",
    is_yolo,
    "images beside text files of boxes",
    "export it as COCO instances .json, or write a .csv manifest with the columns image, label "
    "and box",
)
