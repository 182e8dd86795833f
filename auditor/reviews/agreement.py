"""Do the reviewers agree? What stands of every reviewer on every case, and how far it is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.ledger import Ledger

_Word = TypeVar("_Word", bound=Hashable)

DecisionsByReviewer = Mapping[str, Mapping[str, Review]]
"""case_id -> reviewer -> their last event, withdrawn ones left out."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far reviewers agree on the cases that at least two of them decided.

    Attributes:
        cases: with at least two reviewers.
        same: of them, those on which all say the same.
        alpha: Krippendorff's alpha for nominal data (Krippendorff 2004, ch. 11): 1 full
            agreement, 0 what chance gives, below 0 worse. None without such a case, and where
            only one decision was ever used: there is then nothing to agree by chance on.
    """

    cases: int
    same: int
    alpha: float | None


def standing(events: Iterable[Review]) -> DecisionsByReviewer:
    """What stands, from events in their order: a reviewer's later word replaces the earlier."""
    return by_reviewer(Ledger().after(events))


def by_reviewer(ledger: Ledger) -> DecisionsByReviewer:
    """Every reviewer's last word on every case that somebody decided; what settles is no vote."""
    return {case: ledger.votes(case) for case in ledger.said}


def disagreements(ledger: Ledger) -> list[str]:
    """Cases on which reviewers differ and which nobody has settled: confirmed against dismissed
    first, then by case_id."""
    said = {case: ledger.votes(case) for case in ledger.said if ledger.differs(case)}
    differing = list(said)
    opposed = {ReviewDecision.CONFIRMED, ReviewDecision.DISMISSED}
    return sorted(differing, key=lambda case: (not opposed <= _decisions(said[case]), case))


def unsettled(said: DecisionsByReviewer) -> list[str]:
    """Cases on which everybody who looked is unsure, by case_id."""
    return sorted(case for case, by in said.items() if _decisions(by) == {ReviewDecision.UNSURE})


def agreement(said: DecisionsByReviewer) -> Agreement:
    """Over all cases of `said`."""
    units = [Counter(e.decision for e in by.values()) for by in said.values() if len(by) > 1]
    return Agreement(len(units), sum(len(unit) == 1 for unit in units), nominal_alpha(units))


def agreement_by_class(
    said: DecisionsByReviewer, labels: Mapping[str, str]
) -> dict[str, Agreement]:
    """Over the cases of each class that at least two reviewers decided, classes in their order.

    Args:
        said: what stands of every reviewer.
        labels: case_id -> class; cases that are not in it are left out.
    """
    by_class: dict[str, dict[str, Mapping[str, Review]]] = {}
    for case, by in said.items():
        if len(by) > 1 and case in labels:
            by_class.setdefault(labels[case], {})[case] = by
    return {label: agreement(by_class[label]) for label in sorted(by_class)}


def nominal_alpha(units: Sequence[Counter[_Word]]) -> float | None:
    """Krippendorff's alpha for nominal data: 1 - observed / expected disagreement.

    Args:
        units: how often each word was said of each thing; things with fewer than two are left out.

    Returns:
        None where nothing has two words, or only one word was ever said.
    """
    paired = [unit for unit in units if unit.total() > 1]
    margins: Counter[_Word] = sum(paired, Counter())
    expected = _unlike_pairs(margins) / max(margins.total() - 1, 1)
    if expected == 0:
        return None
    observed = sum(_unlike_pairs(unit) / (unit.total() - 1) for unit in paired)
    return 1.0 - observed / expected


def _unlike_pairs(counts: Counter[_Word]) -> int:
    """Ordered pairs of two different words."""
    return counts.total() ** 2 - sum(count**2 for count in counts.values())


def _decisions(by: Mapping[str, Review]) -> set[ReviewDecision]:
    return {event.decision for event in by.values()}
