"""A run's outcome on a terminal, and the same for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.cli.json_lines import say_line
from auditor.domain.measures import Measure, measure
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.storage.run import Run
from auditor.wording.catalogue import Translator
from auditor.wording.headline import audited
from auditor.wording.numbers import formatted
from auditor.wording.stored_texts import manifest_text, manifest_texts

STYLE = {
    ClassVerdict.CONFIRMED: "bold red",
    ClassVerdict.SUSPECTED: "yellow",
    ClassVerdict.CONTEXT: "cyan",
    ClassVerdict.CLEAN: "green",
    ClassVerdict.UNDETERMINED: "dim",
}
SHOWN = ("images", "tested", "accuracy", "background_effect", "capture")
"""Measures in the table of verdicts."""
NARROWEST = 110
"""A pipe has no width: a table squeezed to 80 columns would cut the intervals."""


def verdicts(run: Run, _: Translator) -> None:
    """Print the class table, the verdicts' meanings, and what was skipped."""
    out = console()
    title = audited(run.metadata, _)
    table = Table(title=title, title_justify="left")
    table.add_column(_("Class"), overflow="fold")
    for column in SHOWN:
        table.add_column(_(measure("classes", column).title), overflow="fold")
    table.add_column(_("Verdict"), overflow="fold")
    classes = run.classes()
    there = classes["images"].gt(0) | classes["class"].isin(run.metadata.lost_classes)
    absent, classes = int((~there).sum()), classes[there]
    for row in classes.to_dict("records"):
        verdict = ClassVerdict(row["verdict"])
        table.add_row(
            Text(str(row["class"])),
            *(_cell(row, measure("classes", column)) for column in SHOWN),
            Text(_(CLASS_VERDICTS[verdict].label), style=STYLE[verdict]),
        )
    out.print(table)
    if absent:
        out.print(
            Text(
                _.ngettext(
                    "{n:,} more class that the network knows has no image here.",
                    "{n:,} more classes that the network knows have no image here.",
                    absent,
                )
            )
        )
    for verdict in dict.fromkeys(classes["verdict"]):
        spec = CLASS_VERDICTS[verdict]
        out.print(Text(f"{_(spec.label)}: {_(spec.meaning)}"))
    if run.results.saliency_sane is False:
        told = _("The heat maps failed their sanity check.")
        out.print(Text(told, style="bold red"))
    if run.metadata.counts.skipped:
        out.print(Text(_("Skipped inputs and why: {path}", path=run.path / "skipped.csv")))


def console() -> Console:
    """Stdout, wide enough for a table where it is no terminal."""
    out = Console()
    return out if out.is_terminal else Console(width=NARROWEST)


def warnings(run: Run, _: Translator, *, quiet: bool, log_json: bool = False) -> None:
    """Say on stderr what is odd about the data; with --quiet only that a class was lost."""
    err = Console(stderr=True, soft_wrap=True)
    lost = run.metadata.lost_classes
    told = [
        (
            _(
                "class '{name}' lost ALL its images: {why}",
                name=name,
                why=manifest_text(run.metadata, why or "", _),
            ),
            "red",
        )
        for name, why in lost.items()
    ]
    if not quiet:
        found = manifest_texts(run.metadata, run.metadata.warnings, _)
        told += [(warning, "yellow") for warning in found]
    for text, style in told:
        if log_json:
            say_line("warning", text=text)
        else:
            err.print(Text(_("warning: {text}", text=text), style=style))


def machine_summary(run: Run) -> dict[str, Any]:
    """summary.json, the counts, and where the run is."""
    return {"run": str(run.path), "counts": asdict(run.metadata.counts), **run.summary}


def _cell(row: Mapping[Any, Any], each: Measure) -> str:
    value = row[each.column]
    if not each.interval:
        return formatted(value, each.format)
    return formatted(value, each.format, row[each.low], row[each.high])
