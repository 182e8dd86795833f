"""What changed between two audits of a schedule.

Where both runs are there, `comparison` says what is noise; where the older one was deleted, what
the history keeps of it has to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from auditor.comparison import Comparison
from auditor.comparison.model import Reading
from auditor.domain.measures import RUN_MEASURES
from auditor.reports.changes import said, sentence
from auditor.schedule.values import Outcome
from auditor.wording.numbers import share

FAILED = "failed"
NAMED = 20
"""Verdicts told one by one."""


@dataclass(frozen=True)
class Move:
    """Something that differs.

    Attributes:
        what: in words, or the class.
        before: None where it is new.
        after: None where it is gone.
        noise: whether chance alone explains it; None where that cannot be told.
        interval: of the difference, in words; "" where it cannot be told.
    """

    what: str
    before: Any
    after: Any
    noise: bool | None = None
    interval: str = ""

    def __str__(self) -> str:
        by = f" ({self.interval})" if self.interval else ""
        noise = ", within the noise" if self.noise else ""
        return f"{self.what}: {_shown(self.before)} → {_shown(self.after)}{by}{noise}"


@dataclass(frozen=True)
class AuditChanges:
    """What differs from the audit before.

    Attributes:
        first: there was no audit before; everything is new then, and the moves are empty.
        ended: how it ended, where that differs (done, gate fails, failed).
        verdicts: by class.
        numbers: those of `RUN_MEASURES` that differ by more than noise or, where that
            cannot be told, when written as percentages.
        sentence: what became of the classes, where both runs could be compared; else "".
        beyond_noise: whether that is more than noise.
    """

    first: bool
    ended: Move | None
    verdicts: tuple[Move, ...]
    numbers: tuple[Move, ...]
    sentence: str = ""
    beyond_noise: bool = False

    @property
    def any(self) -> bool:
        """Whether people should hear of it: numbers alone may be noise and do not count."""
        return bool(self.first or self.ended or self.verdicts or self.beyond_noise)

    def lines(self) -> list[str]:
        """In words, a line each."""
        told = [f"{self.ended}"] if self.ended else []
        told += [self.sentence] if self.beyond_noise else []
        told += [f"verdict of {move}" for move in self.verdicts[:NAMED]]
        if len(self.verdicts) > NAMED:
            told.append(f"and {len(self.verdicts) - NAMED} more verdicts")
        return told + [str(move) for move in self.numbers]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "first": self.first,
            "verdicts": [_plain(move) for move in self.verdicts],
            "numbers": [_plain(move) for move in self.numbers],
        }


def changes(
    before: Outcome | None,
    finished: Outcome | None,
    after: Outcome,
    comparison: Comparison | None = None,
) -> AuditChanges:
    """What differs.

    Args:
        before: of the audit before, however it ended; None for the first.
        finished: of the last audit before that came to a whole run, or None.
        after: of this audit.
        comparison: of the runs of `finished` and `after`, where both are there.
    """
    ends = (None if before is None else word(before), word(after))
    old: Mapping[str, Any] = finished.summary if finished else {}
    new = after.summary
    known = bool(old and new)
    return AuditChanges(
        first=before is None,
        ended=Move("outcome", *ends) if before is not None and ends[0] != ends[1] else None,
        verdicts=tuple(_verdicts(old["verdicts"], new["verdicts"], comparison)) if known else (),
        numbers=tuple(_numbers(old, new, comparison)) if known else (),
        sentence=sentence(comparison) if comparison else "",
        beyond_noise=comparison is not None and _is_more_than_noise(comparison),
    )


def word(outcome: Outcome) -> str:
    """How an audit ended."""
    if outcome.exit_code is None or outcome.exit_code > 1:
        return FAILED
    return "the gate fails" if outcome.gate is False else "done"


def _verdicts(
    old: Mapping[str, str], new: Mapping[str, str], comparison: Comparison | None
) -> Iterator[Move]:
    readings = {c.name: c.reading for c in comparison.classes} if comparison else {}
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            noise = readings[name] is Reading.NOISE if name in readings else None
            yield Move(name, old.get(name), new.get(name), noise)


def _numbers(
    old: Mapping[str, Any], new: Mapping[str, Any], comparison: Comparison | None
) -> Iterator[Move]:
    for each in RUN_MEASURES:
        key = each.column
        before, after = old.get(key), new.get(key)
        difference = comparison.overall.get(key) if comparison else None
        if _shown(before) == _shown(after) or (difference and difference.noise):
            continue
        known = difference is not None and difference.low is not None
        interval = said(difference) if difference and known else ""
        yield Move(
            each.title.lower(), before, after, difference.noise if difference else None, interval
        )


def _is_more_than_noise(comparison: Comparison) -> bool:
    return any(c.reading not in {Reading.SAME, Reading.NOISE} for c in comparison.classes)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return share(value) if isinstance(value, float) else str(value)


def _plain(move: Move) -> dict[str, Any]:
    return asdict(move)
