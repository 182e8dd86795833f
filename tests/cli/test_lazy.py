"""Help knows every command and loads none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from auditor.cli.app import COMMANDS
from auditor.cli.lazy import LazyCommand

EVERYWHERE = {"--quiet", "--json", "--debug", "--version"}
HEAVY = ("torch", "numpy", "pandas", "pyarrow", "scipy", "pydantic", "jinja2", "duckdb", "PIL")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_there_and_says_of_itself_what_help_says(command: LazyCommand) -> None:
    loaded = command.load()
    assert loaded.name == command.name
    first = loaded.help.split("\n\n")[0]
    assert " ".join(first.split()) == command.help


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_takes_what_all_take(command: LazyCommand) -> None:
    loaded = command.load()
    for each in getattr(loaded, "commands", {"": loaded}).values():
        options = {name for parameter in each.params for name in parameter.opts}
        assert options >= EVERYWHERE, each.name


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['auditor', *{arguments!r}]\n"
        "from auditor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.splitlines()[-1].strip() == "loaded:"


def test_a_typing_error_is_answered_by_the_name_that_is_near() -> None:
    command = [sys.executable, "-m", "auditor", "reprot"]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    assert said.returncode == 2
    assert "'report'" in said.stderr
