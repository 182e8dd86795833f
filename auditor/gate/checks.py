"""The checks of a gate: limits on a run's numbers, and nothing worse than a baseline.

A number that is undefined fails its check: a gate that cannot tell must not open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.class_reviews import reviewed_classes
from auditor.comparison import compare
from auditor.config import AuditConfig, GateSection
from auditor.domain.errors import ConfigError
from auditor.domain.verdicts import ClassVerdict
from auditor.gate.baseline import held_against
from auditor.gate.outcome import Check, Gate
from auditor.storage.run import Run
from auditor.wording.numbers import count, exact, listed

DEFAULT_LIMITS = GateSection(max_confirmed=0)
"""What is held where neither flags nor the run's [gate] name a limit and there is no baseline."""


def limits_of(run: Run, given: Mapping[str, Any], *, baseline: bool) -> GateSection:
    """The limits to hold: those given, else those of the run's [gate], else `DEFAULT_LIMITS`.

    Args:
        run: the run that is checked.
        given: limits by name, None where not given; each one overrides its namesake.
        baseline: whether a baseline is given, which is a gate of its own.

    Raises:
        ConfigError: a limit is no number in its range, or the run's [gate] is not understood.
    """
    stored = run.metadata.section("gate")
    named = {name: value for name, value in given.items() if value is not None}
    faults = [
        f"gate.{name}: expected a number, got {value}"
        for name, value in named.items()
        if not math.isfinite(value)
    ]
    if faults:
        raise ConfigError(faults, source="the flags")
    tree = {
        "data": {"path": "."},
        "model": {"factory": "none:none"},
        "gate": {**stored, **named},
    }
    limits = AuditConfig.from_dict(tree, source=f"[gate] of {run.name} and the flags").gate
    if limits == GateSection() and not baseline:
        return DEFAULT_LIMITS
    return limits


def check_run(
    run: Run,
    limits: GateSection,
    baseline: Run | None = None,
    *,
    allow_not_comparable: bool = False,
) -> Gate:
    """Hold a run to limits and, with a baseline, to having got worse in nothing beyond the noise.

    Args:
        run: the run that is checked.
        limits: what its numbers are held to.
        baseline: the run that it is held against.
        allow_not_comparable: let pass what the run lacks and the baseline has.

    Raises:
        RunError: if a table cannot be read, or the baseline is of another task.
    """
    checks = [check(run, limit) for check, limit in _limited(limits) if limit is not None]
    if baseline is not None:
        compared = compare(baseline, run)
        checks += held_against(compared, allow_not_comparable=allow_not_comparable)
    return Gate(
        run=run.name,
        baseline=None if baseline is None else baseline.name,
        checks=tuple(checks),
        warnings=tuple(_warnings(run)),
    )


def _limited(
    limits: GateSection,
) -> tuple[tuple[Callable[[Run, float], Check], float | None], ...]:
    return (
        (_max_confirmed, limits.max_confirmed),
        (_max_undetermined, limits.max_undetermined),
        (_max_shortcut_rate, limits.max_shortcut_rate),
        (_min_worst_group, limits.min_worst_group),
    )


def _max_confirmed(run: Run, limit: float) -> Check:
    return _at_most(run, ClassVerdict.CONFIRMED, "max_confirmed", limit)


def _max_undetermined(run: Run, limit: float) -> Check:
    return _at_most(run, ClassVerdict.UNDETERMINED, "max_undetermined", limit)


def _at_most(run: Run, verdict: ClassVerdict, name: str, limit: float) -> Check:
    classes = reviewed_classes(run)
    rows = classes[classes["verdict"] == verdict.value]
    names = rows["class"].tolist()
    who = f" ({listed(names)})" if names else ""
    return Check(
        name=name,
        holds=len(names) <= limit,
        value=float(len(names)),
        limit=limit,
        told=f"{count(len(names), 'class')} {verdict.value}{who}, at most {limit:g} allowed",
        details=tuple(f"{row['class']}: {row['reason']}" for row in rows.to_dict("records")),
    )


def _max_shortcut_rate(run: Run, limit: float) -> Check:
    value = run.results.shortcut_rate
    if value is None:
        told = "the shortcut rate is undefined: no sampled image was tested with interventions"
        return Check("max_shortcut_rate", False, None, limit, told)
    told = f"shortcut rate {exact(value)}, at most {exact(limit)} allowed"
    return Check("max_shortcut_rate", value <= limit, value, limit, told)


def _min_worst_group(run: Run, limit: float) -> Check:
    value = run.results.worst_group_accuracy
    if value is None:
        told = "the worst group's accuracy is undefined: no group has enough images"
        return Check("min_worst_group", False, None, limit, told)
    group = run.results.worst_group
    told = f"worst group {group}: accuracy {exact(value)}, at least {exact(limit)} required"
    return Check("min_worst_group", value >= limit, value, limit, told)


def _warnings(run: Run) -> Iterator[str]:
    if run.results.saliency_sane is False:
        yield "the saliency maps failed their sanity check: nominations mean nothing"
    classes = reviewed_classes(run)
    unjudged = classes.loc[classes["verdict"] == ClassVerdict.UNDETERMINED.value, "class"].tolist()
    if unjudged:
        yield (
            f"{count(len(unjudged), 'class')} could not be judged: {listed(unjudged)}"
            " (--max-undetermined holds a run to fewer)"
        )
    skipped = run.metadata.counts.skipped
    if skipped:
        yield f"{count(skipped, 'input')} skipped: see skipped.csv"
