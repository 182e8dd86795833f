"""`auditor selftest`: plants shortcuts, audits them, prints detection and false alarms."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.cli.options import Debug, Json, Quiet, Version, say, say_json
from auditor.cli.progress import progress
from auditor.wording.numbers import interval, share

if TYPE_CHECKING:
    from auditor.selftest.rates import Outcome, Rate


def selftest(
    seed: Annotated[int, typer.Option(min=0, help="Seed of pictures, networks and audits.")] = 0,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only see that it works: too little to rate anything.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Plant shortcuts, train small networks on them, audit those, count hits and false alarms.

    Draws its own pictures; needs no data, no network and no GPU. About two minutes on two cores.
    """
    from auditor.selftest.plan import quick_worlds, worlds
    from auditor.selftest.running import run

    began = time.monotonic()
    found: list[Outcome] = []
    with progress(quiet=quiet) as heard:
        for world, outcomes in run((quick_worlds if quick else worlds)(seed), heard):
            found += outcomes
            say(_table(world.name, outcomes), quiet=quiet, as_json=as_json)
    seconds = time.monotonic() - began
    if as_json:
        say_json(_machine(found, seed=seed, quick=quick, seconds=seconds))
        return
    if not quiet:
        typer.echo(_summary(found))
        typer.echo(f"seed {seed}, {seconds:.0f} s")


def _table(world: str, outcomes: Sequence[Outcome]) -> str:
    lines = [f"{world}", f"  {'class':10} {'planted':12} {'true loss':>9} {'estimate':>9}  verdict"]
    for outcome in outcomes:
        truth = outcome.truth
        estimate = outcome.background_effect
        shown = share(estimate)
        lines.append(
            f"  {truth.label:10} {truth.kind or '-':12} {share(truth.loss):>9} {shown:>9}"
            f"  {outcome.verdict}"
        )
    return "\n".join(lines)


def _summary(outcomes: Sequence[Outcome]) -> str:
    from auditor.selftest.rates import RELIES, detection, false_alarms

    return (
        f"detection: {_rate(detection(outcomes))} of the classes that truly lose {share(RELIES)}"
        " or more without their cue are confirmed\n"
        f"false alarms: {_rate(false_alarms(outcomes))} of the unaffected classes are confirmed"
    )


def _rate(rate: Rate) -> str:
    if rate.interval is None:
        return "none"
    low, high = rate.interval
    return f"{rate.count} of {rate.total}, {interval(rate.value, low, high)},"


def _machine(
    outcomes: Sequence[Outcome], *, seed: int, quick: bool, seconds: float
) -> dict[str, Any]:
    from auditor.selftest.rates import detection, false_alarms

    return {
        "seed": seed,
        "quick": quick,
        "detection": _plain(detection(outcomes)),
        "false_alarms": _plain(false_alarms(outcomes)),
        "seconds": round(seconds, 1),
        "classes": [
            {
                "world": outcome.world,
                "class": outcome.truth.label,
                "planted": outcome.truth.kind,
                "correlation": outcome.truth.correlation,
                "accuracy": outcome.truth.accuracy,
                "true_loss": outcome.truth.loss,
                "true_accuracy_loss": outcome.truth.accuracy_loss,
                "background_effect": outcome.background_effect,
                "relies": outcome.relies,
                "verdict": outcome.verdict,
            }
            for outcome in outcomes
        ],
    }


def _plain(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval or (None, None)
    return {
        "count": rate.count, "total": rate.total, "rate": rate.value, "low": low, "high": high,
    }  # fmt: skip
