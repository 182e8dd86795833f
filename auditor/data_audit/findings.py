"""Which families of traits give which classes away, with interval and correction for all tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.data_audit.gathering import GatheredTraits, features
from auditor.data_audit.probe import ProbeResult, probe
from auditor.domain.data_traits import TRAITS, LeakVerdict, TraitKind
from auditor.domain.leaks import CHANCE, LEAK_FLOOR
from auditor.statistics.significance import benjamini_hochberg

PERMUTATIONS = 200
LEAST_PERMUTATIONS = 20
NUMBERS = 20_000_000
"""Answers that one fold may hold at a time; many classes get fewer permutations."""


@dataclass(frozen=True, slots=True)
class DataFinding:
    """One family of traits and one class.

    Attributes:
        name: the class.
        kind, column: the family; the column of metadata, else None.
        verdict: see `LeakVerdict`.
        result: of the probe; None where there are too few pictures.
        q_value: Benjamini-Hochberg over all tests of the audit.
        object_seen: the object's own pixels may be what is seen: not every picture has a mask.
    """

    name: str
    kind: TraitKind
    column: str | None
    verdict: LeakVerdict
    result: ProbeResult | None
    q_value: float | None
    object_seen: bool

    @property
    def code(self) -> str:
        """Stable id of the reason."""
        cause = "_object_may_be_seen" if self._held_back else ""
        return f"data_{self.verdict.name.lower()}{cause}"

    @property
    def _held_back(self) -> bool:
        return self.object_seen and self.verdict is LeakVerdict.POSSIBLE


def find(gathered: GatheredTraits, *, seed: int, q: float = 0.05) -> tuple[DataFinding, ...]:
    """Every family and class, what gives most away first."""
    labels = gathered.labels
    everyone = sorted(set(labels.tolist()))
    unmasked = not all(traits.masked for traits in gathered.traits)
    found: list[DataFinding] = []
    for kind, column, numbers, has in features(gathered):
        results = probe(
            numbers, labels[has], seed=seed, permutations=_permutations(len(labels), len(everyone))
        )
        seen = unmasked and TRAITS[kind].pixels
        found += [
            DataFinding(name, kind, column, LeakVerdict.UNDETERMINED, results.get(name), None, seen)
            for name in everyone
        ]
    return tuple(sorted(_judged(found, q), key=_order))


def _permutations(images: int, classes: int) -> int:
    affordable = NUMBERS // max(1, (images // 5) * classes)
    return max(LEAST_PERMUTATIONS, min(PERMUTATIONS, affordable))


def _judged(found: Sequence[DataFinding], q: float) -> list[DataFinding]:
    p_values = [each.result.p_value for each in found if each.result is not None]
    q_values = iter(benjamini_hochberg(p_values))
    return [
        each
        if each.result is None
        else replace(each, q_value=(value := next(q_values)), verdict=_verdict(each, value, q))
        for each in found
    ]


def _verdict(found: DataFinding, q_value: float, q: float) -> LeakVerdict:
    """Sure where the lower bound reaches the floor, and against the hardest single class, too; of
    pixels only where masks kept the object out: else the object itself may be what is seen."""
    assert found.result is not None  # noqa: S101 - judged only with a result
    if q_value > q or found.result.auroc <= CHANCE or found.result.rival < LEAK_FLOOR:
        return LeakVerdict.NOT_FOUND
    if found.result.low >= LEAK_FLOOR and not found.object_seen:
        return LeakVerdict.GIVES_AWAY
    if found.result.high < LEAK_FLOOR:
        return LeakVerdict.NOT_FOUND
    return LeakVerdict.POSSIBLE


def _order(found: DataFinding) -> tuple[int, float, str, str, str]:
    rank = list(LeakVerdict).index(found.verdict)
    auroc = 0.0 if found.result is None else found.result.auroc
    return rank, -auroc, found.name, found.kind.value, found.column or ""
