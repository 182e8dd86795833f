"""YOLO folders: recognised, so that `images` and `labels` are never taken for two classes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from auditor.data.sources.format import refused
from auditor.data.walking import files_under, folders_in

FILES: Final = (".yaml", ".yml")


def is_yolo(path: Path) -> bool:
    """Whether a path is a YOLO data file, or a folder that holds `images` and `labels`."""
    if path.is_file():
        return path.suffix.lower() in FILES
    return path.is_dir() and any(_has_labels(place) for place in (path, *_folders(path)))


def _folders(path: Path) -> list[Path]:
    return [path / name for name in folders_in(path)]


def _has_labels(folder: Path) -> bool:
    if not (folder / "images").is_dir() or not (folder / "labels").is_dir():
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
