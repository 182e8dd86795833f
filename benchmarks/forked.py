"""Collected tests, run again and again in forks with one function's code changed."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

from benchmarks.mutants import Key, Mutant

LEAST_SECONDS = 20
TIMES = 8
"""A mutant that takes this many times as long as the whole code is taken to hang."""


class ForkedTests:
    """The tests of a session, and which functions each of them enters."""

    def __init__(self, session: pytest.Session, files: Collection[str], patience: int) -> None:
        """Run all once, in a fork, to learn what they enter.

        Raises:
            SystemExit: they fail without any mutant.
        """
        self._session, self._patience = session, patience
        with tempfile.NamedTemporaryFile() as told:
            recorder = _Recorder(session, files)
            if _forked(lambda: recorder.run(Path(told.name)), 10 * patience, 10 * patience):
                failed = Path(told.name).read_text()
                raise SystemExit(f"without any mutant a test fails or does not end: {failed}")
            self._seconds, self._entered = recorder.read(Path(told.name))
        self._functions = _functions(files)

    def can_change(self, mutant: Mutant) -> bool:
        """Whether the mutant is one of a function that is there to be changed."""
        return mutant.function in self._functions

    def kill(self, mutant: Mutant) -> bool:
        """Whether a test fails, or does not end, with the mutant in place."""
        items = list(range(len(self._session.items)))
        first = [item for item in items if mutant.function in self._entered[item]]
        # What a test keeps for the next ones is entered by the first alone: so all of them, too.
        return any(part and self._fails(mutant, part) for part in (first, items))

    def _fails(self, mutant: Mutant, chosen: list[int]) -> bool:
        seconds = LEAST_SECONDS + TIMES * sum(self._seconds[item] for item in chosen)

        def run() -> bool:
            for function in self._functions[mutant.function]:  # type: ignore[index]
                function.__code__ = mutant.code  # type: ignore[assignment]
            return _passed(self._session, [self._session.items[item] for item in chosen])

        return _forked(run, self._patience, int(seconds))


def _forked(run: Callable[[], bool], patience: int, seconds: int) -> bool:
    """Whether `run` said no, or did not end within `seconds` of computing, in a fork."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        try:
            os._exit(0 if run() else 1)
        except BaseException:  # noqa: BLE001 - whatever it is, it is no pass
            os._exit(2)
    until = time.monotonic() + patience
    status = 0
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return True
        time.sleep(0.01)
    status = ended[1]
    with suppress(ProcessLookupError):  # what it started and left behind
        os.killpg(child, signal.SIGKILL)
    return status != 0


def _passed(session: pytest.Session, items: list[pytest.Item]) -> bool:
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return False
    return True


def _functions(files: Collection[str]) -> dict[Key, list[FunctionType]]:
    found: dict[Key, list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename in files:
            found[_key(each.__code__)].append(each)
    return found


def _key(code: CodeType) -> Key:
    return Key(code.co_filename, code.co_qualname, code.co_firstlineno)


class _Recorder:
    """What each test enters, its fixtures with it, and the seconds that it computes."""

    def __init__(self, session: pytest.Session, files: Collection[str]) -> None:
        self._session, self._files = session, frozenset(files)
        self._now: list[set[Key]] = []
        self._fixtures: dict[int, set[Key]] = defaultdict(set)

    def run(self, told: Path) -> bool:
        """In the fork: write what was found; False where a test fails."""
        self._session.config.pluginmanager.register(self)
        sys.setprofile(self._entered)
        items = self._session.items
        rows = []
        for item, after in zip(items, [*items[1:], None], strict=True):
            told.write_text(item.nodeid)
            began = time.process_time()
            self._now.append(set())
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            own = self._now.pop()
            for fixture in _fixtures_of(item):
                own |= self._fixtures[id(fixture)]
            keys = [(key.path, key.name, key.line) for key in own]
            rows.append((time.process_time() - began, keys))
            if self._session.testsfailed:
                return False
        told.write_text(json.dumps(rows))
        return True

    def read(self, told: Path) -> tuple[list[float], list[set[Key]]]:
        """What the fork wrote: seconds and functions by test."""
        rows = json.loads(told.read_text())
        return [row[0] for row in rows], [{Key(*key) for key in row[1]} for row in rows]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """A fixture that several tests share is made by the first alone: noted by itself."""
        self._now.append(set())
        yield
        made = self._now.pop()
        self._fixtures[id(fixturedef)] |= made
        for outer in self._now:
            outer.update(made)

    def _entered(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and self._now and frame.f_code.co_filename in self._files:
            self._now[-1].add(_key(frame.f_code))


def _fixtures_of(item: pytest.Item) -> Iterator[object]:
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    for name in item.fixturenames:  # type: ignore[attr-defined]
        yield from known.get(name, ())
