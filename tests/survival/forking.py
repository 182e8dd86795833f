"""A process that has everything imported and forks an audit for each line that it reads.

A line is JSON: `argv` of the command line, and, if the audit is to be hit, `signal` and either
`after` (seconds) or `once` (a file: it sends the signal to itself as soon as it has written that
one, since a watcher from outside may look too late); or `at`, a function as module:name that is
killed at its `call`th call, before it does anything or, with `late`, once it is done. With `count`
alone the answer says how often that function was called. The answer is JSON: `code`
(negative for a signal), `seconds`, `said` (its stderr), `calls`. So forty audits cost the imports
once.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import torch

import auditor.wiring  # noqa: F401 - imported before the fork
from auditor.cli.app import run_command_line
from auditor.pipeline import intervention_stage, saliency_stage
from auditor.storage import atomic
from tests.fakes.planted import SIZE

# Many small parts, so that there is something to lose everywhere.
saliency_stage.BATCHES_A_PART = 1
intervention_stage.PIXELS_A_PART = 5 * SIZE * SIZE


def _watch(place: str, call: int | None, late: bool, counted: int) -> None:
    """Replace a function of a module, as that module itself calls it, by one that counts."""
    name, _, attribute = place.partition(":")
    module = importlib.import_module(name)
    original = getattr(module, attribute)
    calls = 0

    def watched(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        os.pwrite(counted, str(calls).encode(), 0)
        if calls == call and not late:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*given, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, attribute, watched)


def _once(file: Path, sent: int) -> None:
    """Send the signal to this process once it has written the file."""
    original = atomic.replace_file
    over = False

    def watched(*given: Any, **named: Any) -> Any:
        nonlocal over
        answer = original(*given, **named)
        if not over and file.exists():
            over = True
            os.kill(os.getpid(), sent)
        return answer

    atomic.replace_file = watched


def _audit(argv: Sequence[str], errors: int) -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(errors, 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["auditor", *argv]
    code = 0
    try:
        run_command_line()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    sys.stderr.flush()
    os._exit(code)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as counted:
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            if place := request.get("at") or request.get("count"):
                late = request.get("late", False)
                _watch(place, request.get("call"), late, counted.fileno())
            if once := request.get("once"):
                _once(Path(once), request["signal"])
            _audit(request["argv"], errors.fileno())
        if "after" in request:
            time.sleep(request["after"])
            os.kill(child, request["signal"])
        _, status = os.waitpid(child, 0)
        seconds = time.monotonic() - began
        errors.seek(0)
        said, calls = errors.read().decode(), int(counted.read() or 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "seconds": seconds, "said": said, "calls": calls}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
