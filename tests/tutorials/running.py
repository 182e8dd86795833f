"""Runs the code of a Markdown page as a reader would, block after block, in one folder.

| block | what is done with it |
|---|---|
| a title that is a file's name | written to that file |
| `python` | executed; names live on to the end of the page |
| `sh` | line by line: `auditor ...` in this process, all else by the shell |
| anything else (`console`, `yaml`) | left alone: shown, not run |

`# exit code N` behind a command says how it has to end.
"""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.cli.app import run_command_line

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([\w-]+\.\w+)"')
EXIT = re.compile(r"#\s*exit code (\d)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it is, its code."""

    language: str
    file: str | None
    code: str


def blocks(page: Path) -> list[Block]:
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    titles = ((match, TITLE.search(match[2])) for match in found)
    return [Block(match[1], title[1] if title else None, match[3]) for match, title in titles]


def run_page(page: Path, folder: Path) -> str:
    """All that the page's code printed.

    Raises:
        AssertionError: a command ended otherwise than the page says, with what it printed.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    said = io.StringIO()
    with chdir(folder), importing_from(folder), redirect_stdout(said), redirect_stderr(said):
        for block in blocks(page):
            if block.file is not None:
                Path(block.file).write_text(block.code, encoding="utf-8")
            elif block.language == "python":
                exec(compile(block.code, str(page), "exec"), names)  # noqa: S102 - our own pages
            elif block.language == "sh":
                for line in block.code.replace("\\\n", " ").splitlines():
                    _command(line, said)
    return said.getvalue()


@contextmanager
def importing_from(folder: Path) -> Iterator[None]:
    """Modules of the folder can be imported, and are forgotten afterwards."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").parent == folder:
                del sys.modules[name]


def _command(line: str, said: io.StringIO) -> None:
    expected = int(found[1]) if (found := EXIT.search(line)) else 0
    words = shlex.split(line, comments=True)
    if not words:
        return
    if words[0] == "auditor":
        code = _auditor(words)
    else:
        done = subprocess.run(["bash", "-ec", line], capture_output=True, text=True, check=False)
        said.write(done.stdout + done.stderr)
        code = done.returncode
    assert code == expected, f"{line}\nexit code {code}\n{said.getvalue()}"


def _auditor(words: list[str]) -> int:
    before, sys.argv = sys.argv, words
    try:
        run_command_line()
    except SystemExit as left:
        return int(left.code or 0)
    finally:
        sys.argv = before
    return 0
