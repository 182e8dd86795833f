"""Files of a tree in a stable order; hidden ones and an operating system's droppings left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from auditor.domain.errors import DataError

DROPPINGS: Final = frozenset(("thumbs.db", "desktop.ini", "__macosx", "@eadir"))


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is nobody's data."""
    return name.startswith(".") or name.lower() in DROPPINGS


def files_under(root: Path) -> Iterator[str]:
    """Names of all files below a folder, relative to it, with `/`, sorted folder by folder.

    Links to folders are followed unless they lead back to a folder that they are in. A broken link
    is a file.

    Raises:
        DataError: if a folder cannot be read: what is in it would be lost without a word.
    """
    return _files(root, "", frozenset())


def folders_in(root: Path) -> list[str]:
    """Names of the folders directly in a folder, sorted; hidden ones left out."""
    with _entries(root) as entries:
        return sorted(e.name for e in entries if _is_folder(e) and not is_hidden(e.name))


def _files(folder: Path, prefix: str, above: frozenset[str]) -> Iterator[str]:
    real = os.path.realpath(folder)
    if real in above:
        return
    with _entries(folder) as entries:
        found = sorted((e.name, _is_folder(e)) for e in entries if not is_hidden(e.name))
    for name, is_folder in found:
        if is_folder:
            yield from _files(folder / name, f"{prefix}{name}/", above | {real})
        else:
            yield f"{prefix}{name}"


def _entries(folder: Path) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
    try:
        return os.scandir(folder)
    except OSError as error:
        raise DataError(
            "A folder cannot be read.",
            code="data.folder_unreadable",
            expected="a folder that this user may list",
            got=f"{folder}: {error.strerror}",
            remedy="give read permission, or leave the folder out of the data",
        ) from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
