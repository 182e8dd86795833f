"""The commands and how each way of failing leaves the program. CONTRACT section 2."""

from __future__ import annotations

import sys
import traceback
from typing import NoReturn

import typer

from auditor.cli import (
    compare,
    counterexamples,
    dashboard,
    demo,
    doctor,
    export,
    gate,
    import_reviews,
    inspect,
    mcp,
    report,
    run,
    schedule,
    selftest,
)
from auditor.cli.options import Version
from auditor.cli.usage import UsageFault, usage_error
from auditor.domain.errors import AuditorError

app = typer.Typer(
    name="auditor",
    help="Find out whether an image classifier looks at the object or cheats with the background.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _root(version: Version = False) -> None:
    """Find out whether an image classifier looks at the object or cheats with the background."""


app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("inspect")(inspect.inspect)
app.command("report")(report.report)
app.command("export")(export.export)
app.command("compare")(compare.compare)
app.command("gate")(gate.gate)
app.command("selftest")(selftest.selftest)
app.command("counterexamples")(counterexamples.counterexamples)
app.command("dashboard")(dashboard.dashboard)
app.command("import-reviews")(import_reviews.import_reviews)
app.command("mcp")(mcp.mcp)
app.command("doctor")(doctor.doctor)
app.add_typer(schedule.app, name="schedule")

UNEXPECTED = 3
INTERRUPTED = 130


def run_command_line() -> NoReturn:
    """Exit codes: 0 done, 1 the gate fails, 2 bad usage or input, 3 stopped part-way."""
    debug = "--debug" in sys.argv
    code = 0
    try:
        # Not standalone: then typer would tell wrong use in its own way.
        code = app(standalone_mode=False) or 0
    except AuditorError as error:
        _fail(f"error: {error}", error.exit_code, debug)
    except UsageFault as fault:
        told = usage_error(fault)
        _fail(f"error: {told}" if told else str(fault), AuditorError.exit_code, debug)
    except (KeyboardInterrupt, typer.Abort):
        _fail("interrupted", INTERRUPTED, debug)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: a word instead of a traceback
        _fail(
            f"error: this should not have happened: {type(error).__name__}: {error}\n"
            "  expected: the command to finish or to say what is wrong with its input\n"
            "  got:      a fault of the program\n"
            "  remedy:   run it again with --debug and report the traceback",
            UNEXPECTED,
            debug,
        )
    sys.exit(code)


def _fail(message: str, code: int, debug: bool) -> NoReturn:
    if debug:
        traceback.print_exc()
    print(message, file=sys.stderr)
    sys.exit(code)
