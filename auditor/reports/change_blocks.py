"""What changed between two runs, as blocks of Markdown."""

from __future__ import annotations

from auditor.reports.changes import ComparisonView, from_to
from auditor.reports.words import VERDICTS
from auditor.wording.catalogue import Translator
from auditor.wording.escaping import plain
from auditor.wording.numbers import share


def change_blocks(changes: ComparisonView, _: Translator) -> list[str]:
    """Sentence, overall numbers, classes, images and explanations."""
    return [
        f"**{plain(changes.sentence)}**",
        _overall(changes, _),
        _classes(changes, _),
        _turned(changes, _),
        _explanations(changes, _),
    ]


def _overall(changes: ComparisonView, _: Translator) -> str:
    noise = {
        True: _("within the noise"),
        False: _("beyond the noise"),
        None: _("cannot be determined"),
    }
    headings = (_("base → new"), _("change (95% interval)"))
    lines = [
        f"| | {' | '.join(headings)} | |",
        "|---|---|---|---|",
        *(
            f"| {moved.name}{f' ({plain(moved.note)})' if moved.note else ''} | {from_to(moved)} "
            f"| {moved.said} | {noise[moved.difference.noise]} |"
            for moved in changes.overall
        ),
    ]
    return "\n".join(lines)


def _classes(changes: ComparisonView, _: Translator) -> str:
    if not changes.classes:
        return ""
    names = [moved.name for moved in changes.classes[0].numbers]
    headings = (_("Class"), _("Verdict"), _("Change"), *names)
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    for line in changes.classes:
        moves = (line.change.base_verdict, line.change.new_verdict)
        verdicts = " → ".join(
            "–" if v is None else _(VERDICTS[v].label) for v in dict.fromkeys(moves)
        )
        numbers = " | ".join(
            f"{share(m.difference.base)} → {share(m.difference.new)}, {m.said}"
            + (" *" if m.difference.noise is False else "")
            for m in line.numbers
        )
        lines.append(
            f"| {plain(line.change.name)} | {verdicts} | {line.sign} {line.word} | {numbers} |"
        )
    notes = [_("An asterisk marks a change beyond the noise.")]
    if changes.same:
        notes.insert(0, same_words(changes.same, _))
    if changes.classes_left:
        notes.insert(0, _("{n:,} more classes changed.", n=changes.classes_left))
    return "\n".join([*lines, "", _.joined(notes)])


def same_words(same: int, _: Translator) -> str:
    """How many classes did not change."""
    return _.ngettext("{n:,} class stayed the same.", "{n:,} classes stayed the same.", same)


def _turned(changes: ComparisonView, _: Translator) -> str:
    lines = []
    for turned in changes.turned:
        more = turned.total - len(turned.images)
        names = ", ".join(map(plain, turned.images))
        told = _("{names} and {n:,} more", names=names, n=more) if more else names
        lines.append(f"- {turned.total:,} {turned.what}: {told}")
    return "\n".join([title_of(_("Images")), "", *lines]) if lines else ""


def _explanations(changes: ComparisonView, _: Translator) -> str:
    if not changes.explanations:
        return _("Both audits had the same data, weights, configuration and versions.")
    lines = [
        f"- {plain(each.what)}: {plain(each.base)} → {plain(each.new)} ({plain(each.means)})"
        for each in changes.explanations
    ]
    return "\n".join([title_of(_("What differs between the audits")), "", *lines])


def title_of(text: str) -> str:
    """A heading of the second level."""
    return f"## {text}"
