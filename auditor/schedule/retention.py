"""Old runs of a schedule are deleted, if it says so; never one that people have worked on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from auditor.domain.errors import RunError
from auditor.schedule.values import ScheduledAudit
from auditor.storage.layout import MANIFEST, RUN_FILES
from auditor.storage.lock import LOCK_NAME, FolderLock
from auditor.storage.run import is_finished


def surplus(history: Sequence[ScheduledAudit], keep: int) -> list[ScheduledAudit]:
    """The audits whose runs are too many: all finished ones but the newest `keep`, oldest first."""
    finished = [a for a in history if a.outcome and a.outcome.summary and not a.removed]
    return finished[: max(0, len(finished) - keep)]


def delete_run(runs: Path, name: str, *, held: Mapping[str, str]) -> str | None:
    """Delete a whole run; why not, in words, where it stays.

    Only the files that an audit writes are deleted, and the folder if it is empty then: what
    somebody has put beside them stays. The manifest goes first, so that a crash leaves no run
    that looks whole.

    Args:
        runs: the folder of runs.
        name: of the run folder.
        held: why runs must stay, by name.
    """
    folder = runs / name
    if not is_finished(folder):
        return "it is no whole run any more"
    if name in held:
        return held[name]
    if folder.is_symlink() or folder.resolve().parent != runs.resolve():
        return "it lies elsewhere"
    try:
        lock = FolderLock.acquire(folder)
    except RunError:
        return "another process writes it, or it may not be written"
    try:
        (folder / MANIFEST).unlink()
        for file in RUN_FILES:
            (folder / file).unlink(missing_ok=True)
    except OSError as error:
        return f"it cannot be deleted: {error.strerror}"
    finally:
        lock.release()
    _remove_if_empty(folder)
    return None


def _remove_if_empty(folder: Path) -> None:
    if not any(entry.name != LOCK_NAME for entry in folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)
