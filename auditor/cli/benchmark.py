"""`auditor benchmark`: planted sets with measured truth, and a judge for any tool's list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.cli.progress import progress
from auditor.domain.errors import DataError
from auditor.wording.numbers import interval

if TYPE_CHECKING:
    from auditor.benchmark.scoring import Figures, ScoredRow
    from auditor.selftest.rates import CountedRate
    from auditor.wording.catalogue import Translator

app = typer.Typer(
    help="Planted sets with measured truth, and a judge for the list of any tool.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Truth = Annotated[
    Path, typer.Option(metavar="DIR", help="A folder that `auditor benchmark make` wrote.")
]


@app.callback()
def _root(version: Version = False) -> None:
    """Planted sets with measured truth, and a judge for the list of any tool."""


@app.command("make")
def make(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of classes, pictures and networks.")] = 0,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only sets of this kind; repeatable.")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Write planted sets: images, masks, networks, truth measured by the renderer, a datasheet."""
    from auditor.benchmark.sets import chosen_sets, planted_sets
    from auditor.benchmark.writing import write_benchmark

    _ = spoken(lang)
    try:
        sets = chosen_sets(seed, kind or ())
    except KeyError as error:
        kinds = sorted({each.kind for each in planted_sets(seed)})
        raise DataError(
            "The benchmark has no such kind.",
            code="benchmark.unknown_kind",
            expected=f"one of {', '.join(kinds)}",
            got=repr(error.args[0]),
            remedy="correct --kind; nothing was written",
        ) from None
    with progress(_, quiet=quiet) as reported:
        names = write_benchmark(sets, out, seed=seed, progress=reported)
    if as_json:
        say_json({"folder": str(out), "seed": seed, "sets": list(names)})
    say(
        _.ngettext(
            "written: {path} ({n:,} set)", "written: {path} ({n:,} sets)", len(names), path=out
        ),
        quiet=quiet,
        as_json=as_json,
    )


@app.command("run")
def run(
    truth: Truth,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The results, a CSV to score.")],
    runs: Annotated[Path, typer.Option(metavar="DIR", help="Where the runs go.")],
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Audit every set with the defaults and write what this program says of the classes."""
    from auditor.benchmark.running import audit_sets, write_results
    from auditor.benchmark.scoring import set_names

    _ = spoken(lang)
    with progress(_, quiet=quiet) as reported:
        done = list(audit_sets(truth, set_names(truth), runs, reported))
    rows = write_results(done, out)
    if as_json:
        say_json({"results": str(out), "rows": rows})
    say(
        _.ngettext(
            "written: {path} ({n:,} class)", "written: {path} ({n:,} classes)", rows, path=out
        ),
        quiet=quiet,
        as_json=as_json,
    )


@app.command("score")
def score(
    results: Annotated[
        Path, typer.Argument(metavar="RESULTS.csv", help="set, class, and verdict or relies.")
    ],
    truth: Truth,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The figures as JSON.")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Judge a list of cue-reliant classes, of this or any other tool, against the truth."""
    from auditor.benchmark.scoring import figures, score_results

    _ = spoken(lang)
    judged = score_results(results, truth)
    kinds = sorted({row.kind for row in judged})
    told = {kind: figures([row for row in judged if row.kind == kind]) for kind in kinds}
    told["all"] = figures(judged)
    machine = {kind: _machine(each) for kind, each in told.items()}
    if out is not None:
        out.write_text(json.dumps(machine, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if as_json:
        say_json(machine)
    for kind, each in told.items():
        say(_line(kind, each, _), quiet=quiet, as_json=as_json)
    for row in judged:
        if row.relies is not None and row.relies != row.flagged:
            say(f"  {_fault(row, _)}", quiet=quiet, as_json=as_json)


def _fault(row: ScoredRow, _: Translator) -> str:
    what = _("missed") if row.relies else _("false alarm")
    return _("{what}: {where}", what=what, where=f"{row.set_name}, {row.label}")


def _line(kind: str, each: Figures, _: Translator) -> str:
    parts = {
        _("recall"): each.recall,
        _("precision"): each.precision,
        _("false alarms"): each.false_alarms,
        _("cleared"): each.cleared,
        _("cue named right"): each.named,
    }
    told = "; ".join(f"{name} {_rate(rate, _)}" for name, rate in parts.items() if rate.total)
    return f"{kind}: {told or _('nothing to judge')}"


def _rate(rate: CountedRate, _: Translator) -> str:
    low, high = rate.interval or (0.0, 1.0)
    sure = interval(rate.value, low, high)
    return _("{n:,} of {all:,}, {share}", n=rate.count, all=rate.total, share=sure)


def _machine(each: Figures) -> dict[str, Any]:
    found = {}
    for name in ("recall", "precision", "false_alarms", "cleared", "named"):
        rate: CountedRate = getattr(each, name)
        low, high = rate.interval or (None, None)
        found[name] = {
            "count": rate.count,
            "total": rate.total,
            "rate": rate.value,
            "low": low,
            "high": high,
        }
    return found
