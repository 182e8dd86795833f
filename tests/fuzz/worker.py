"""`python -m tests.fuzz.worker TARGET SEED SECONDS FOLDER`: feeds a reader damaged files.

An escape is a line of JSON on stdout. The number of the input is noted before it is read, so that
whoever started this knows what ended it. An input is the same again for the same seed and number.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path
from types import FrameType

from auditor.domain.errors import AuditorError
from tests.fuzz.targets import TARGETS

MOST_MEMORY = 6 * 2**30
"""Bytes of address space: what claims more than a small file can hold fails."""
PATIENCE_SECONDS = 60


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"no answer within {PATIENCE_SECONDS} s")


def main() -> None:
    """Until the time is over; what has been read is the last line."""
    name, seed, seconds, home = sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4])
    os.environ["AUDITOR_CACHE"] = str(home / "cache")
    target = TARGETS[name](home)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    warnings.simplefilter("ignore")
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        folder = home / "input"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (home / "number").write_text(str(number))
        path = target.make(folder, random.Random(f"{seed} {number}"))
        signal.alarm(PATIENCE_SECONDS)
        try:
            target.read(path)
        except AuditorError:
            pass
        except Exception:  # noqa: BLE001 - that is what is looked for
            said = traceback.format_exc().splitlines()
            print(json.dumps({"number": number, "error": said[-1], "where": said[-4:]}), flush=True)
        finally:
            signal.alarm(0)
        number += 1
    print(json.dumps({"inputs": number}), flush=True)


if __name__ == "__main__":
    main()
