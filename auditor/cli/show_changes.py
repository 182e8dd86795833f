"""A comparison on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from auditor.cli.show import STYLE, console
from auditor.comparison.model import Comparison, Reading
from auditor.domain.verdicts import CLASS_VERDICTS, ClassVerdict
from auditor.reports.change_blocks import same_words
from auditor.reports.changes import ComparisonView, Moved, changes_of, from_to
from auditor.wording.catalogue import Translator

READING_STYLE = {
    Reading.WORSE: "bold red",
    Reading.MIXED: "yellow",
    Reading.NOT_COMPARABLE: "yellow",
    Reading.BETTER: "green",
    Reading.NOISE: "dim",
}


def changes(comparison: Comparison, _: Translator) -> None:
    """Print the sentence, the classes that differ, overall numbers and what differs."""
    shown = changes_of(comparison, _)
    noise = {True: _("within the noise"), False: "", None: _("cannot be determined")}
    out = console()
    out.print(Text(f"{shown.base} → {shown.new}: {shown.sentence}", style="bold"))
    if shown.classes:
        out.print(_table(shown, _))
    if shown.classes_left:
        out.print(Text(_("{n:,} more classes changed: see --out or --json", n=shown.classes_left)))
    for moved in shown.overall:
        note = f" ({moved.note})" if moved.note else ""
        sure = noise[moved.difference.noise] if moved.difference.change is not None else ""
        told = f"{moved.name}{note}: {from_to(moved)}, {moved.said}"
        out.print(Text(f"{told} ({sure})" if sure else told))
    both = _("{n:,} in both", n=comparison.images.both)
    told = "; ".join([both, *(f"{each.total:,} {each.what}" for each in shown.turned)])
    out.print(Text(_("Images: {told}", told=told)))
    for each in shown.explanations:
        sides = f"{each.base} → {each.new}"
        out.print(
            Text(
                _(
                    "differs: {what}: {sides} ({means})",
                    what=each.what,
                    sides=sides,
                    means=each.means,
                )
            )
        )
    if not shown.explanations:
        out.print(Text(_("Both audits had the same data, weights, configuration and versions.")))


def _table(shown: ComparisonView, _: Translator) -> Table:
    table = Table(caption=same_words(shown.same, _), caption_justify="left")
    numbers = [moved.name for moved in shown.classes[0].numbers]
    for heading in (_("Class"), _("Verdict"), _("Change"), *numbers):
        table.add_column(heading, overflow="fold")
    for line in shown.classes:
        change = line.change
        table.add_row(
            Text(change.name),
            _verdicts(change.base_verdict, change.new_verdict, _),
            Text(line.word, style=READING_STYLE.get(change.reading, "")),
            *(_cell(moved) for moved in line.numbers),
        )
    return table


def _verdicts(base: str | None, new: str | None, _: Translator) -> Text:
    parts = [
        (
            _(CLASS_VERDICTS[verdict].label) if verdict else "–",
            STYLE[ClassVerdict(verdict)] if verdict else "",
        )
        for verdict in dict.fromkeys((base, new))
    ]
    return Text(" → ").join([Text(word, style=style) for word, style in parts])


def _cell(moved: Moved) -> Text:
    return Text(moved.said, style="" if moved.difference.noise is False else "dim")
