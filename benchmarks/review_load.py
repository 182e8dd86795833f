"""Reviewers at work, and the database restarted in the middle: nothing is lost or doubled.

    python -m benchmarks.review_load [--minutes 10] [--reviewers 16] [--pause 0.05]
        [--database sqlite|postgresql|both]

Every reviewer is a process of its own that decides cases by the store that the dashboard uses, and
saves a decision again, under its token, until it is acknowledged: as the browser's queue does.
After half of the time PostgreSQL is stopped as a crash would stop it (SIGQUIT) and started again;
of the processes that write to SQLite half are killed and replaced. Each acknowledged token has to
be stored once. PostgreSQL has to be on this machine (Debian: /usr/lib/postgresql).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.database import DATABASE_VARIABLE
from auditor.domain.errors import AuditorError
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import ReviewStore, open_store

RUN = "load"
CASES = 500
PAUSE_SECONDS = 0.05
"""Between two decisions of a reviewer, by default: many times faster than a person."""
SETTLE_SECONDS = 60.0


def work(runs: Path, reviewer: str, seconds: float, pause: float, noted: Path) -> None:
    """Decide until the time is over; each acknowledged token is a line of `noted`."""
    drawn, store = random.Random(reviewer), None
    until = time.monotonic() + seconds
    with noted.open("a", buffering=1) as done:
        while time.monotonic() < until:
            case = f"case-{drawn.randrange(CASES)}"
            review = Review(RUN, case, reviewer, drawn.choice(list(ReviewDecision)))
            store = _saved(store, runs, review, until + SETTLE_SECONDS)
            if drawn.random() < 0.2:  # the answer got lost: the browser sends it again
                store = _saved(store, runs, review, until + SETTLE_SECONDS)
            done.write(f"{review.token}\n")
            time.sleep(pause)


def _saved(store: ReviewStore | None, runs: Path, review: Review, until: float) -> ReviewStore:
    """Save until the database says that it has it."""
    while True:
        try:
            store = store or open_store(runs)
            store.append(review)
            return store
        except AuditorError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def measure(
    runs: Path, reviewers: int, seconds: float, pause: float, server: Server | None
) -> dict[str, object]:
    """One load, with its interruption in the middle."""
    notes = [runs / f"reviewer-{number}.txt" for number in range(reviewers)]
    open_store(runs).close()
    began = time.monotonic()
    workers = [_start(runs, number, seconds, pause, notes[number]) for number in range(reviewers)]
    time.sleep(seconds / 2)
    away = time.monotonic()
    if server is not None:
        server.crash()
        server.start()
    else:
        for number in range(0, reviewers, 2):
            workers[number].kill()
            workers[number].wait()
            left = seconds - (time.monotonic() - began)
            workers[number] = _start(runs, number, left, pause, notes[number])
    away = time.monotonic() - away
    codes = [worker.wait(timeout=seconds + 2 * SETTLE_SECONDS) for worker in workers]
    store = open_store(runs)
    stored = Counter(event.token for event in store.events(RUN))
    store.close()
    acknowledged = {line for note in notes for line in note.read_text().splitlines()}
    return {
        "database": "postgresql" if server is not None else "sqlite",
        "reviewers": reviewers,
        "seconds": round(time.monotonic() - began, 1),
        "interruption": round(away, 2),
        "acknowledged": len(acknowledged),
        "stored": sum(stored.values()),
        "lost": len(acknowledged - set(stored)),
        "doubled": sum(count - 1 for count in stored.values()),
        "failed": sum(code != 0 for code in codes),
    }


def _start(
    runs: Path, number: int, seconds: float, pause: float, note: Path
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.review_load", "--work", str(number)]
    command += [
        "--minutes",
        str(seconds / 60),
        "--pause",
        str(pause),
        "--runs",
        str(runs),
        "--note",
        str(note),
    ]
    return subprocess.Popen(command)


class Server:
    """A PostgreSQL of this machine, with its data flushed as in production."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data = programs, folder / "data"
        # The server refuses to run as root; Debian's package brings this user.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(folder, "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._run("initdb", "-D", self.data, "-U", "auditor", "-A", "trust")

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://auditor@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start and wait until it answers."""
        own = f"-p {self.port} -k {self.data} -h 127.0.0.1"
        log = self.data / "log"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", own, "start")

    def crash(self) -> None:
        """Stop at once: no transaction is ended, and the next start has to recover."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *words: object) -> None:
        command = [*self._as, str(self.programs / program), *map(str, words)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def serving() -> Iterator[Server]:
    """A started server, or an error that names what is missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        raise SystemExit("PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="review-load-"))
    folder.chmod(0o755)
    server = Server(found[-1].parent, folder)
    server.start()
    try:
        yield server
    finally:
        server.crash()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print a line of JSON for each database; 1 if anything was lost, doubled or failed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--reviewers", type=int, default=16)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, help="seconds")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--note", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    seconds = 60 * given.minutes
    if given.work is not None:
        work(given.runs, f"reviewer-{given.work}", seconds, given.pause, given.note)
        return 0
    found = []
    with tempfile.TemporaryDirectory() as folder:
        if given.database != "postgresql":
            os.environ.pop(DATABASE_VARIABLE, None)
            (Path(folder) / "sqlite").mkdir()
            found.append(
                measure(Path(folder) / "sqlite", given.reviewers, seconds, given.pause, None)
            )
            print(json.dumps(found[-1]), flush=True)
        if given.database != "sqlite":
            with serving() as server:
                os.environ[DATABASE_VARIABLE] = server.url
                (Path(folder) / "postgresql").mkdir()
                runs = Path(folder) / "postgresql"
                found.append(measure(runs, given.reviewers, seconds, given.pause, server))
                print(json.dumps(found[-1]), flush=True)
    return int(any(each[key] for each in found for key in ("lost", "doubled", "failed")))


if __name__ == "__main__":
    sys.exit(main())
