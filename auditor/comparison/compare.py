"""From two runs to what changed between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from auditor.comparison.comparability import Lost, lost_in_class, lost_in_run
from auditor.comparison.differences import Difference
from auditor.comparison.images import image_changes
from auditor.comparison.inputs import Side, side_of
from auditor.comparison.measures import class_measures, overall_measures
from auditor.comparison.model import HIGHER_IS_WORSE, ClassChange, Comparison, Reading
from auditor.comparison.provenance import explanations
from auditor.domain.errors import RunError
from auditor.domain.messages import N_, phrase
from auditor.domain.verdicts import ClassVerdict
from auditor.storage.run import Run

ORDER = tuple(Reading)
EFFECTS = frozenset({"background_effect", "capture", "cue_strength"})
CLEARED = frozenset({ClassVerdict.CLEAN.value, ClassVerdict.CONTEXT.value})
DEFAULT_FLOOR = 0.10
UNDETERMINED = ClassVerdict.UNDETERMINED.value


def compare(base: Run, new: Run) -> Comparison:
    """What changed from one run to another, and what is noise.

    Raises:
        RunError: if a table cannot be read, or the runs share no class.
    """
    return compare_sides(side_of(base), side_of(new))


def compare_sides(base: Side, new: Side) -> Comparison:
    """`compare` of what was read already.

    Raises:
        RunError: if the runs share no class: they are audits of different tasks.
    """
    _refuse_strangers(base, new)
    images = image_changes(base, new)
    measures = class_measures(base, new)
    floors = _floors(base, new)
    changes = [_change(name, base, new, measures[name], floors) for name in measures]
    overall = overall_measures(base, new)
    return Comparison(
        base=base.name,
        new=new.name,
        created=(base.manifest.created, new.manifest.created),
        overall=overall,
        worst_groups=(base.summary.worst_group, new.summary.worst_group),
        classes=tuple(sorted(changes, key=lambda c: (ORDER.index(c.reading), c.name))),
        images=images,
        explanations=explanations(base.manifest, new.manifest, images),
        lost=lost_in_run(overall),
    )


def _refuse_strangers(base: Side, new: Side) -> None:
    if set(base.classes.index) & set(new.classes.index):
        return
    raise RunError(
        N_("The two runs have nothing in common."),
        code="compare.nothing_in_common",
        expected=phrase(
            "a class that both know, as {names}", names=", ".join(list(base.classes.index)[:3])
        ),
        got=phrase(
            "{name} knows {names}",
            name=new.name,
            names=", ".join(list(new.classes.index)[:3]) or "none",
        ),
        remedy=N_("compare runs of the same task"),
    )


def _change(
    name: str,
    base: Side,
    new: Side,
    measures: Mapping[str, Difference],
    floors: tuple[float, float],
) -> ClassChange:
    before, after = (_cell(side, name, "verdict") for side in (base, new))
    moved = {
        measure: ((difference.change or 0.0) > 0.0) == HIGHER_IS_WORSE[measure]
        for measure, difference in measures.items()
        if difference.noise is False and _matters(measure, difference, min(floors))
    }
    if floors[0] == floors[1] and before != after and not moved:
        moved |= _by_verdict(before, after)
    lost = lost_in_class(name, base, new)
    worse = tuple(measure for measure, is_worse in moved.items() if is_worse)
    better = tuple(measure for measure, is_worse in moved.items() if not is_worse)
    return ClassChange(
        name=name,
        base_verdict=before,
        new_verdict=after,
        images=_counts(base, new, name, "images"),
        tested=_counts(base, new, name, "tested"),
        measures=measures,
        worse=worse,
        better=better,
        reading=_reading(before, after, lost, worse=bool(worse), better=bool(better)),
        cues=(_cell(base, name, "cue"), _cell(new, name, "cue")),
        lost=lost,
    )


def _by_verdict(before: str | None, after: str | None) -> dict[str, bool]:
    """A class that is confirmed in one run and cleared in the other: the lower bound of what
    confirms it reaches the floor there, and every upper bound stays below it here. A cue that is
    no background (a tint, a blur) shows in no other number."""
    confirmed = ClassVerdict.CONFIRMED.value
    if before in CLEARED and after == confirmed:
        return {"cue_strength": True}
    return {"cue_strength": False} if before == confirmed and after in CLEARED else {}


def _reading(
    before: str | None, after: str | None, lost: Sequence[Lost], *, worse: bool, better: bool
) -> Reading:
    if before is None or after is None:
        return Reading.NEW if before is None else Reading.GONE
    if before == UNDETERMINED != after:
        return Reading.JUDGED
    if before != UNDETERMINED == after or (lost and not worse):
        return Reading.NOT_COMPARABLE
    if worse or better:
        return Reading.MIXED if worse and better else Reading.WORSE if worse else Reading.BETTER
    return Reading.SAME if before == after else Reading.NOISE


def _matters(name: str, difference: Difference, floor: float) -> bool:
    """An effect that stays below the floor is too small to act on, before and after."""
    values = (difference.base or 0.0, difference.new or 0.0)
    return name not in EFFECTS or max(values) >= floor


def _floors(base: Side, new: Side) -> tuple[float, float]:
    first, second = (side.manifest.setting("findings", "effect_floor") for side in (base, new))
    return (
        DEFAULT_FLOOR if first is None else float(first),
        DEFAULT_FLOOR if second is None else float(second),
    )


def _cell(side: Side, name: str, column: str) -> str | None:
    value = side.classes[column].get(name) if column in side.classes else None
    return None if value is None or pd.isna(value) else str(value)


def _counts(base: Side, new: Side, name: str, column: str) -> tuple[int, int]:
    first, second = (
        int(str(side.classes.at[name, column])) if name in side.classes.index else 0
        for side in (base, new)
    )
    return first, second
