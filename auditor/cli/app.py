"""The commands, and the exit code of every kind of failure."""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from typing import NoReturn

import typer

from auditor.cli.lazy import LazyCommand, lazy_group
from auditor.cli.options import Version
from auditor.cli.streams import flushed, is_gone, silence, speak_any_letter
from auditor.cli.unexpected import words_for
from auditor.cli.usage import UsageFault, usage_error
from auditor.domain.errors import AuditorError

COMMANDS = (
    LazyCommand(
        "demo", "demo:demo", "Audit the sample data, write runs/demo and serve the dashboard."
    ),
    LazyCommand("run", "run:run", "Audit a classifier on a labelled dataset and write a run."),
    LazyCommand(
        "inspect",
        "inspect:inspect",
        "Say what was understood of a dataset: classes, splits, masks, sizes, duplicates, faults.",
    ),
    LazyCommand(
        "data",
        "data:data",
        "Audit a dataset before any model: borders, corners, tint, files, metadata, copies.",
    ),
    LazyCommand(
        "report",
        "report:report",
        "Write the report of a finished run, with what changed since the run before beside it.",
    ),
    LazyCommand(
        "export",
        "export:export",
        "Write a table of a finished run as CSV, Parquet, JSON Lines or a spreadsheet.",
    ),
    LazyCommand(
        "log", "log:log", "Tell MLflow or Weights & Biases of a run: numbers, tables, report, gate."
    ),
    LazyCommand(
        "compare",
        "compare:compare",
        "Say what changed between two runs, with intervals, and what is noise.",
    ),
    LazyCommand(
        "leaderboard",
        "leaderboard:leaderboard",
        "Rank finished runs of the same data, and say which networks rely on the same cues.",
    ),
    LazyCommand(
        "gate",
        "gate:gate",
        "Hold a run to limits: exit code 0 if they hold, 1 if not, 2 if the input is bad.",
    ),
    LazyCommand(
        "verify",
        "verify:verify",
        "Check a run against its digests, schema, counts and signature: 0 if all hold, 1 if not.",
    ),
    LazyCommand(
        "sign",
        "verify:sign",
        "Sign a run and its report with the date and a name; refused where the run does not hold.",
    ),
    LazyCommand(
        "selftest",
        "selftest:selftest",
        "Plant shortcuts, train small networks on them, audit those, count hits and false alarms.",
    ),
    LazyCommand(
        "counterexamples",
        "counterexamples:counterexamples",
        "Write training images that break the cues a run has confirmed.",
    ),
    LazyCommand(
        "repair",
        "repair:repair",
        "Retrain against the confirmed cues and audit again, until nothing is confirmed.",
    ),
    LazyCommand("dashboard", "dashboard:dashboard", "Serve the reviewers' app until Ctrl-C."),
    LazyCommand(
        "import-reviews",
        "import_reviews:import_reviews",
        "Bring decisions and masks back from Label Studio, CVAT, COCO, FiftyOne or a CSV.",
    ),
    LazyCommand(
        "mcp",
        "mcp:mcp",
        "Serve runs to assistants over the Model Context Protocol on stdin and stdout, read only.",
    ),
    LazyCommand("doctor", "doctor:doctor", "Say what this machine offers and what is missing."),
    LazyCommand(
        "benchmark",
        "benchmark:app",
        "Planted sets with measured truth, and a judge for the list of any tool.",
    ),
    LazyCommand("schedule", "schedule:app", "Audits at scheduled times."),
)
"""Every command; its help is the first paragraph of its own."""

app = typer.Typer(
    cls=lazy_group(COMMANDS),
    name="auditor",
    help="Find out whether an image classifier relies on the object or on a background shortcut.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _root(version: Version = False) -> None:
    """Find out whether an image classifier relies on the object or on a background shortcut."""


INTERRUPTED = 130


def run_command_line() -> NoReturn:
    """Exit codes: 0 done, 1 the gate fails, 2 bad usage or input, 3 stopped part-way."""
    debug = "--debug" in sys.argv
    code = 0
    speak_any_letter()
    try:
        # Not standalone: then typer would tell wrong use in its own way.
        code = app(standalone_mode=False) or 0
    except SystemExit as stop:
        _leave(stop.code)
    except AuditorError as error:
        code_line = f"\n  code:     {error.code}" if error.code else ""
        _fail(f"error: {error}{code_line}", error.exit_code, debug)
    except UsageFault as fault:
        told = usage_error(fault)
        _fail(f"error: {told}" if told else str(fault), AuditorError.exit_code, debug)
    except (KeyboardInterrupt, typer.Abort):
        _fail("interrupted", INTERRUPTED, debug)
    except BrokenPipeError:
        silence()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: a word instead of a traceback
        words, code = words_for(error)
        _fail(f"error: {words}", code, debug)
    _leave(code)


def _leave(code: int | str | None) -> NoReturn:
    """Exit; a closed pipe (as by `head`) is not an error."""
    if is_gone() or not flushed():
        silence()
        sys.exit(0)
    sys.exit(code)


def _fail(message: str, code: int, debug: bool) -> NoReturn:
    if debug:
        traceback.print_exc()
    with suppress(BrokenPipeError):
        print(message, file=sys.stderr)
    if not flushed():
        silence()
    sys.exit(code)
