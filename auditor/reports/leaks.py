"""Do the data leak the label, and does this model use it? docs/science.md section 0."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.leaks import CHANCE, leaks
from auditor.domain.measures import Format
from auditor.domain.messages import N_
from auditor.domain.summary import Summary
from auditor.domain.verdicts import ClassVerdict
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.rows import Row
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, share

USED = {
    ClassVerdict.CONFIRMED.value: "yes",
    ClassVerdict.CLEAN.value: "no",
    ClassVerdict.CONTEXT.value: "no",
}
STATES = {"yes": N_("yes"), "no": N_("no"), "open": N_("open")}
ANSWERS = {
    ("yes", "yes"): N_("Both: fix the data and retrain the model."),
    ("yes", "no"): N_("A latent risk: the next training run may come to use it."),
    ("no", "yes"): N_("Used, but no leak found: look at the split and at the masks."),
    ("no", "no"): N_("Neither."),
}
OPEN = N_("Open: one of the two cannot be determined.")

LEAKS = {"yes": N_("The data leak it"), "no": N_("The data do not leak it")}
USES = {"yes": N_("The model uses it"), "no": N_("The model does not use it")}


@dataclass(frozen=True)
class LeakCell:
    """One of the four answers: what it is called and the classes that have it."""

    leaks: str
    used: str
    answer: str
    classes: list[str]


@dataclass(frozen=True)
class LeakLine:
    """One class.

    Attributes:
        row: of `classes`.
        leak: with its interval.
        state: whether the data leak it, whether the model uses it: yes, no or open.
        leaks, used: the same in the reader's language.
        answer: what follows.
    """

    row: Row
    leak: Whisker | None
    state: tuple[str, str]
    leaks: str
    used: str
    answer: str


def leak_square(lines: list[LeakLine], _: Translator = ENGLISH) -> list[list[LeakCell]]:
    """Rows: the data leak the class, or not; columns: the model uses it, or not."""
    return [
        [
            LeakCell(
                _(LEAKS[leaks]),
                _(USES[used]),
                _(ANSWERS[leaks, used]),
                [line.row["class"] for line in lines if line.state == (leaks, used)],
            )
            for used in USES
        ]
        for leaks in LEAKS
    ]


def baseline_words(summary: Summary, _: Translator = ENGLISH) -> str:
    """How often the probe is right over all classes, beside always answering the largest one;
    empty where that was not measured."""
    found = summary.leak or {}
    right, majority = found.get("accuracy"), found.get("majority")
    if right is None or majority is None:
        return ""
    return _(
        "From what is left without the objects, a simple probe names the right class for {right} of"
        " {images:,} images; always answering the largest class would be right for {majority}.",
        right=share(right),
        images=found["images"],
        majority=share(majority),
    )


def leak_lines(classes: list[Row], _: Translator = ENGLISH) -> list[LeakLine]:
    """A line for each class, empty where no class's leak was measured."""
    if all(row["leak"] is None for row in classes):
        return []
    return [_line(row, _) for row in classes]


def _line(row: Row, _: Translator) -> LeakLine:
    state = _leaks(row), USED.get(row["verdict"], "open")
    low, high = row["leak_low"], row["leak_high"]
    drawn = whisker(row["leak"], low, high, start=CHANCE, format_=Format.DECIMAL)
    leaks, used = (_(STATES[each]) for each in state)
    return LeakLine(row, drawn, state, leaks, used, _(ANSWERS.get(state, OPEN)))


def _leaks(row: Row) -> str:
    """Clearly above chance with its whole interval, above what the hole's shape tells, and against
    every single class: yes."""
    found = leaks(row["leak_low"], row["leak_hole"], row["leak_rival"])
    return "open" if found is None else "yes" if found else "no"
