"""Detection and false alarms of verdicts whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.domain.verdicts import ClassVerdict
from auditor.selftest.making import Truth
from auditor.statistics.intervals import wilson

RELIES = 0.10
"""A class whose true loss of probability is at least this relies on its cue: the default floor."""
UNAFFECTED_BELOW = 0.05
"""A class whose true loss is below this is unaffected; between the two it counts as neither."""


@dataclass(frozen=True)
class PlantedOutcome:
    """What was said of a class whose truth is known.

    Attributes:
        world: name of its world.
        truth: by the renderer.
        verdict: of the audit.
        background_effect: what the audit estimated, None where it could not.
    """

    world: str
    truth: Truth
    verdict: ClassVerdict
    background_effect: float | None

    @property
    def relies(self) -> bool | None:
        """Whether the class truly relies on its cue; None where it does a little."""
        if self.truth.loss >= RELIES:
            return True
        return False if self.truth.loss < UNAFFECTED_BELOW else None


@dataclass(frozen=True)
class CountedRate:
    """`count` of `total`, with a 95% Wilson interval; all None where the total is 0."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """0..1."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper bound."""
        found = wilson(self.count, self.total)
        return (found.low, found.high) if found else None


def detection(outcomes: Sequence[PlantedOutcome]) -> CountedRate:
    """Confirmed classes among those that truly rely on a cue."""
    return _confirmed([outcome for outcome in outcomes if outcome.relies is True])


def false_alarms(outcomes: Sequence[PlantedOutcome]) -> CountedRate:
    """Confirmed classes among the unaffected ones."""
    return _confirmed([outcome for outcome in outcomes if outcome.relies is False])


def _confirmed(outcomes: Sequence[PlantedOutcome]) -> CountedRate:
    said = sum(outcome.verdict is ClassVerdict.CONFIRMED for outcome in outcomes)
    return CountedRate(said, len(outcomes))
