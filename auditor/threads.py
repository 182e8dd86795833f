"""Cores that this process may use, and how numeric libraries share them with other processes.

OpenMP reads its settings from the environment when it is loaded, so they are chosen before torch is
imported. By default its idle threads spin at every barrier: beside one other busy process on two
cores that made an audit more than four times as slow (docs/performance.md).
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
"""Waiting threads sleep: the standard's setting, GNU's and Intel's own."""
COUNTS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Either of them sets the number of torch's threads."""
CHOSEN = "AUDITOR_CHOSE"
"""Names of the variables that this package has set, for child processes and `auditor doctor`."""
PROCESSES_HERE = "LOCAL_WORLD_SIZE"
"""Ranks of a job on this machine, as torchrun and other launchers tell."""

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
CORES = Path("/sys/devices/system/cpu")


@dataclass(frozen=True)
class ThreadSettings:
    """Attributes:
    cores: that this process may use (`usable_cores`).
    threads: given or chosen for OpenMP, None where the value given is no number.
    passive: idle threads sleep instead of spinning.
    given: variables that the user had set.
    """

    cores: int
    threads: int | None
    passive: bool
    given: tuple[str, ...]


def choose_threads(
    environment: MutableMapping[str, str] | None = None, *, processes: int | None = None
) -> ThreadSettings:
    """Set a passive wait policy and as many threads as there are cores, unless the user did.

    Has an effect only before numeric libraries are loaded. Calling it again is harmless.

    Args:
        environment: to complete; None for this process's own.
        processes: that share the cores; None for the ranks of a job on this machine, else 1.
    """
    given = os.environ if environment is None else environment
    ours = set(given.get(CHOSEN, "").split())
    cores = usable_cores()
    shared = processes or _whole(given.get(PROCESSES_HERE)) or 1
    wanted: dict[str, str] = {}
    if not _of_user(given, COUNTS, ours):
        wanted["OMP_NUM_THREADS"] = str(max(1, cores // shared))
    if not _of_user(given, PASSIVE, ours):
        wanted |= PASSIVE
    given.update(wanted)
    if wanted:
        given[CHOSEN] = " ".join(sorted(ours | set(wanted)))
    return thread_settings(given)


def thread_settings(environment: Mapping[str, str] | None = None) -> ThreadSettings:
    """What is set now, without changing it."""
    given = os.environ if environment is None else environment
    ours = set(given.get(CHOSEN, "").split())
    counts = [_whole(given[name]) for name in reversed(COUNTS) if name in given]
    passive = (
        given.get("OMP_WAIT_POLICY", "").upper() == "PASSIVE" or given.get("GOMP_SPINCOUNT") == "0"
    )
    return ThreadSettings(
        cores=usable_cores(),
        threads=counts[0] if counts else None,
        passive=passive,
        given=tuple(_of_user(given, (*COUNTS, *PASSIVE), ours)),
    )


def settings_of_one(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for one of several processes started on this or another machine.

    One thread and a passive wait policy; what the user has set here holds there, too.
    """
    given = os.environ if environment is None else environment
    ours = set(given.get(CHOSEN, "").split())
    of_user = {name: given[name] for name in _of_user(given, (*COUNTS, *PASSIVE), ours)}
    chosen: dict[str, str] = {}
    if not set(COUNTS) & set(of_user):
        chosen["OMP_NUM_THREADS"] = "1"
    if not set(PASSIVE) & set(of_user):
        chosen |= PASSIVE
    return of_user | chosen | {CHOSEN: " ".join(sorted(chosen))}


def usable_cores() -> int:
    """Cores that this process may keep busy, at least 1.

    The lesser of the cores in its affinity mask (hyper-threads of one core count once) and the
    quota of its control groups, rounded up.
    """
    cores = _physical(_affinity())
    quota = _quota()
    return max(1, cores if quota is None else min(cores, math.ceil(quota)))


def _affinity() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _physical(processors: set[int]) -> int:
    """Cores behind these processors; each counts where the system does not tell."""
    siblings = {
        _text(CORES / f"cpu{number}" / "topology" / "thread_siblings_list") or f"alone {number}"
        for number in processors
    }
    return len(siblings)


def _quota() -> float | None:
    """Cores' worth of processor time that the control groups allow, None without a limit."""
    found = []
    for line in (_text(MEMBERSHIP) or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            found += [_unified(folder) for folder in _upwards(CGROUPS, path)]
        elif "cpu" in controllers.split(","):
            found += [_legacy(folder) for folder in _upwards(CGROUPS / "cpu", path)]
    return min((quota for quota in found if quota is not None), default=None)


def _upwards(root: Path, path: str) -> list[Path]:
    """A control group's folder and all above it; a container may show its own as the root."""
    own = root / path.strip("/")
    return [own, *(above for above in own.parents if above.is_relative_to(root))]


def _unified(folder: Path) -> float | None:
    found = re.fullmatch(r"(\d+) (\d+)", _text(folder / "cpu.max") or "")
    return None if found is None else int(found[1]) / int(found[2])


def _legacy(folder: Path) -> float | None:
    quota = _whole(_text(folder / "cpu.cfs_quota_us"))
    period = _whole(_text(folder / "cpu.cfs_period_us"))
    return quota / period if quota and period else None


def _of_user(
    given: Mapping[str, str], names: tuple[str, ...] | Mapping[str, str], ours: set[str]
) -> list[str]:
    return [name for name in names if name in given and name not in ours]


def _whole(text: str | None) -> int | None:
    """A positive whole number, None for anything else (a quota of -1 is none)."""
    return int(text) if text and text.isdecimal() and int(text) > 0 else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
