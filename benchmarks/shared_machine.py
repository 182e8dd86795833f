"""An audit beside other busy processes: with threads as chosen, with one, with spinning ones.

    python -m benchmarks.shared_machine [--busy 1] [--rounds 2] [--limit N] [--spinning]

The same command in turns, once a round each: with OMP_NUM_THREADS=1, which nothing disturbs; as the
README gives it; and, when asked for, with waiting threads that spin, which is OpenMP's default. The
demo's audit is used; --limit takes only its first images. The goal is at most 1.5 times one thread.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.cli.demo import sample_data
from auditor.threads import CHOSEN, COUNTS, PASSIVE

GOAL = 1.5
SPIN = "while True: pass"


def main() -> None:
    """Time every variant in turns and print ratios to one thread."""
    arguments = _arguments()
    variants = {"one thread": {"OMP_NUM_THREADS": "1"}, "as chosen": {}}
    if arguments.spinning:
        variants["spinning"] = {"OMP_WAIT_POLICY": "ACTIVE"}
    taken: dict[str, list[float]] = {name: [] for name in variants}
    with busy(arguments.busy):
        for _ in range(arguments.rounds):
            for name, settings in variants.items():
                taken[name].append(seconds(settings, arguments.limit, arguments.per_class))
    base = statistics.median(taken["one thread"])
    for name, found in taken.items():
        ratio = statistics.median(found) / base
        print(f"{name:11} {statistics.median(found):7.1f} s  {ratio:5.2f} times one thread")
    held = statistics.median(taken["as chosen"]) / base <= GOAL
    print(f"goal (at most {GOAL}): {'reached' if held else 'missed'}")


def seconds(settings: dict[str, str], limit: int | None, per_class: int | None) -> float:
    """Of one audit of the sample data in a process of its own."""
    own = {*COUNTS, *PASSIVE, CHOSEN}
    environment = {key: value for key, value in os.environ.items() if key not in own} | settings
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "auditor", "run", str(sample_data() / "demo.toml")]
        command += ["--out", str(Path(folder) / "run"), "--quiet"]
        command += [] if limit is None else ["--limit", str(limit)]
        command += [] if per_class is None else ["--per-class", str(per_class)]
        began = time.perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes that each keep one core busy."""
    started = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--busy", type=int, default=1, help="other processes, one core each")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--limit", type=int, help="only the first N images")
    parser.add_argument("--per-class", type=int, help="images of a class to intervene on")
    parser.add_argument("--spinning", action="store_true", help="OpenMP's default, too: slow")
    return parser.parse_args()


if __name__ == "__main__":
    main()
