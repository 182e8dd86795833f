"""The runner of the tutorials notices what a page gets wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tutorials.running import run_page


def page(folder: Path, text: str) -> Path:
    file = folder / "page.md"
    file.write_text(text, encoding="utf-8")
    return file


def test_files_names_and_output_live_on(tmp_path: Path) -> None:
    text = (
        '```python title="helper_of_page.py"\nANSWER = 42\n```\nwords\n'
        "```python\nfrom helper_of_page import ANSWER\n```\n"
        "```console\n$ false\n```\n"
        "```sh\ncat helper_of_page.py\nauditor --version  # says it\n```\n"
        "```python\nprint(ANSWER + 1)\n```\n"
    )
    said = run_page(page(tmp_path, text), tmp_path)
    assert said.splitlines()[0] == "ANSWER = 42"
    assert said.splitlines()[-1] == "43"
    assert "helper_of_page" not in sys.modules


@pytest.mark.parametrize(
    "command", ["false", "true  # exit code 1", "auditor gate nowhere", "auditor --nonsense"]
)
def test_a_command_that_ends_otherwise_is_noticed(command: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="exit code"):
        run_page(page(tmp_path, f"```sh\n{command}\n```\n"), tmp_path)


def test_python_that_fails_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_page(page(tmp_path, "```python\n1 / 0\n```\n"), tmp_path)
