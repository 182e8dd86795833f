"""Two questions, not one: do the data leak the label, and does this model use it? SCIENCE 0.2."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.leaks import CHANCE, leaks
from auditor.domain.verdicts import ClassVerdict
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.rows import Row

USED = {
    ClassVerdict.CONFIRMED.value: "yes",
    ClassVerdict.CLEAN.value: "no",
    ClassVerdict.CONTEXT.value: "no",
}
ANSWERS = {
    ("yes", "yes"): "Both: mend the data, and retrain the model.",
    ("yes", "no"): "A latent risk: the next training run may come to use it.",
    ("no", "yes"): "Used, yet no leak found: look at the split and at the masks.",
    ("no", "no"): "Neither.",
}
OPEN = "Open: one of the two cannot be said."


@dataclass(frozen=True)
class LeakLine:
    """One class: leak with its interval, whether data leak, whether the model uses it."""

    row: Row
    leak: Whisker | None
    leaks: str
    used: str
    answer: str


def leak_lines(classes: list[Row]) -> list[LeakLine]:
    """A line for each class, empty where no class's leak was measured."""
    if all(row["leak"] is None for row in classes):
        return []
    return [_line(row) for row in classes]


def _line(row: Row) -> LeakLine:
    leaks, used = _leaks(row), USED.get(row["verdict"], "open")
    drawn = whisker(row["leak"], row["leak_low"], row["leak_high"], start=CHANCE)
    return LeakLine(row, drawn, leaks, used, ANSWERS.get((leaks, used), OPEN))


def _leaks(row: Row) -> str:
    """Clearly above chance with its whole interval, above what the hole's shape tells, and against
    every single class: yes."""
    found = leaks(row["leak_low"], row["leak_hole"], row["leak_rival"])
    return "open" if found is None else "yes" if found else "no"
