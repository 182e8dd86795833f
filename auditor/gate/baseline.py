"""A run held against a baseline: worse in nothing beyond the noise, and comparable with it.

What cannot be compared fails. A run that lost its masks, images or tests shows no shortcut whatever
the model does, so that its silence must not open a gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from auditor.comparison import Comparison
from auditor.comparison.comparability import Lost
from auditor.comparison.model import ClassChange
from auditor.domain.cues import spec_of
from auditor.domain.measures import RUN_MEASURES, measure
from auditor.domain.messages import N_, phrase
from auditor.domain.verdicts import ClassVerdict
from auditor.gate.outcome import Check
from auditor.reports.changes import said
from auditor.wording.numbers import share

VERDICTS = (
    *(N_("confirmed"), N_("suspected"), N_("undetermined")),
    *(N_("context"), N_("clean")),
)
"""Ids, as they stand in a sentence."""
NOT_COMPARABLE = "not comparable"
UNDETERMINED = ClassVerdict.UNDETERMINED.value


def held_against(comparison: Comparison, *, allow_not_comparable: bool = False) -> Iterator[Check]:
    """A check for each number of the whole run and for each class of either run.

    Args:
        comparison: of the baseline and the run.
        allow_not_comparable: let pass what cannot be compared, and say so all the same.
    """
    lost = {each.what for each in comparison.lost}
    for each in RUN_MEASURES:
        name, difference = each.column, comparison.overall[each.column]
        title = phrase(each.title)
        if name in lost:
            told = phrase(
                "{measure}: not comparable with {baseline}: it is undefined now",
                measure=title,
                baseline=comparison.base,
            )
            yield Check(
                f"baseline: {name}", allow_not_comparable, None, None, told, comparable=False
            )
            continue
        rose = (difference.change or 0.0) > 0.0
        worse = difference.noise is False and rose == each.higher_is_worse
        told = phrase(
            "{measure}: {change} since {baseline}",
            measure=title,
            change=said(difference),
            baseline=comparison.base,
        )
        yield Check(f"baseline: {name}", not worse, difference.change, None, told)
    for change in comparison.classes:
        yield _class_held(change, comparison.base, allow=allow_not_comparable)


def _class_held(change: ClassChange, baseline: str, *, allow: bool) -> Check:
    name = f"baseline: {change.name}"
    worse = tuple(_got_worse(measured, change) for measured in change.worse)
    if change.newly_confirmed:
        before = _verdict(change.base_verdict)
        told = phrase("confirmed; {before} in {baseline}", baseline=baseline, before=before)
        worse = (*worse, told)
    lacking = tuple(_lacks(each, change) for each in change.lost)
    if worse:
        told = phrase("{name}: worse than in {baseline}", name=change.name, baseline=baseline)
        return Check(name, False, None, None, told, (*worse, *lacking), comparable=not lacking)
    if lacking:
        told = phrase(
            "{name}: not comparable with {baseline}: {why}",
            name=change.name,
            baseline=baseline,
            why=reduce(lambda a, b: phrase("{a}; {b}", a=a, b=b), lacking),
        )
        return Check(name, allow, None, None, told, lacking, comparable=False)
    if change.base_verdict == UNDETERMINED == change.new_verdict:
        told = phrase(
            "{name}: undetermined in both runs; its accuracy is not worse", name=change.name
        )
    else:
        told = phrase(
            "{name}: not worse than in {baseline} beyond the noise",
            name=change.name,
            baseline=baseline,
        )
    return Check(name, True, None, None, told)


def _lacks(lost: Lost, change: ClassChange) -> str:
    """What is gone, with how much there was and is."""
    match lost.what:
        case "class":
            return phrase("the class is not in the run")
        case "verdict":
            verdicts = _verdict(change.base_verdict), _verdict(change.new_verdict)
            return phrase(
                "verdict {before} there, {after} now", before=verdicts[0], after=verdicts[1]
            )
        case "masks":
            before, after = share(lost.base or 0.0), share(lost.new or 0.0)
            return phrase(
                "masks on {before} of its images there, on {after} now", before=before, after=after
            )
        case "tests":
            return phrase("{before:,} tests there, {after:,} now", **_counts(lost))
        case "images":
            return phrase("{before:,} images there, {after:,} now", **_counts(lost))
        case what:
            return phrase("{what}: {before:,} there, {after:,} now", what=what, **_counts(lost))


def _counts(lost: Lost) -> dict[str, int]:
    return {"before": round(lost.base or 0), "after": round(lost.new or 0)}


def _verdict(verdict: str | None) -> str:
    return phrase("not there") if verdict is None else phrase(verdict)


def _got_worse(name: str, change: ClassChange) -> str:
    difference = change.measures[name]
    if difference.change is None:
        spec = spec_of(change.cues[1])
        return phrase(
            "{verdict}, and cleared before; it relies on {cue}",
            verdict=_verdict(change.new_verdict),
            cue=phrase(spec.meaning) if spec else str(change.cues[1]),
        )
    found = measure("classes", name)
    return phrase(
        "{measure} {change}", measure=phrase(found.title), change=said(difference, found.format)
    )
