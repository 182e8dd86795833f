"""A run's outcome on a terminal, and the same for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.cli.json_lines import say_line
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.storage.run import Run
from auditor.wording.numbers import interval, share

STYLE = {
    ClassVerdict.CONFIRMED: "bold red",
    ClassVerdict.SUSPECTED: "yellow",
    ClassVerdict.CONTEXT: "cyan",
    ClassVerdict.CLEAN: "green",
    ClassVerdict.UNDETERMINED: "dim",
}
NARROWEST = 110
"""A pipe has no width: a table squeezed to 80 columns would cut the intervals."""


def verdicts(run: Run) -> None:
    """Print the class table, the verdicts' meanings, and what was skipped."""
    out = console()
    table = Table(title=f"{run.manifest['counts']['audited']} images audited", title_justify="left")
    for heading, side in (
        ("class", "left"),
        ("images", "right"),
        ("tested", "right"),
        ("accuracy", "right"),
        ("background effect", "left"),
        ("capture", "left"),
        ("verdict", "left"),
    ):
        table.add_column(heading, justify=side, overflow="fold")  # type: ignore[arg-type]
    classes = run.classes()
    there = classes["images"].gt(0) | classes["class"].isin(run.manifest.get("lost_classes") or {})
    absent, classes = int((~there).sum()), classes[there]
    for row in classes.to_dict("records"):
        verdict = ClassVerdict(row["verdict"])
        table.add_row(
            Text(str(row["class"])),
            str(row["images"]),
            str(row["tested"]),
            share(row["accuracy"]),
            _interval(row, "background_effect"),
            _interval(row, "capture"),
            Text(verdict.value, style=STYLE[verdict]),
        )
    out.print(table)
    if absent:
        out.print(Text(f"{absent:,} more classes that the network knows have no image here."))
    for verdict in dict.fromkeys(classes["verdict"]):
        out.print(Text(f"{verdict}: {CLASS_VERDICTS[verdict].meaning}"))
    if run.summary.get("saliency_sane") is False:
        out.print(Text("The saliency maps failed their sanity checks.", style="bold red"))
    skipped = run.manifest["counts"]["skipped"]
    if skipped:
        out.print(Text(f"{skipped} inputs were not audited: {run.path / 'skipped.csv'}"))


def console() -> Console:
    """Stdout, wide enough for a table where it is no terminal."""
    out = Console()
    return out if out.is_terminal else Console(width=NARROWEST)


def warnings(run: Run, *, quiet: bool, log_json: bool = False) -> None:
    """Say on stderr what is odd about the data; with --quiet only that a class was lost."""
    err = Console(stderr=True, soft_wrap=True)
    lost = run.manifest.get("lost_classes") or {}
    told = [(f"class {name!r} lost ALL its images: {why}", "red") for name, why in lost.items()]
    if not quiet:
        told += [(warning, "yellow") for warning in run.manifest.get("warnings") or ()]
    for text, style in told:
        if log_json:
            say_line("warning", text=text)
        else:
            err.print(Text(f"warning: {text}", style=style))


def machine_summary(run: Run) -> dict[str, Any]:
    """summary.json, the counts, and where the run is."""
    return {"run": str(run.path), "counts": run.manifest["counts"], **run.summary}


def _interval(row: Mapping[Any, Any], name: str) -> str:
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"])
