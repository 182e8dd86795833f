"""Commands whose modules are imported when they are called: help costs no numeric library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class LazyCommand:
    """Attributes:
    name: as typed by the user.
    place: "module:function" below `auditor.cli`, or "module:app" of a group of commands.
    help: first line of the command's own help.
    """

    name: str
    place: str
    help: str

    def load(self) -> Any:
        """What typer makes of the function or group: a command of typer's click."""
        module, _, attribute = self.place.partition(":")
        target = getattr(import_module(f"auditor.cli.{module}"), attribute)
        if isinstance(target, typer.Typer):
            group: Any = typer.main.get_command(target)
            group.name = self.name
            return group
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(self.name)(target)
        return typer.main.get_command(alone)


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and help, and loads one when it is called."""

    table: tuple[LazyCommand, ...] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Names alone: typer suggests from them on a typing error.
        self.commands = dict.fromkeys(command.name for command in self.table)  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the table."""
        return [command.name for command in self.table]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The loaded command, None where there is none of this name."""
        found = {command.name: command for command in self.table}.get(cmd_name)
        return None if found is None else found.load()

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Names and help, without loading a module."""
        with formatter.section("Commands"):
            formatter.write_dl([(command.name, command.help) for command in self.table])


def lazy_group(commands: Iterable[LazyCommand]) -> type[LazyGroup]:
    """A class for `typer.Typer(cls=...)` with these commands."""
    return type("Commands", (LazyGroup,), {"table": tuple(commands)})
