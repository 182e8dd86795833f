"""A process that has everything imported and forks an audit for each line that it reads.

A line is JSON: `argv` of the command line, and, if the audit is to be hit, `signal` and either
`after` (seconds) or `once` (a file that it will have written). The answer is JSON: `code` (negative
for a signal), `seconds` and `said` (its stderr). So twenty audits cost the imports once.
"""

from __future__ import annotations

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
from tests.fakes.planted import SIZE

# Many small parts, so that there is something to lose everywhere.
saliency_stage.BATCHES_A_PART = 1
intervention_stage.PIXELS_A_PART = 5 * SIZE * SIZE


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
    with tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _audit(request["argv"], errors.fileno())
        if "signal" in request:
            time.sleep(request.get("after", 0.0))
            while "once" in request and not Path(request["once"]).exists():
                time.sleep(0.005)
            os.kill(child, request["signal"])
        _, status = os.waitpid(child, 0)
        seconds = time.monotonic() - began
        errors.seek(0)
        said = errors.read().decode()
    return {"code": os.waitstatus_to_exitcode(status), "seconds": seconds, "said": said}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
