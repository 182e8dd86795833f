"""Runs in an object store: written on this machine, then handed over whole; fetched to be read.

Every remote run has a folder on this machine, in the user's cache. An audit works in it, so that it
can be resumed; the manifest is the last file to go, so that readers see a whole run or none.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from auditor.domain.errors import AuditInterrupted, RunError
from auditor.domain.messages import N_, phrase
from auditor.files import at, exists, read_bytes, words
from auditor.storage.atomic import write_whole
from auditor.storage.layout import MANIFEST, RUN_FILES

CACHE_VARIABLE = "XDG_CACHE_HOME"


def local_folder(path: Path) -> Path:
    """This machine's folder of a remote run; it need not be there."""
    home = Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache")
    key = hashlib.sha256(words(path).encode()).hexdigest()[:16]
    return home / "shortcut-auditor" / key / path.name


def refuse_finished(path: Path) -> None:
    """Refuse to write a remote run that is there.

    Raises:
        RunError: it is.
    """
    if exists(path / MANIFEST):
        raise RunError(
            N_("The run is already there."),
            code="run.exists",
            expected=N_("an address without a run"),
            got=words(path / MANIFEST),
            remedy=N_("give another --out, or remove that run yourself"),
        )


def publish(path: Path) -> None:
    """Hand a finished run over, its manifest last.

    Raises:
        AuditInterrupted: the store refuses; the run stays whole on this machine.
    """
    folder = local_folder(path)
    system, name = at(path)
    files = [file for file in reversed(RUN_FILES) if (folder / file).is_file()]
    try:
        system.makedirs(name, exist_ok=True)
        for file in files:
            system.put_file(str(folder / file), f"{name}/{file}")
    except Exception as error:  # drivers raise whatever their own libraries do
        raise AuditInterrupted(
            "The run could not be handed over.",
            code="run.not_handed_over",
            expected=f"permission and room to write {words(path)}",
            got=f"{type(error).__name__}: {error}",
            remedy=f"the run is whole in {folder}: the same command with --resume hands it over",
        ) from error


def fetch(path: Path) -> Path:
    """This machine's folder with a remote run in it, as it is there now.

    Raises:
        RunError: there is none, or it cannot be read or kept.
    """
    folder = local_folder(path)
    try:
        manifest = read_bytes(path / MANIFEST)
        if not _is_held(folder, manifest):
            _fetch(path, folder, manifest)
    except (OSError, AuditInterrupted) as error:
        raise RunError(
            N_("The run cannot be fetched."),
            code="run.not_fetched",
            expected=phrase(
                "a finished run at {address}, and room for it in {folder}",
                address=words(path),
                folder=folder.parent,
            ),
            got=f"{type(error).__name__}: {error}".splitlines()[0],
            remedy=N_("check the address; runs are where --out put them"),
        ) from None
    return folder


def _is_held(folder: Path, manifest: bytes) -> bool:
    held = folder / MANIFEST
    return held.is_file() and held.read_bytes() == manifest


def _fetch(path: Path, folder: Path, manifest: bytes) -> None:
    for file in RUN_FILES:  # an older run at this address may have had more of them
        (folder / file).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for file in reversed(RUN_FILES):
        if file == MANIFEST:
            write_whole(folder / file, lambda to: _put(to, manifest), scratch=folder)
        elif exists(path / file):
            system, name = at(path / file)
            write_whole(
                folder / file,
                lambda to, system=system, name=name: system.get_file(name, str(to)),  # type: ignore[misc]
                scratch=folder,
            )


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
