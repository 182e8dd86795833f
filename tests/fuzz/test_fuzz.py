"""Every reader of files meets damaged ones: an answer or an error of ours, never anything else.

`pytest -m slow tests/fuzz` takes ten minutes, `AUDITOR_FUZZ_SECONDS=300` an hour;
`AUDITOR_FUZZ_SEED=N` draws others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.targets import TARGETS
from tests.fuzz.worker import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
SECONDS = float(os.environ.get("AUDITOR_FUZZ_SECONDS", "46"))
TIMES = {"runs": 2.0}
"""Targets that get more of the time: a run folder has thirty readers."""
SEED = os.environ.get("AUDITOR_FUZZ_SEED", "19")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory and alarms of Linux")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", list(TARGETS))
def test_nothing_escapes(target: str, tmp_path: Path) -> None:
    seconds = SECONDS * TIMES.get(target, 1.0)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.worker", target, SEED, str(seconds), str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 10 * PATIENCE_SECONDS,
    )
    said: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    escapes = [each for each in said if "error" in each]
    assert escapes == [], f"{len(escapes)} escapes, seed {SEED}"
    number = (tmp_path / "number").read_text()
    assert done.returncode == 0, f"input {number} of seed {SEED} ended it: {done.stderr[-2000:]}"
    assert said[-1]["inputs"] > 0
