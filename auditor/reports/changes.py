"""A comparison as it is shown: what moved first, in words, with drawings."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.comparison.differences import Difference
from auditor.comparison.model import ClassChange, Comparison, Explanation, Reading
from auditor.domain.measures import RUN_MEASURES, Format
from auditor.reports.intervals import Whisker, whisker
from auditor.wording.numbers import change_interval, count, listed, share

SHOWN = ("background_effect", "capture", "shortcut_rate", "accuracy")
NAMES_SHOWN = 6
CLASSES_SHOWN = 200

READINGS: dict[Reading, tuple[str, str, str]] = {
    Reading.WORSE: ("Worse", "▲", "confirmed"),
    Reading.MIXED: ("Worse and better", "◆", "suspected"),
    Reading.NOT_COMPARABLE: ("Not comparable", "?", "undetermined"),
    Reading.JUDGED: ("Judged now", "●", "context"),
    Reading.BETTER: ("Better", "▼", "clean"),
    Reading.NOISE: ("Noise", "~", "undetermined"),
    Reading.SAME: ("Same", "=", "undetermined"),
    Reading.NEW: ("New", "+", "context"),
    Reading.GONE: ("Gone", "−", "undetermined"),
}
"""Word, sign and tone."""
HAPPENED = {
    Reading.WORSE: "got worse",
    Reading.MIXED: "got worse in one way and better in another",
    Reading.BETTER: "got better",
    Reading.NOT_COMPARABLE: "cannot be compared any more",
    Reading.JUDGED: "can be judged now",
    Reading.NEW: "came",
    Reading.GONE: "went",
}


@dataclass(frozen=True)
class Moved:
    """One number: from, to, and its change in words and as a drawing."""

    name: str
    difference: Difference
    said: str
    drawn: Whisker | None
    note: str = ""


@dataclass(frozen=True)
class ChangedClass:
    """One class: reading in words, verdicts, numbers in the order of `SHOWN`."""

    change: ClassChange
    word: str
    sign: str
    tone: str
    numbers: tuple[Moved, ...]


@dataclass(frozen=True)
class Turned:
    """Images of one kind of change, the first few by name."""

    what: str
    total: int
    images: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """Everything that is shown of a comparison.

    Attributes:
        base, new: names of the runs.
        since: day of the base run, "" where unknown.
        tone: of the headline.
        sentence: what changed, in words.
        headline, details: the same, the most urgent part first.
        overall: accuracy, worst group, shortcut rate.
        classes: those that differ in anything, and how many more there are of them.
        same: how many do not.
        turned: images that came, went, changed label or turned.
        explanations: what differs between the audits.
    """

    base: str
    new: str
    since: str
    tone: str
    sentence: str
    headline: str
    details: tuple[str, ...]
    overall: tuple[Moved, ...]
    classes: tuple[ChangedClass, ...]
    classes_left: int
    same: int
    turned: tuple[Turned, ...]
    explanations: tuple[Explanation, ...]


def changes_of(comparison: Comparison) -> Changes:
    """From a comparison."""
    told = sentences(comparison)
    differing = [c for c in comparison.classes if c.reading is not Reading.SAME]
    return Changes(
        base=comparison.base,
        new=comparison.new,
        since=comparison.created[0][:10],
        tone=_tone(comparison),
        sentence=" ".join(told),
        headline=told[0],
        details=told[1:],
        overall=tuple(_overall(comparison)),
        classes=tuple(_changed(change) for change in differing[:CLASSES_SHOWN]),
        classes_left=max(0, len(differing) - CLASSES_SHOWN),
        same=len(comparison.classes) - len(differing),
        turned=tuple(_turned(comparison)),
        explanations=comparison.explanations,
    )


def sentence(comparison: Comparison) -> str:
    """What changed, in words."""
    return " ".join(sentences(comparison))


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """What changed, a sentence a kind, the most urgent first."""
    parts = [
        f"{count(len(names), 'class')} {said}: {listed(names)}."
        for reading, said in HAPPENED.items()
        if (names := [change.name for change in comparison.read_as(reading)])
    ]
    noise = len(comparison.read_as(Reading.NOISE))
    moved = f"{count(noise, 'verdict')} moved within the noise." if noise else ""
    first = parts or ["No class changed beyond the noise."]
    return tuple([*first, moved] if moved else first)


def said(difference: Difference, format_: Format = Format.PERCENT) -> str:
    """A change with its interval: +12% (8–16%)."""
    return change_interval(difference.change, difference.low, difference.high, format_)


def _tone(comparison: Comparison) -> str:
    if comparison.read_as(Reading.WORSE) or any(c.newly_confirmed for c in comparison.classes):
        return "confirmed"
    if comparison.read_as(Reading.MIXED, Reading.NOT_COMPARABLE):
        return "suspected"
    return "clean" if comparison.read_as(Reading.BETTER) else "undetermined"


def _changed(change: ClassChange) -> ChangedClass:
    numbers = tuple(_moved(name, change.measures[name]) for name in SHOWN)
    return ChangedClass(change, *READINGS[change.reading], numbers)


def _moved(name: str, difference: Difference, note: str = "") -> Moved:
    drawn = whisker(difference.change, difference.low, difference.high, start=-1.0)
    return Moved(name, difference, said(difference), drawn, note)


def _overall(comparison: Comparison) -> list[Moved]:
    before, after = comparison.worst_groups
    if before is None and after is None:
        note = ""
    else:
        note = str(after) if before == after else f"{before or 'none'} → {after or 'none'}"
    return [
        _moved(
            each.title,
            comparison.overall[each.column],
            note if each.column == "worst_group_accuracy" else "",
        )
        for each in RUN_MEASURES
    ]


def _turned(comparison: Comparison) -> list[Turned]:
    images = comparison.images
    labels = tuple(f"{image}: {old} → {new}" for image, old, new in images.relabelled)
    kinds = {
        "new": images.new,
        "gone": images.gone,
        "other label": labels,
        "right before, wrong now": images.broken,
        "wrong before, right now": images.fixed,
        "a shortcut case now": images.caught,
        "no shortcut case any more": images.freed,
    }
    return [Turned(what, len(names), names[:NAMES_SHOWN]) for what, names in kinds.items() if names]


def from_to(moved: Moved) -> str:
    """Both numbers as percentages: 82% → 79%."""
    return f"{share(moved.difference.base)} → {share(moved.difference.new)}"
