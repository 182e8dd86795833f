"""Usage errors in the form of every other error: expected, got, remedy."""

from __future__ import annotations

import typer

from auditor.domain.errors import AuditorError

UsageFault: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises on wrong use, whichever click it comes with; it gives no public name to it."""


def usage_error(fault: Exception) -> AuditorError | None:
    """A `UsageFault` for typer's error; None where typer shows the help instead.

    Args:
        fault: what typer raised while it read the command line.
    """
    context = getattr(fault, "ctx", None)
    # A group that is called without a command prints its help.
    if type(fault).__name__ == "NoArgsIsHelpError":
        return None
    message = fault.format_message() if hasattr(fault, "format_message") else str(fault)
    usage = context.get_usage() if context is not None else "Usage: auditor COMMAND [OPTIONS]"
    command = context.command_path if context is not None else "auditor"
    return AuditorError(
        "The command is not understood.",
        code="usage",
        expected=" ".join(usage.split()).removeprefix("Usage: "),
        # Pydantic's prefix of what typer's choices say.
        got=message.replace("Value error, ", ""),
        remedy=f"see `{command} --help`; nothing was written",
    )
