"""`auditor schedule`: audits at scheduled times."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from auditor.cli import show_schedules
from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.cli.schedule_worker import exit_code_of, new_worker, open_store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Audits at scheduled times.",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The schedule's name.")]
Runs = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the runs.")]
Format = Literal["crontab", "systemd", "kubernetes"]

YEAR_HOURS = 8760.0
"""Of what is waited for: an infinite time is none that a clock or JSON can hold."""

RUNS = Path("runs")
IMAGE = "shortcut-auditor:latest"
VOLUME = "shortcut-audits"


@app.callback()
def _root(version: Version = False) -> None:
    """Audits at scheduled times."""


@app.command("add")
def add(
    name: Name,
    cron: Annotated[str, typer.Option(help='When, as "0 7 * * 1": Mondays at seven.')],
    config: Annotated[Path, typer.Option(help="The audit's configuration file.")],
    timezone: Annotated[str, typer.Option(help="Zone of that clock, as Europe/Berlin.")] = "UTC",
    notify: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="https://..., mailto:..., smtp://... or env:VARIABLE."),
    ] = None,
    notify_on: Annotated[
        Literal["change", "always"] | None, typer.Option(help="When to tell; change by default.")
    ] = None,
    gate: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="As max_confirmed=0, baseline=previous."),
    ] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="Finished runs to keep.")] = None,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="HOURS", min=0, max=YEAR_HOURS, help="Stop an audit that hangs; 0 for never."
        ),
    ] = 24.0,
    repair: Annotated[
        Path | None,
        typer.Option(metavar="TRAIN", help="Repair a network with a confirmed class with these."),
    ] = None,
    repair_masks: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Masks that mirror --repair.")
    ] = None,
    repair_auto_mask: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="Who makes the masks that --repair lacks, as in run; by default as the run says.",
        ),
    ] = None,
    runs: Runs = RUNS,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Add a schedule."""
    from auditor.schedule.adding import new_schedule
    from auditor.schedule.clock import SystemClock

    _ = spoken(lang)
    schedule = new_schedule(
        name,
        cron=cron,
        timezone=timezone,
        config=config,
        runs=runs,
        notify=notify or [],
        notify_on=notify_on,
        gate=gate or [],
        keep=keep,
        timeout=timeout * 3600 or None,
        repair=repair,
        repair_masks=repair_masks,
        repair_auto_mask=repair_auto_mask,
        now=SystemClock().now(),
    )
    runs.mkdir(parents=True, exist_ok=True)
    store = open_store(runs)
    store.add(schedule)
    if as_json:
        say_json(show_schedules.schedule_facts(schedule, []))
    due = show_schedules.local(schedule, _)
    say(_("added: {name}, next {due}", name=name, due=due), quiet=quiet, as_json=as_json)
    say(_("`auditor schedule run` keeps the time"), quiet=quiet, as_json=as_json)


@app.command("list")
def list_(
    runs: Runs = RUNS,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Show the schedules, when they are due next, and how their last audits ended."""
    told = spoken(lang)
    store = open_store(runs)
    schedules, history = store.all(), store.history()
    if as_json:
        say_json(show_schedules.all_plain(schedules, history))
    elif not quiet:
        show_schedules.table(schedules, history, told)


@app.command("remove")
def remove(
    name: Name,
    runs: Runs = RUNS,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Remove a schedule; its runs and its history stay."""
    from auditor.schedule.clock import SystemClock

    _ = spoken(lang)
    open_store(runs).remove(name, now=SystemClock().now())
    if as_json:
        say_json({"removed": name})
    say(_("removed: {name} (its runs stay)", name=name), quiet=quiet, as_json=as_json)


@app.command("run")
def run(
    runs: Runs = RUNS,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Stop as soon as nothing is due.")
    ] = False,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Run every audit when it is due, one after another, until stopped."""
    from auditor.schedule.scheduler_loop import keep_time

    _ = spoken(lang)
    worker = new_worker(runs, quiet=quiet, as_json=as_json)
    try:
        ended = keep_time(worker, until_idle=until_idle)
    except KeyboardInterrupt:
        # The way in which this process is meant to end: systemd and Kubernetes send SIGTERM.
        told = _("stopped; an unfinished audit goes on at the next start")
        say(told, quiet=quiet, as_json=as_json)
        raise typer.Exit(0) from None
    if as_json:
        say_json({"audits": len(ended), "exit_codes": [outcome.exit_code for outcome in ended]})
    raise typer.Exit(max((exit_code_of(outcome.exit_code) for outcome in ended), default=0))


@app.command("once")
def once(
    name: Name,
    runs: Runs = RUNS,
    wait: Annotated[
        float,
        typer.Option(
            min=0, max=YEAR_HOURS * 3600, help="Seconds to wait for a process that has it."
        ),
    ] = 0,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Run one schedule's audit now, as it would run when due."""
    from auditor.schedule.scheduler_loop import run_now

    worker = new_worker(runs, quiet=quiet, as_json=as_json)
    audit = run_now(worker, name, wait=wait)
    if as_json:
        say_json(show_schedules.plain_audit(audit))
    raise typer.Exit(exit_code_of(audit.outcome.exit_code if audit.outcome else None))


@app.command("emit")
def emit(
    name: Name,
    format_: Annotated[Format, typer.Option("--format", help="Target scheduler.")],
    image: Annotated[str, typer.Option(help="Container image (kubernetes).")] = IMAGE,
    claim: Annotated[str, typer.Option(help="PersistentVolumeClaim (kubernetes).")] = VOLUME,
    runs: Runs = RUNS,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Print a schedule for crontab, systemd or Kubernetes, instead of `schedule run`."""
    from auditor.schedule import emit as emitting

    schedule = open_store(runs).get(name)
    machine = emitting.Machine((sys.executable, "-m", "auditor"), runs.resolve(), image, claim)
    write = {
        "crontab": emitting.crontab,
        "systemd": emitting.systemd,
        "kubernetes": emitting.kubernetes,
    }[format_]
    text = write(schedule, machine)
    if as_json:
        say_json({"format": format_, "text": text})
    else:
        typer.echo(text, nl=False)
