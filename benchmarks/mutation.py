"""Do a room's own tests notice when its code is wrong? A sample of mutants, each tested by itself.

    python -m benchmarks.mutation auditor/storage tests/storage tests/verification --mutants 60

A mutant is one small change of one file: a comparison turned, a boundary moved, `and` for `or`, a
condition negated, a constant changed, a `return` emptied. Mutants are drawn by a seed and killed if
the given tests fail or do not end. Survivors are printed with their line: each is a test that is
missing, or a change that changes nothing. With `--mutants 100000` every mutant is tried.

Tests are collected once, in a copy of the tree; each mutant is a fork in which one function has
other code, and only tests that enter that function run (all of them before it is called a
survivor). What runs at import is changed in the copy's file, for a process of its own.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.forked import ForkedTests
from benchmarks.mutants import Mutant, drawn

ROOT = Path(__file__).parents[1]
COPIED = ("auditor", "dashboard", "tests", "deploy", "pyproject.toml", "sample_data")


class Survey:
    """A pytest plugin that runs the collected tests once for each mutant instead of once."""

    def __init__(self, home: Path, mutants: list[Mutant], tests: list[str], patience: int) -> None:
        self.home, self.mutants, self.tests, self.patience = home, mutants, tests, patience
        self.killed = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every mutant, survivors told as they are found."""
        files = {str(self.home / mutant.path) for mutant in self.mutants}
        tests = ForkedTests(session, files, self.patience)
        for number, mutant in enumerate(self.mutants, start=1):
            dead = tests.kill(mutant) if tests.can_change(mutant) else self._fails_anew(mutant)
            self.killed += dead
            if not dead:
                print(f"survived: {mutant.path}:{mutant.line}: {mutant.what}", flush=True)
            if number % 10 == 0:
                print(f"{self.killed} of {number} killed", file=sys.stderr, flush=True)
        return True

    def _fails_anew(self, mutant: Mutant) -> bool:
        target = self.home / mutant.path
        whole = target.read_text(encoding="utf-8")
        target.write_text(ast.unparse(mutant.tree), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n0"]
        own = {"PYTHONPATH": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(
            [*command, *self.tests],
            cwd=self.home,
            env=os.environ | own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                return process.wait(self.patience) != 0
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return True
            finally:
                target.write_text(whole, encoding="utf-8")


def _sources(part: Path) -> list[Path]:
    return [part] if part.is_file() else sorted(part.rglob("*.py"))


def main() -> int:
    """Print survivors as they are found, and the share of killed mutants as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", help="folders and files below the repository, between commas")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--patience", type=int, default=900, help="seconds a mutant")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        for name in COPIED:
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copied(ROOT / name, home / name)
        os.chdir(home)
        # Before the tree that this was started in: `auditor` has to be the copy.
        sys.path.insert(0, str(home))
        files = [path for part in given.room.split(",") for path in _sources(home / part)]
        mutants, every = drawn(home, files, given.mutants, given.seed)
        survey = Survey(home, mutants, given.tests, given.patience)
        options = ["-s", "-q", "-n0", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
        code = pytest.main([*options, *given.tests], plugins=[survey])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise SystemExit("the tests cannot be collected")
        from auditor.statistics.intervals import wilson

        interval = wilson(survey.killed, len(mutants))
    assert interval is not None
    told = {"room": given.room, "mutants": every, "tested": len(mutants), "seed": given.seed}
    share = survey.killed / max(1, len(mutants))
    numbers = {"share": share, "low": interval.low, "high": interval.high}
    print(
        json.dumps(told | {"killed": survey.killed} | {k: round(v, 3) for k, v in numbers.items()})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
