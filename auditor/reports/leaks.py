"""Two questions, not one: do the data leak the label, and does this model use it? SCIENCE 0.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.domain.leaks import CHANCE, leaks
from auditor.domain.measures import Format
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


LEAKS = {"yes": "The data leak it", "no": "The data do not leak it"}
USES = {"yes": "The model uses it", "no": "The model does not use it"}


@dataclass(frozen=True)
class LeakCell:
    """One of the four answers: what it is called and the classes that have it."""

    leaks: str
    used: str
    answer: str
    classes: list[str]


def leak_square(lines: list[LeakLine]) -> list[list[LeakCell]]:
    """Rows: the data leak the class, or not; columns: the model uses it, or not."""
    return [
        [
            LeakCell(
                LEAKS[leaks],
                USES[used],
                ANSWERS[leaks, used],
                [line.row["class"] for line in lines if (line.leaks, line.used) == (leaks, used)],
            )
            for used in USES
        ]
        for leaks in LEAKS
    ]


def baseline_words(summary: Mapping[str, Any]) -> str:
    """How often the probe is right over all classes, beside always answering the largest one;
    empty where that was not measured."""
    found = summary.get("leak") or {}
    right, majority = found.get("accuracy"), found.get("majority")
    if right is None or majority is None:
        return ""
    return (
        f"From what is left without the objects a simple probe names the right class for"
        f" {right:.0%} of {found['images']:,} images; always answering the largest class would be"
        f" right for {majority:.0%}."
    )


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
    drawn = whisker(
        row["leak"], row["leak_low"], row["leak_high"], start=CHANCE, format_=Format.DECIMAL
    )
    return LeakLine(row, drawn, leaks, used, ANSWERS.get((leaks, used), OPEN))


def _leaks(row: Row) -> str:
    """Clearly above chance with its whole interval, above what the hole's shape tells, and against
    every single class: yes."""
    found = leaks(row["leak_low"], row["leak_hole"], row["leak_rival"])
    return "open" if found is None else "yes" if found else "no"
