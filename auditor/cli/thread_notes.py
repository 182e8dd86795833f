"""What makes an audit slow beside other processes."""

from __future__ import annotations

import os

from auditor.domain.messages import phrase
from auditor.threads import ThreadSettings


def notes_on_threads(threads: ThreadSettings, busy: float) -> list[str]:
    """What makes an audit slow beside other processes, with the remedy.

    Args:
        threads: that are set.
        busy: cores that are busy now, as a mean of the last minute.
    """
    notes: list[str] = []
    if threads.threads is not None and threads.threads > threads.cores:
        notes.append(
            phrase(
                "{threads} threads are set and {cores} cores may be used: unset {names}, or lower"
                " it",
                threads=threads.threads,
                cores=threads.cores,
                names=threads.given,
            )
        )
    if not threads.passive and (threads.threads or 2) > 1:
        notes.append(
            phrase(
                "threads that wait keep a core busy, which makes an audit beside other processes"
                " many times as slow: set OMP_WAIT_POLICY=PASSIVE, or unset it"
            )
        )
    if busy >= threads.cores / 2:
        notes.append(
            phrase(
                "{busy} of {cores} cores are busy with other processes: an audit takes longer than"
                " on an idle machine",
                busy=f"{busy:.1f}",
                cores=threads.cores,
            )
        )
    return notes


def busy_cores() -> float:
    """Mean number of running processes in the last minute, 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
