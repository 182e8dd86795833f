"""Which of the tried methods is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from auditor.repairs.finetuning import State
from auditor.repairs.method_names import ALLOWED_LOSS, REPAIRS, Method
from auditor.repairs.quality import Quality

ENOUGH = 0.05
"""A repair after which no class loses more when the cues are broken is enough: half of the audit's
effect floor, since the verdict asks for the whole interval to be below it."""


@dataclass(frozen=True)
class RepairTrial:
    """One method of a round.

    Attributes:
        method: what was tried.
        quality: on the held-out pictures; None where the method does not apply.
        state: weights, None where it does not apply.
        kept: 0..1, the part of the way to the retrained weights; None where nothing was trained.
    """

    method: Method
    quality: Quality | None
    state: State | None
    kept: float | None = None

    def told(self) -> dict[str, float] | None:
        """As `repair.json` has it; None where the method does not apply."""
        if self.quality is None:
            return None
        part = {} if self.kept is None else {"kept": self.kept}
        return asdict(self.quality) | part


def choose(trials: Sequence[RepairTrial], least: float | None) -> RepairTrial | None:
    """Of the repairs that leave enough accuracy and are right more often than doing nothing where
    the cues are broken, the most accurate one that is enough; without one that with the best worst
    group, less what a class still loses (with few pictures a worst group alone is noise), then the
    best mean with the cues broken. None where none is better than doing nothing.

    Args:
        trials: of a round, doing nothing among them.
        least: as in `Bench`.
    """
    nothing, best = _nothing(trials).quality, best_of(trials, least, REPAIRS)
    if nothing is None or best is None or best.quality is None:
        return None
    return best if _better(best.quality, nothing) else None


def best_of(
    trials: Sequence[RepairTrial], least: float | None, methods: Sequence[Method]
) -> RepairTrial | None:
    """As `choose`, of some methods alone; where none is better than doing nothing, the best of the
    others."""
    nothing = _nothing(trials).quality
    if least is None:
        least = 0.0 if nothing is None else nothing.accuracy - ALLOWED_LOSS
    able = [
        ((_better(trial.quality, nothing), *_rank(trial.quality), -number), trial)
        for number, trial in enumerate(trials)
        if trial.method in methods and trial.quality is not None and trial.quality.accuracy >= least
    ]
    return max(able, key=lambda each: each[0])[1] if able else None


def is_enough(trials: Sequence[RepairTrial], least: float | None) -> bool:
    """Whether what would be chosen needs no other method beside it."""
    best = choose(trials, least)
    return best is not None and best.quality is not None and best.quality.loss <= ENOUGH


def _better(quality: Quality, nothing: Quality | None) -> bool:
    return nothing is None or quality.broken > nothing.broken


def _rank(quality: Quality) -> tuple[bool, float, float]:
    enough = quality.loss <= ENOUGH
    return (
        enough,
        quality.accuracy if enough else quality.worst_group - quality.loss,
        quality.broken,
    )


def _nothing(trials: Sequence[RepairTrial]) -> RepairTrial:
    return next(trial for trial in trials if trial.method is Method.NOTHING)
