"""Terminals of few letters, readers that leave early, and words for the system's own limits."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.cli.unexpected import words_for
from tests.data.making import noise, save

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    for label in ("猫", "büffel"):
        for i in range(300):
            save(root / label / f"{i}.png", noise(2, 3, seed=i))
    return root


def _ran(data: Path, pipe: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A command line through a shell; its own exit code is the last line of stdout."""
    line = f"{sys.executable} -m auditor inspect {data} --json; echo code=$? >&2"
    shell = f"({line}) {pipe}" if pipe else line
    return subprocess.run(
        ["/bin/sh", "-c", shell],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )


def test_an_ascii_terminal_gets_escapes(data: Path) -> None:
    line = [sys.executable, "-m", "auditor", "inspect", str(data)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(line, capture_output=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert b"\\u732b" in done.stdout
    assert b"\\xfc" in done.stdout


def test_a_reader_that_leaves_is_no_fault(data: Path) -> None:
    done = _ran(data, "| head -c 1")
    assert done.stderr.strip().splitlines() == ["code=0"]
    whole = _ran(data)
    assert whole.stderr.strip().splitlines() == ["code=0"]
    assert json.loads(whole.stdout)["images"] == 600


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "runs/a"), 2, "No space left"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 2, "Permission denied: x"),
        (MemoryError(), 3, "memory"),
        (RecursionError("too deep"), 2, "too deep"),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), 2, "surrogates"),
        (ValueError("odd"), 3, "ValueError: odd"),
    ],
)
def test_what_nobody_foresaw_has_words(error: Exception, code: int, said: str) -> None:
    words, exit_code = words_for(error)
    assert (exit_code, said in words) == (code, True)
    assert "expected:" in words
    assert "remedy:" in words
