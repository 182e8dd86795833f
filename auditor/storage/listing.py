"""The runs in a folder, newest first, and the ones that cannot be opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.domain.errors import RunError
from auditor.files import is_dir
from auditor.storage.layout import MANIFEST, PARTS, table_file
from auditor.storage.run import Run, open_run


@dataclass(frozen=True)
class BrokenRun:
    """A folder that is or was to be a run and cannot be opened.

    Attributes:
        path: the folder.
        error: why, with the remedy.
    """

    path: Path
    error: RunError


def list_runs(folder: Path) -> list[Run]:
    """Runs directly in `folder`, or `folder` itself where it is a run; newest first."""
    runs = [entry for entry in _open_all(folder) if isinstance(entry, Run)]
    return sorted(runs, key=lambda run: (_created(run), run.name), reverse=True)


def list_broken(folder: Path) -> list[BrokenRun]:
    """Folders in `folder` that look like a run and cannot be opened, by name."""
    return [entry for entry in _open_all(folder) if isinstance(entry, BrokenRun)]


def _open_all(folder: Path) -> Iterator[Run | BrokenRun]:
    for path in _candidates(folder):
        try:
            yield open_run(path, lazily=True)
        except RunError as error:
            yield BrokenRun(path, error)


def _candidates(folder: Path) -> list[Path]:
    if _looks_like_run(folder):
        return [folder]
    try:
        return sorted(path for path in folder.iterdir() if is_dir(path) and _looks_like_run(path))
    except OSError:
        return []


def _looks_like_run(path: Path) -> bool:
    marks = (MANIFEST, table_file("cases"), PARTS)
    return any((path / mark).exists() for mark in marks)


def _created(run: Run) -> str:
    return run.metadata.created
