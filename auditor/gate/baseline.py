"""A run held against a baseline: worse in nothing beyond the noise, and comparable with it.

What cannot be compared fails. A run that lost its masks, images or tests shows no shortcut whatever
the model does, so that its silence must not open a gate.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.comparison import Comparison
from auditor.comparison.comparability import Lost
from auditor.comparison.model import ClassChange
from auditor.domain.measures import RUN_MEASURES, measure
from auditor.domain.verdicts import ClassVerdict
from auditor.gate.outcome import Check
from auditor.reports.changes import said
from auditor.wording.numbers import share

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
        words = name.replace("_", " ")
        if name in lost:
            told = f"{words}: {NOT_COMPARABLE} with {comparison.base}: it is undefined now"
            yield Check(
                f"baseline: {name}", allow_not_comparable, None, None, told, comparable=False
            )
            continue
        rose = (difference.change or 0.0) > 0.0
        worse = difference.noise is False and rose == each.higher_is_worse
        told = f"{words}: {said(difference)} since {comparison.base}"
        yield Check(f"baseline: {name}", not worse, difference.change, None, told)
    for change in comparison.classes:
        yield _class_held(change, comparison.base, allow=allow_not_comparable)


def _class_held(change: ClassChange, baseline: str, *, allow: bool) -> Check:
    name = f"baseline: {change.name}"
    worse = tuple(_got_worse(measured, change) for measured in change.worse)
    if change.newly_confirmed:
        worse = (*worse, f"confirmed; {change.base_verdict or 'not there'} in {baseline}")
    lacking = tuple(_lacks(each, change) for each in change.lost)
    if worse:
        told = f"{change.name}: got worse than in {baseline}"
        return Check(name, False, None, None, told, (*worse, *lacking), comparable=not lacking)
    if lacking:
        told = f"{change.name}: {NOT_COMPARABLE} with {baseline}: {'; '.join(lacking)}"
        return Check(name, allow, None, None, told, lacking, comparable=False)
    if change.base_verdict == UNDETERMINED == change.new_verdict:
        told = f"{change.name}: {UNDETERMINED} in both runs; its accuracy is not worse"
    else:
        told = f"{change.name}: not worse than in {baseline} beyond the noise"
    return Check(name, True, None, None, told)


def _lacks(lost: Lost, change: ClassChange) -> str:
    """What is gone, with how much there was and is."""
    match lost.what:
        case "class":
            return "the class is not in the run"
        case "verdict":
            return f"{change.base_verdict} there, {change.new_verdict} now"
        case "masks":
            before, after = share(lost.base or 0.0), share(lost.new or 0.0)
            return f"masks on {before} of its images there, on {after} now"
        case what:
            return f"{lost.base or 0:,.0f} {what} there, {lost.new or 0:,.0f} now"


def _got_worse(name: str, change: ClassChange) -> str:
    difference = change.measures[name]
    if difference.change is None:
        return f"{change.new_verdict}, and cleared before; it relies on: {change.cues[1]}"
    found = measure("classes", name)
    return f"{found.title.lower()} {said(difference, found.format)}"
