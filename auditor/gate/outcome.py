"""What a gate comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing a gate asks.

    Attributes:
        name: `max_confirmed` and so on, or `baseline: CLASS`.
        holds: False also where it cannot be told.
        comparable: False where the run lacks what the baseline had; such a check holds only where
            that is allowed.
        value: what the run has; None where undefined.
        limit: what it is held to; None for a comparison with the baseline.
        told: the outcome in a sentence.
        details: a line for each thing behind a failure.
        classes: rows of the classes that the details tell of, one each; empty for other details.
    """

    name: str
    holds: bool
    value: float | None
    limit: float | None
    told: str
    details: tuple[str, ...] = ()
    comparable: bool = True
    classes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Gate:
    """The outcome.

    Attributes:
        run: name of the run.
        baseline: name of the run it was held against, or None.
        checks: at least one.
        warnings: what a reader should know before trusting a gate that holds.
    """

    run: str
    baseline: str | None
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that do not."""
        return tuple(check for check in self.checks if not check.holds)
