"""A comparison on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from auditor.cli.show import STYLE, console
from auditor.comparison.differences import Difference
from auditor.comparison.model import Comparison, Reading
from auditor.domain.verdicts import ClassVerdict
from auditor.reports.changes import READINGS, SHOWN, Changes, changes_of, from_to, said
from auditor.reports.words import count, shortened

READING_STYLE = {
    Reading.WORSE: "bold red",
    Reading.MIXED: "yellow",
    Reading.NOT_COMPARABLE: "yellow",
    Reading.BETTER: "green",
    Reading.NOISE: "dim",
}
NOISE = {True: " (noise)", False: "", None: " (untold)"}


def changes(comparison: Comparison) -> None:
    """Print the sentence, the classes that differ, overall numbers and what differs."""
    shown = changes_of(comparison)
    out = console()
    out.print(Text(f"{shown.base} → {shown.new}: {shown.sentence}", style="bold"))
    if shown.classes:
        out.print(_table(shown))
    if shown.classes_left:
        out.print(Text(f"{shown.classes_left:,} more classes changed: see --out or --json"))
    for moved in shown.overall:
        note = f" ({moved.note})" if moved.note else ""
        noise = NOISE[moved.difference.noise] if moved.difference.change is not None else ""
        out.print(Text(f"{moved.name}{note}: {from_to(moved)}, {moved.said}{noise}"))
    both = comparison.images.both
    told = [f"{both:,} in both", *(f"{each.total:,} {each.what}" for each in shown.turned)]
    out.print(Text(f"Images: {'; '.join(told)}"))
    for each in shown.explanations:
        sides = f"{shortened(each.base)} → {shortened(each.new)}"
        out.print(Text(f"differs: {each.what}: {sides} ({each.means})"))
    if not shown.explanations:
        out.print(Text("Same data, weights, configuration and versions."))


def _table(shown: Changes) -> Table:
    table = Table(caption=f"{count(shown.same, 'class')} stayed the same", caption_justify="left")
    for heading in ("class", "verdict", "reading", "lost", "won", "shortcut rate", "accuracy"):
        table.add_column(heading, overflow="fold")
    for line in shown.classes:
        change = line.change
        table.add_row(
            Text(change.name),
            _verdicts(change.base_verdict, change.new_verdict),
            Text(READINGS[change.reading][0], style=READING_STYLE.get(change.reading, "")),
            *(_cell(change.measures[name]) for name in SHOWN),
        )
    return table


def _verdicts(base: str | None, new: str | None) -> Text:
    parts = [
        (verdict or "–", STYLE[ClassVerdict(verdict)] if verdict else "")
        for verdict in dict.fromkeys((base, new))
    ]
    return Text(" → ").join([Text(word, style=style) for word, style in parts])


def _cell(difference: Difference) -> Text:
    return Text(said(difference), style="" if difference.noise is False else "dim")
