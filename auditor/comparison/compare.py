"""From two runs to what changed between them."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.comparison.differences import Difference
from auditor.comparison.images import image_changes
from auditor.comparison.measures import class_measures, overall_measures
from auditor.comparison.model import WORSE_IS_MORE, ClassChange, Comparison, Reading
from auditor.comparison.provenance import explanations
from auditor.comparison.sides import Side, side_of
from auditor.domain.errors import RunError
from auditor.domain.verdicts import ClassVerdict
from auditor.storage.run import Run

ORDER = tuple(Reading)
EFFECTS = frozenset({"background_effect", "capture"})
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
    floor = _floor(base, new)
    changes = [_change(name, base, new, measures[name], floor) for name in measures]
    return Comparison(
        base=base.name,
        new=new.name,
        created=(str(base.manifest.get("created", "")), str(new.manifest.get("created", ""))),
        overall=overall_measures(base, new),
        worst_groups=(base.summary.get("worst_group"), new.summary.get("worst_group")),
        classes=tuple(sorted(changes, key=lambda c: (ORDER.index(c.reading), c.name))),
        images=images,
        explanations=explanations(base.manifest, new.manifest, images),
    )


def _refuse_strangers(base: Side, new: Side) -> None:
    if set(base.classes.index) & set(new.classes.index):
        return
    raise RunError(
        "The two runs have nothing in common.",
        expected=f"a class that both know, as {', '.join(list(base.classes.index)[:3])}",
        got=f"{new.name} knows {', '.join(list(new.classes.index)[:3]) or 'none'}",
        remedy="compare runs of the same task",
    )


def _change(
    name: str, base: Side, new: Side, measures: Mapping[str, Difference], floor: float
) -> ClassChange:
    before, after = (_verdict(side, name) for side in (base, new))
    moved = {
        measure: ((difference.change or 0.0) > 0.0) == WORSE_IS_MORE[measure]
        for measure, difference in measures.items()
        if difference.noise is False and _matters(measure, difference, floor)
    }
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
        reading=_reading(before, after, worse=bool(worse), better=bool(better)),
    )


def _reading(before: str | None, after: str | None, *, worse: bool, better: bool) -> Reading:
    if before is None or after is None:
        return Reading.NEW if before is None else Reading.GONE
    if (before == UNDETERMINED) != (after == UNDETERMINED):
        return Reading.UNJUDGED if after == UNDETERMINED else Reading.JUDGED
    if worse or better:
        return Reading.MIXED if worse and better else Reading.WORSE if worse else Reading.BETTER
    return Reading.SAME if before == after else Reading.NOISE


def _matters(name: str, difference: Difference, floor: float) -> bool:
    """An effect that stays below the floor is too small to act on, before and after."""
    values = (difference.base or 0.0, difference.new or 0.0)
    return name not in EFFECTS or max(values) >= floor


def _floor(base: Side, new: Side) -> float:
    configs = [side.manifest.get("config") or {} for side in (base, new)]
    floors = [(config.get("findings") or {}).get("effect_floor") for config in configs]
    return min((float(floor) for floor in floors if floor is not None), default=DEFAULT_FLOOR)


def _verdict(side: Side, name: str) -> str | None:
    return str(side.classes.at[name, "verdict"]) if name in side.classes.index else None


def _counts(base: Side, new: Side, name: str, column: str) -> tuple[int, int]:
    first, second = (
        int(str(side.classes.at[name, column])) if name in side.classes.index else 0
        for side in (base, new)
    )
    return first, second
