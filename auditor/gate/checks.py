"""The checks of a gate: limits on a run's numbers, and nothing worse than a baseline.

A number that is undefined fails its check: a gate that cannot tell must not open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from auditor.class_reviews import reviewed_classes
from auditor.comparison import compare
from auditor.config import AuditConfig, GateSection
from auditor.domain.errors import ConfigError
from auditor.domain.messages import phrase, phrase_n
from auditor.domain.verdicts import ClassVerdict
from auditor.gate.baseline import held_against
from auditor.gate.outcome import Check, Gate
from auditor.storage.run import Run
from auditor.wording.numbers import exact

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
    rows = _rows(run, ClassVerdict.CONFIRMED)
    told = phrase_n(
        "{n:,} class confirmed{who}, at most {limit} allowed",
        "{n:,} classes confirmed{who}, at most {limit} allowed",
        len(rows),
        who=_who(rows),
        limit=f"{limit:g}",
    )
    return _at_most("max_confirmed", limit, rows, told)


def _max_undetermined(run: Run, limit: float) -> Check:
    rows = _rows(run, ClassVerdict.UNDETERMINED)
    told = phrase_n(
        "{n:,} class undetermined{who}, at most {limit} allowed",
        "{n:,} classes undetermined{who}, at most {limit} allowed",
        len(rows),
        who=_who(rows),
        limit=f"{limit:g}",
    )
    return _at_most("max_undetermined", limit, rows, told)


def _rows(run: Run, verdict: ClassVerdict) -> list[dict[str, Any]]:
    classes = reviewed_classes(run)
    return [
        {str(key): value for key, value in row.items()}
        for row in classes[classes["verdict"] == verdict.value].to_dict("records")
    ]


def _who(rows: Sequence[Mapping[str, Any]]) -> str:
    names = tuple(str(row["class"]) for row in rows)
    return phrase(" ({names})", names=names) if names else ""


def _at_most(name: str, limit: float, rows: Sequence[dict[str, Any]], told: str) -> Check:
    return Check(
        name=name,
        holds=len(rows) <= limit,
        value=float(len(rows)),
        limit=limit,
        told=told,
        details=tuple(f"{row['class']}: {row['reason']}" for row in rows),
        classes=tuple(rows),
    )


def _max_shortcut_rate(run: Run, limit: float) -> Check:
    value = run.results.shortcut_rate
    if value is None:
        told = phrase(
            "the shortcut rate is undefined: no sampled image was tested with interventions"
        )
        return Check("max_shortcut_rate", False, None, limit, told)
    told = phrase(
        "shortcut rate {value}, at most {limit} allowed", value=exact(value), limit=exact(limit)
    )
    return Check("max_shortcut_rate", value <= limit, value, limit, told)


def _min_worst_group(run: Run, limit: float) -> Check:
    value = run.results.worst_group_accuracy
    if value is None:
        told = phrase("the worst group's accuracy is undefined: no group has enough images")
        return Check("min_worst_group", False, None, limit, told)
    group = run.results.worst_group
    told = phrase(
        "worst group {group}: accuracy {value}, at least {limit} required",
        group=str(group),
        value=exact(value),
        limit=exact(limit),
    )
    return Check("min_worst_group", value >= limit, value, limit, told)


def _warnings(run: Run) -> Iterator[str]:
    if run.results.saliency_sane is False:
        yield phrase(
            "the saliency maps failed their sanity check: which images they nominated means nothing"
        )
    classes = reviewed_classes(run)
    unjudged = classes.loc[classes["verdict"] == ClassVerdict.UNDETERMINED.value, "class"].tolist()
    if unjudged:
        yield phrase_n(
            "{n:,} class could not be evaluated: {names} (--max-undetermined limits how many)",
            "{n:,} classes could not be evaluated: {names} (--max-undetermined limits how many)",
            len(unjudged),
            names=tuple(unjudged),
        )
    skipped = run.metadata.counts.skipped
    if skipped:
        yield phrase_n(
            "{n:,} input skipped: see skipped.csv",
            "{n:,} inputs skipped: see skipped.csv",
            skipped,
        )
