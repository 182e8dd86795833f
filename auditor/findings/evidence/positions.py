"""Where in the picture patches lie, and whether other classes' maps lie there too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.cues import Cue
from auditor.domain.locations import Area, OfCue, PatchShares
from auditor.domain.places import read_place, square_of

CORNER = 0.3
"""A patch whose centre is this close to two edges lies in a corner (shares of the view)."""
MOSTLY = 0.6
"""Share of patches in corners from which on the thing is a corner mark."""
SHUFFLES = 500
MOST_MAPS = 2000
MOST_AREAS = 4
"""Areas that are named, the commonest first."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PatchPosition:
    """Where salient patches lie, and what they are called there."""

    cue: Cue
    where: PatchShares | OfCue


@dataclass(frozen=True, slots=True)
class Consistency:
    """How much the maps of a group keep to a place of their own.

    Attributes:
        value: share of their mean map that lies where the mean map of the other classes does not
            (total variation distance), less what chance alone gives, over what is left; 0 is
            chance, 1 no overlap at all; below 0 is less than chance.
        p_value: of a difference as large by chance.
    """

    value: float
    p_value: float


def place_of(places: pd.Series) -> PatchPosition | None:
    """Where patches lie; None without any.

    Args:
        places: of one class, as trials store them, one per image.
    """
    squares = [square for text in places if (square := square_of(read_place(text))) is not None]
    if not squares:
        return None
    down = np.array([square.top + square.side / 2 for square in squares])
    right = np.array([square.left + square.side / 2 for square in squares])
    vertical = np.select([down < CORNER, down > 1 - CORNER], ["top", "bottom"], "middle")
    sideways = np.select([right < CORNER, right > 1 - CORNER], ["left", "right"], "centre")
    areas = pd.Series(vertical).str.cat(pd.Series(sideways), sep="_")
    counted = areas.value_counts(normalize=True).sort_index()
    shares = counted.sort_values(ascending=False, kind="stable")
    cornered = bool((~areas.str.contains("middle|centre")).mean() >= MOSTLY)
    told = tuple((Area(str(area)), float(share)) for area, share in shares.head(MOST_AREAS).items())
    cue = Cue.CORNER_MARK if cornered else Cue.CO_OCCURRING_OBJECT
    return PatchPosition(cue, PatchShares(told, cornered))


def consistency(own: Floats, others: Floats, rng: np.random.Generator) -> Consistency | None:
    """Whether maps of a group keep to a place where those of other classes do not lie.

    A permutation test: the same number of maps drawn at random from all of them.

    Args:
        own: (n, cells) shares of each map, rows sum to one; one row a statistical cluster.
        others: (m, cells) of the other classes.
        rng: of the shuffles.

    Returns:
        None where either side has fewer than two maps.
    """
    own, others = own[:MOST_MAPS], others[:MOST_MAPS]
    size = len(own)
    if min(size, len(others)) < 2:
        return None
    both = np.vstack([own, others])
    found = _apart(own.mean(axis=0), others.mean(axis=0))
    whole = both.sum(axis=0)
    by_chance = np.empty(SHUFFLES)
    for i in range(SHUFFLES):
        drawn = both[rng.permutation(len(both))[:size]].sum(axis=0)
        by_chance[i] = _apart(drawn / size, (whole - drawn) / (len(both) - size))
    null = float(by_chance.mean())
    p_value = (1 + int((by_chance >= found).sum())) / (1 + SHUFFLES)
    return Consistency((found - null) / max(1e-9, 1 - null), p_value)


def _apart(one: Floats, other: Floats) -> float:
    """Total variation distance of two mean maps, 0..1."""
    return float(np.abs(one - other).sum() / 2)
