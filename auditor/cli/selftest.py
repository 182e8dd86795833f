"""`auditor selftest`: plants shortcuts, audits them, prints detection and false alarms."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.cli.progress import progress
from auditor.domain.verdicts import CLASS_VERDICTS
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import interval, share

if TYPE_CHECKING:
    from auditor.selftest.rates import CountedRate, PlantedOutcome


def selftest(
    seed: Annotated[int, typer.Option(min=0, help="Seed of pictures, networks and audits.")] = 0,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only see that it works: too little to rate anything.")
    ] = False,
    lang: Lang = None,
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

    _ = spoken(lang)
    began = time.monotonic()
    found: list[PlantedOutcome] = []
    with progress(_, quiet=quiet) as heard:
        for world, outcomes in run((quick_worlds if quick else worlds)(seed), heard):
            found += outcomes
            say(_table(world.name, outcomes, _), quiet=quiet, as_json=as_json)
    seconds = time.monotonic() - began
    if as_json:
        say_json(_machine(found, seed=seed, quick=quick, seconds=seconds))
        return
    if not quiet:
        typer.echo(_summary(found, _))
        typer.echo(_("seed {seed}, {seconds:.0f} s", seed=seed, seconds=seconds))


def _table(world: str, outcomes: Sequence[PlantedOutcome], _: Translator) -> str:
    """A row per class of a world: what was planted, the truth, the estimate, the verdict."""
    from rich.table import Table
    from rich.text import Text

    from auditor.cli.show import console

    table = Table(title=_(world), title_justify="left")
    for heading in (_("class"), _("planted"), _("true loss"), _("estimate"), _("verdict")):
        table.add_column(heading, overflow="fold")
    for outcome in outcomes:
        truth = outcome.truth
        kind = "-" if truth.kind is None else _(truth.kind.value)
        numbers = (share(truth.loss), share(outcome.background_effect))
        verdict = _(CLASS_VERDICTS[outcome.verdict].label)
        table.add_row(*map(Text, (truth.label, kind, *numbers, verdict)))
    out = console()
    with out.capture() as written:
        out.print(table)
    return written.get().rstrip("\n")


def _summary(outcomes: Sequence[PlantedOutcome], _: Translator) -> str:
    from auditor.selftest.rates import RELIES, detection, false_alarms

    return "\n".join(
        (
            _(
                "detection: {rate} of the classes that truly lose {floor} or more without their cue"
                " are confirmed",
                rate=_rate(detection(outcomes), _),
                floor=share(RELIES),
            ),
            _(
                "false alarms: {rate} of the unaffected classes are confirmed",
                rate=_rate(false_alarms(outcomes), _),
            ),
        )
    )


def _rate(rate: CountedRate, _: Translator) -> str:
    if rate.interval is None:
        return _("none")
    share_of_them = interval(rate.value, *rate.interval)
    return _("{n} of {total}, {share},", n=rate.count, total=rate.total, share=share_of_them)


def _machine(
    outcomes: Sequence[PlantedOutcome], *, seed: int, quick: bool, seconds: float
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


def _plain(rate: CountedRate) -> dict[str, Any]:
    low, high = rate.interval or (None, None)
    return {
        "count": rate.count, "total": rate.total, "rate": rate.value, "low": low, "high": high,
    }  # fmt: skip
