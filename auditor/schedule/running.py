"""One audit in a process of its own, so that whatever happens to it the schedule lives on."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from auditor.domain.errors import AuditorError, RunError
from auditor.schedule.values import RepairRequest
from auditor.storage.layout import PARTS
from auditor.storage.lock import LOCK_NAME, FolderLock
from auditor.storage.run import is_finished

PROGRAM = (sys.executable, "-m", "auditor")
BEAT_SECONDS = 15.0
"""between two renewals of the lease"""
GRACE_SECONDS = 30.0
"""for an audit to put away what is done when it is stopped"""
SAID_CHARACTERS = 2000
BAD_INPUT = 2
PART_WAY = 3


class LeaseLost(Exception):  # noqa: N818 - not an error of anybody
    """Another process has taken the audit over; this one has stopped."""


@dataclass(frozen=True)
class Ended:
    """How the process ended: its exit code and the end of what it wrote to stderr."""

    code: int
    said: str = ""


@dataclass(frozen=True)
class Runner:
    """Starts audits.

    Attributes:
        program: what `run ...` is put behind.
        beat: seconds between two renewals of the lease.
    """

    program: Sequence[str] = PROGRAM
    beat: float = BEAT_SECONDS

    def run(
        self,
        config: Path,
        out: Path,
        folder: Path,
        *,
        renew: Callable[[], bool],
        timeout: float | None = None,
    ) -> Ended:
        """Audit into `out`; go on with what is there, and wait for whoever works on it.

        A scheduler that died may have left its audit running, which holds the run's lock.

        Args:
            config: the TOML file.
            out: the run folder.
            folder: the process runs in it.
            renew: called every beat; False stops the audit.
            timeout: seconds after which the audit is stopped; what is done of it is kept.

        Raises:
            LeaseLost: `renew` said False.
        """
        until = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            while _is_locked(out):
                if time.monotonic() >= until:
                    return _overdue(out, timeout)
                _renew_or_leave(renew)
                time.sleep(min(1.0, self.beat))
            if is_finished(out):
                return Ended(0)
            resume = ["--resume"] if (out / PARTS).is_dir() else []
            words = [*self.program, "run", str(config), "--out", str(out), "--quiet", *resume]
            ended = self._wait(words, folder, renew, until) or _overdue(out, timeout)
            if not (ended.code == BAD_INPUT and (_is_locked(out) or is_finished(out))):
                return ended

    def repair(
        self,
        run: Path,
        out: Path,
        request: RepairRequest,
        folder: Path,
        *,
        renew: Callable[[], bool],
        timeout: float | None = None,
    ) -> Ended:
        """Repair the network of a finished run into `out`, or go on with what is there.

        Args: as those of `run`; `request` names the training pictures.

        Raises:
            LeaseLost: `renew` said False.
        """
        until = time.monotonic() + (math.inf if timeout is None else timeout)
        words = [*self.program, "repair", str(run), "--data", str(request.data)]
        words += [] if request.masks is None else ["--masks", str(request.masks)]
        words += [] if request.auto_mask is None else ["--auto-mask", request.auto_mask]
        words += ["--out", str(out), "--quiet"]
        return self._wait(words, folder, renew, until) or Ended(
            PART_WAY, f"it had not come to its end in time (--timeout); what is done is in {out}"
        )

    def _wait(
        self, words: Sequence[str], folder: Path, renew: Callable[[], bool], until: float
    ) -> Ended | None:
        """How it ended by itself; None if it had to be stopped."""
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                    words,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                )
            except OSError as error:
                return Ended(BAD_INPUT, f"it cannot be started in {folder}: {error.strerror}")
            try:
                while (left := until - time.monotonic()) > 0:
                    try:
                        code = process.wait(timeout=min(self.beat, left))
                        return Ended(code, _tail(errors))
                    except subprocess.TimeoutExpired:
                        _renew_or_leave(renew)
                _stop(process)
                return None
            except BaseException:
                _stop(process)
                raise


def _renew_or_leave(renew: Callable[[], bool]) -> None:
    # A database that is away for a moment is no reason to stop an audit of hours.
    with contextlib.suppress(AuditorError):
        if not renew():
            raise LeaseLost


def _overdue(out: Path, timeout: float | None) -> Ended:
    hours = (timeout or 0.0) / 3600
    left = "it still runs in another process" if _is_locked(out) else "what is done is kept"
    return Ended(
        PART_WAY,
        f"it had not come to its end after {hours:.3g} hours (--timeout); {left} in {out}, and "
        "`auditor run` with the same configuration, --out and --resume goes on with it",
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    # Not SIGINT: what a shell starts in the background, and all that it starts, may ignore that.
    process.terminate()
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_locked(out: Path) -> bool:
    if not (out / LOCK_NAME).exists():
        return False
    try:
        FolderLock.acquire(out).release()
    except RunError:
        return True
    return False


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - SAID_CHARACTERS))
    return errors.read().decode(errors="replace").strip()
