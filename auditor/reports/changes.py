"""The content of a comparison report: sentences, numbers and interval drawings."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.comparison.differences import Difference
from auditor.comparison.model import ChangeExplanation, ClassChange, Comparison, Reading
from auditor.domain.measures import RUN_MEASURES, Format, measure
from auditor.domain.messages import N_
from auditor.reports.intervals import Whisker, whisker
from auditor.reports.words import shortened
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, change_interval, listed, share

SHOWN = ("background_effect", "capture", "shortcut_rate", "accuracy")
NAMES, NAMES_SHOWN = 4, 6
CLASSES_SHOWN = 200

READINGS: dict[Reading, tuple[str, str, str]] = {
    Reading.WORSE: (N_("Worse"), "▲", "confirmed"),
    Reading.MIXED: (N_("Worse and better"), "◆", "suspected"),
    Reading.NOT_COMPARABLE: (N_("Not comparable"), "?", "undetermined"),
    Reading.JUDGED: (N_("Evaluated now"), "●", "context"),
    Reading.BETTER: (N_("Better"), "▼", "clean"),
    Reading.NOISE: (N_("Noise"), "~", "undetermined"),
    Reading.SAME: (N_("Same"), "=", "undetermined"),
    Reading.NEW: (N_("New"), "+", "context"),
    Reading.GONE: (N_("Gone"), "−", "undetermined"),
}
"""Word, sign and tone."""

TOLD = (
    Reading.WORSE,
    Reading.MIXED,
    Reading.BETTER,
    Reading.NOT_COMPARABLE,
    Reading.JUDGED,
    Reading.NEW,
    Reading.GONE,
)
"""Readings that the sentence names, in this order."""


@dataclass(frozen=True)
class Moved:
    """One number in both runs: its change as text and as a drawing."""

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
class ComparisonView:
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
        explanations: what differs between the audits, in words.
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
    explanations: tuple[ChangeExplanation, ...]


def changes_of(comparison: Comparison, _: Translator = ENGLISH) -> ComparisonView:
    """From a comparison, in the reader's language."""
    told = sentences(comparison, _)
    differing = [c for c in comparison.classes if c.reading is not Reading.SAME]
    return ComparisonView(
        base=comparison.base,
        new=comparison.new,
        since=comparison.created[0][:10],
        tone=_tone(comparison),
        sentence=_.joined(told),
        headline=told[0],
        details=told[1:],
        overall=tuple(_overall(comparison, _)),
        classes=tuple(_changed(change, _) for change in differing[:CLASSES_SHOWN]),
        classes_left=max(0, len(differing) - CLASSES_SHOWN),
        same=len(comparison.classes) - len(differing),
        turned=tuple(_turned(comparison, _)),
        explanations=tuple(_explained(each, _) for each in comparison.explanations),
    )


def sentence(comparison: Comparison, _: Translator = ENGLISH) -> str:
    """What changed, in words."""
    return _.joined(sentences(comparison, _))


def sentences(comparison: Comparison, _: Translator = ENGLISH) -> tuple[str, ...]:
    """What changed, one sentence per reading, the most urgent first."""
    parts = [
        _("{reading} ({n:,}): {names}.", reading=_(READINGS[reading][0]), n=len(names), names=told)
        for reading in TOLD
        if (names := [change.name for change in comparison.read_as(reading)])
        and (told := listed(names, NAMES, _))
    ]
    noise = len(comparison.read_as(Reading.NOISE))
    moved = _.ngettext(
        "{n:,} verdict moved within the noise.", "{n:,} verdicts moved within the noise.", noise
    )
    first = parts or [_("No class changed beyond the noise.")]
    return tuple([*first, moved] if noise else first)


def said(difference: Difference, format_: Format = Format.PERCENT) -> str:
    """A change with its interval: +12% (8–16%)."""
    return change_interval(difference.change, difference.low, difference.high, format_)


def _explained(each: ChangeExplanation, _: Translator) -> ChangeExplanation:
    """The same in the reader's language, long values by their beginning."""
    return ChangeExplanation(
        what=_.told(each.what),
        base=shortened(_.told(each.base)),
        new=shortened(_.told(each.new)),
        means=_.told(each.means),
    )


def _tone(comparison: Comparison) -> str:
    if comparison.read_as(Reading.WORSE) or any(c.newly_confirmed for c in comparison.classes):
        return "confirmed"
    if comparison.read_as(Reading.MIXED, Reading.NOT_COMPARABLE):
        return "suspected"
    return "clean" if comparison.read_as(Reading.BETTER) else "undetermined"


def _changed(change: ClassChange, _: Translator) -> ChangedClass:
    numbers = tuple(
        _moved(_(measure("classes", name).title), change.measures[name]) for name in SHOWN
    )
    word, sign, tone = READINGS[change.reading]
    return ChangedClass(change, _(word), sign, tone, numbers)


def _moved(name: str, difference: Difference, note: str = "") -> Moved:
    drawn = whisker(difference.change, difference.low, difference.high, start=-1.0)
    return Moved(name, difference, said(difference), drawn, note)


def _overall(comparison: Comparison, _: Translator) -> list[Moved]:
    before, after = comparison.worst_groups
    if before is None and after is None:
        note = ""
    else:
        note = str(after) if before == after else f"{before or '–'} → {after or '–'}"
    return [
        _moved(
            _(each.title),
            comparison.overall[each.column],
            note if each.column == "worst_group_accuracy" else "",
        )
        for each in RUN_MEASURES
    ]


def _turned(comparison: Comparison, _: Translator) -> list[Turned]:
    images = comparison.images
    labels = tuple(f"{image}: {old} → {new}" for image, old, new in images.relabelled)
    kinds = {
        _("new"): images.new,
        _("gone"): images.gone,
        _("other label"): labels,
        _("right before, wrong now"): images.broken,
        _("wrong before, right now"): images.fixed,
        _("a shortcut case now"): images.caught,
        _("no shortcut case any more"): images.freed,
    }
    return [Turned(what, len(names), names[:NAMES_SHOWN]) for what, names in kinds.items() if names]


def from_to(moved: Moved) -> str:
    """Both numbers as percentages: 82% → 79%."""
    return f"{share(moved.difference.base)} → {share(moved.difference.new)}"
