"""What changed between two runs, as blocks of Markdown."""

from __future__ import annotations

from auditor.reports.changes import Changes, from_to
from auditor.reports.words import VERDICTS, count, share, shortened
from auditor.wording.escaping import plain

HEADINGS = ("class", "verdict", "reading", "lost", "won", "shortcut rate", "accuracy")


def change_blocks(changes: Changes) -> list[str]:
    """Sentence, overall numbers, classes, images and explanations."""
    return [
        f"**{plain(changes.sentence)}**",
        _overall(changes),
        _classes(changes),
        _turned(changes),
        _explanations(changes),
    ]


def _overall(changes: Changes) -> str:
    lines = ["| | base → new | change [95%] | |", "|---|---|---|---|"]
    for moved in changes.overall:
        note = f" ({plain(moved.note)})" if moved.note else ""
        noise = {True: "noise", False: "beyond the noise", None: "cannot be told"}
        lines.append(
            f"| {moved.name}{note} | {from_to(moved)} | {moved.said} "
            f"| {noise[moved.difference.noise]} |"
        )
    return "\n".join(lines)


def _classes(changes: Changes) -> str:
    if not changes.classes:
        return ""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---|---|---|---|---|---|---|"]
    for line in changes.classes:
        moves = (line.change.base_verdict, line.change.new_verdict)
        verdicts = " → ".join("–" if v is None else VERDICTS[v].label for v in dict.fromkeys(moves))
        numbers = " | ".join(
            f"{share(m.difference.base)} → {share(m.difference.new)}, {m.said}"
            + (" *" if m.difference.noise is False else "")
            for m in line.numbers
        )
        lines.append(
            f"| {plain(line.change.name)} | {verdicts} | {line.sign} {line.word} | {numbers} |"
        )
    more = f"{changes.classes_left:,} more classes changed. " if changes.classes_left else ""
    same = f"{count(changes.same, 'class')} stayed the same. " if changes.same else ""
    return "\n".join([*lines, "", f"{more}{same}An asterisk marks a change beyond the noise."])


def _turned(changes: Changes) -> str:
    lines = []
    for turned in changes.turned:
        more = turned.total - len(turned.images)
        names = ", ".join(map(plain, turned.images)) + (f" and {more:,} more" if more else "")
        lines.append(f"- {turned.total:,} {turned.what}: {names}")
    return "\n".join(["## Images", "", *lines]) if lines else ""


def _explanations(changes: Changes) -> str:
    if not changes.explanations:
        return "Same data, weights, configuration and versions."
    lines = [
        f"- {plain(each.what)}: {plain(shortened(each.base))} → {plain(shortened(each.new))} "
        f"({plain(each.means)})"
        for each in changes.explanations
    ]
    return "\n".join(["## What differs between the audits", "", *lines])
