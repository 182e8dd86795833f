"""Which folder may become a run, and which is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from auditor.domain.errors import RunError
from auditor.files import exists, is_dir
from auditor.storage.atomic import write_text
from auditor.storage.layout import MANIFEST, PARTS, RUN_FILES
from auditor.storage.lock import LOCK_NAME, FolderLock

IDENTITY = "identity.json"


def check_folder(path: Path, *, resume: bool, overwrite: bool) -> None:
    """Refuse a folder that may not be written. See `RunWriter.begin`."""
    if not exists(path):
        return
    if not is_dir(path):
        raise RunError(
            "The run folder is a file.",
            code="run.folder_is_file",
            expected="a new or empty folder for the run",
            got=f"{path} is a file",
            remedy="give another --out",
        )
    held = {entry.name for entry in path.iterdir()} - {LOCK_NAME}
    if not held or overwrite:
        return
    if not resume:
        unfinished = PARTS in held
        goes_on = "go on with it by --resume, or give another --out"
        raise RunError(
            "The run folder is already there.",
            code="run.exists",
            expected="a new or empty folder for the run",
            got=f"{path} holds {'an unfinished run' if unfinished else _some(held)}",
            remedy=goes_on if unfinished else "give another --out, or remove the folder yourself",
        )
    if MANIFEST in held and PARTS not in held:
        raise RunError(
            "The run is finished: there is nothing to resume.",
            code="run.finished",
            expected=f"an unfinished run in {path}",
            got="a whole run with its manifest",
            remedy="read it as it is, or give another --out",
        )
    if PARTS not in held:
        raise RunError(
            "There is no run to resume.",
            code="run.none_to_resume",
            expected=f"an unfinished run, with a folder {PARTS}, in {path}",
            got=_some(held),
            remedy="give the --out of the audit that was interrupted, or a new folder",
        )


def open_folder(path: Path, *, resume: bool, overwrite: bool) -> tuple[bool, FolderLock]:
    """Lock a folder that may be written: (whether it was made now, its lock).

    Raises:
        RunError: see `RunWriter.begin`.
    """
    check_folder(path, resume=resume, overwrite=overwrite)
    made = _make(path)
    lock = FolderLock.acquire(path)
    try:
        # Another process may have written it between our look and our lock.
        check_folder(path, resume=resume, overwrite=overwrite)
        if overwrite and not resume:
            _remove_run(path)
    except BaseException:
        lock.release()
        raise
    return made, lock


def make_parts(parts: Path, identity: Mapping[str, str]) -> None:
    """Make the folder for parts and note what they depend on.

    Args:
        parts: the folder; may exist.
        identity: fingerprints by the name of what they are of, as a message calls it.

    Raises:
        RunError: parts made under something else are there and cannot be gone on with, or the
            folder cannot be written.
    """
    noted = parts / IDENTITY
    try:
        parts.mkdir(exist_ok=True)
        begun = any(parts.glob("*.parquet")) and noted.is_file()
        before = json.loads(noted.read_text(encoding="utf-8")) if begun else dict(identity)
    except OSError as error:
        raise _unwritable(parts, error) from None
    except ValueError:
        before = {}
    changed = [name for name, value in identity.items() if before.get(name) != value]
    if changed:
        raise RunError(
            "This unfinished run was begun with something else.",
            code="run.other_identity",
            expected="the configuration, the data and the weights that it was begun with",
            got=f"{', '.join(changed)} {'has' if len(changed) == 1 else 'have'} changed",
            remedy="put it back as it was, or give another --out",
        )
    if not begun:
        write_text(noted, json.dumps(dict(identity), indent=2, sort_keys=True), scratch=parts)


def _make(path: Path) -> bool:
    made = not exists(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None
    return made


def _unwritable(path: Path, error: OSError) -> RunError:
    return RunError(
        "The run folder cannot be made.",
        code="run.folder_not_made",
        expected=f"permission and room to make {path}",
        got=error.strerror or str(error),
        remedy="give an --out that you may write",
    )


def _remove_run(path: Path) -> None:
    for name in RUN_FILES:
        (path / name).unlink(missing_ok=True)
    if (path / PARTS).is_dir():
        shutil.rmtree(path / PARTS)


def _some(held: set[str]) -> str:
    first = sorted(held)[:3]
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    return f"{', '.join(first)}{more}"
