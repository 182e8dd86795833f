"""`auditor gate`: whether a run is good enough for a pipeline to go on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, RunFolder, Version, say, say_json, spoken

if TYPE_CHECKING:
    from auditor.gate.outcome import Gate
    from auditor.wording.catalogue import Translator

FAILS = 1


def gate(
    run: RunFolder,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Fail also on what got worse than in it, beyond noise."),
    ] = None,
    allow_not_comparable: Annotated[
        bool,
        typer.Option(
            "--allow-not-comparable",
            help="Let pass what the run lacks and the baseline has: classes, masks, images, tests.",
        ),
    ] = False,
    max_confirmed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Confirmed classes that are allowed.")
    ] = None,
    max_undetermined: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Undetermined classes allowed.")
    ] = None,
    max_shortcut_rate: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="R", help="Highest shortcut rate, 0..1.")
    ] = None,
    min_worst_group: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="A", help="Lowest accuracy of a group.")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JUnit XML, a test case a check.")
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Markdown; added to $GITHUB_STEP_SUMMARY if it is that."),
    ] = None,
    data: Annotated[
        bool, typer.Option("--data", help="RUN is an audit of data, as `auditor data` writes it.")
    ] = False,
    max_given_away: Annotated[
        int, typer.Option(min=0, metavar="N", help="With --data: classes given away, allowed.")
    ] = 0,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Hold a run to limits: exit code 0 if they hold, 1 if not, 2 if the input is bad."""
    from auditor.gate import check_run, limits_of
    from auditor.storage.run import open_run

    told = spoken(lang)
    if data:
        from auditor.data_audit.gate import check_data_run
        from auditor.storage.data_runs import open_data_run

        audited = open_data_run(run)
        _tell(
            check_data_run(audited, max_given_away=max_given_away),
            audited.path,
            told,
            junit,
            summary,
            quiet=quiet,
            as_json=as_json,
        )
        return
    opened = open_run(run)
    limits = limits_of(
        opened,
        {
            "max_confirmed": max_confirmed,
            "max_undetermined": max_undetermined,
            "max_shortcut_rate": max_shortcut_rate,
            "min_worst_group": min_worst_group,
        },
        baseline=baseline is not None,
    )
    found = check_run(
        opened,
        limits,
        None if baseline is None else open_run(baseline),
        allow_not_comparable=allow_not_comparable,
    )
    _tell(found, opened.path, told, junit, summary, quiet=quiet, as_json=as_json)


def _tell(
    found: Gate,
    path: Path,
    _: Translator,
    junit: Path | None,
    summary: Path | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the documents, say what holds and what fails, and leave with 1 if anything fails."""
    from auditor.gate import documents
    from auditor.storage.atomic import write_output

    if junit is not None:
        write_output(junit, documents.junit(found))
    if summary is not None:
        write_output(summary, _before(summary) + documents.markdown(found, _))
    if as_json:
        say_json(documents.machine(found))
    lines = []
    for check in found.failed:
        lines.append(_("fails: {text}", text=_.told(check.told)))
        lines += [f"       {detail}" for detail in documents.details(check, _)]
    held = [check for check in found.checks if check.holds]
    lines += [_("holds: {text}", text=_.told(check.told)) for check in held]
    lines += [_("warning: {text}", text=_.told(warning)) for warning in found.warnings]
    outcome = _("the gate holds") if found.holds else _("the gate fails")
    for line in (*lines, f"{outcome}: {path}"):
        say(line, quiet=quiet, as_json=as_json)
    if not found.holds:
        raise typer.Exit(FAILS)


def _before(summary: Path) -> str:
    """What other steps of a GitHub job have written to their shared summary."""
    if os.environ.get("GITHUB_STEP_SUMMARY") != str(summary) or not summary.is_file():
        return ""
    return summary.read_text(encoding="utf-8")
