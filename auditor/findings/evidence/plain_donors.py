"""Classes whose backgrounds have no cue of their own: donors on which a loss is a class's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.findings.evidence.swap_tables import SwapEffects

PLAIN = 0.7
"""Log odds that a class's backgrounds give to it, below which they count as without a cue of their
own. In the worlds of docs/benchmark.md unaffected classes stay below .5 but where most are cued."""
PLAIN_BESIDE = 1 / 3
"""Where no class is below: those with less than this share of the largest."""
MIN_DONORS = 5
"""Distinct donors below which a class's backgrounds say nothing."""


@dataclass(frozen=True)
class PlainDonors:
    """Classes whose backgrounds have no cue of their own.

    Attributes:
        names: of them.
        apart: they are below `PLAIN`; else they only have the least of all.
    """

    names: frozenset[str]
    apart: bool


def plain_donors(
    effects: Mapping[str, SwapEffects], donors: Mapping[str, int], asked: str | None = None
) -> PlainDonors:
    """Classes whose backgrounds have no cue of their own, of those with enough donors.

    Args:
        effects: of every class.
        donors: distinct ones of every class.
        asked: the class whose losses are asked. It does not count, nor does one whose backgrounds
            win its objects, though they win no others.
    """
    against = effects[asked].against if asked is not None else {}
    pull = {
        name: max(e.sufficiency.mean, against.get(name, 0.0))
        for name, e in effects.items()
        if name != asked and e.sufficiency is not None and donors.get(name, 0) >= MIN_DONORS
    }
    plain = frozenset(name for name, value in pull.items() if value < PLAIN)
    least = PLAIN_BESIDE * max(pull.values(), default=0.0)
    if plain:
        return PlainDonors(plain, apart=True)
    return PlainDonors(frozenset(n for n, value in pull.items() if value < least), apart=False)


def plain_beside(
    asked: str,
    plain: PlainDonors,
    effects: Mapping[str, SwapEffects],
    donors: Mapping[str, int],
) -> PlainDonors:
    """`plain_donors` of one class; where its own objects tell nothing more, all but itself."""
    others = plain.names - {asked}
    if plain.apart and others and not effects[asked].against:
        return PlainDonors(others, apart=True)
    return plain_donors(effects, donors, asked=asked)
