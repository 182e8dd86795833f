"""Whether a tint lies over the objects, too, or is the colour of their backgrounds alone.

Objects have colours of their own: brown violins on brown ground are no cast, and a yellow bus under
a blue one does not look blue. So how much of the tint the objects have is estimated twice: between
classes, where their own colours blur it, and within the class, where they cannot, but where the
tint has to vary. Each counts as it is sure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from auditor.domain.places import Colours, read_place

HALF = 0.5
"""Midway between a cast, of which objects have all, and a coloured ground, of which they have
none."""
SURELY = 1.645
"""Standard errors from an estimate to its one-sided 95% bound."""
VARIED = 0.85
"""Share of the usual variance of backgrounds from which on they are as varied. A cast leaves the
variance as it is or adds to it, and two dozen pictures measure it within about a fifth."""
SUREST = 1e-3
"""No error is taken for smaller: pixels are whole numbers."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the backgrounds' tint objects have: 0 nothing, 1 all of it, as under a cast.

    Attributes:
        value: estimate; noise takes it beyond 0 and 1.
        error: its standard error.
    """

    value: float
    error: float

    @property
    def of_cast(self) -> bool:
        """Nearer to all of the tint than to nothing."""
        return self.value >= HALF

    @property
    def sure(self) -> bool:
        """What it is not nearer to is ruled out."""
        bound = SURELY * self.error
        return self.value - bound > 0.0 if self.of_cast else self.value + bound < 1.0


def chroma(colours: Floats) -> Floats:
    """(N, 2, 3) colours as the mean-free logarithms of their channels, in which a cast adds the
    same to every picture (von Kries)."""
    logs: Floats = np.log(colours + 1.0)
    centred: Floats = logs - logs.mean(axis=2, keepdims=True)
    return centred


def brightness(colours: Floats) -> Floats:
    """(N, 2, 1) logarithms of the brightness, in which exposure adds the same to every picture."""
    logs: Floats = np.log(colours.mean(axis=2, keepdims=True) + 1.0)
    return logs


def tint_on_objects(
    rows: pd.DataFrame, name: str, of: Callable[[Floats], Floats] = chroma
) -> Share | None:
    """How much of the tint of a class's backgrounds, beyond other classes', its objects have.

    Colours are compared along the tint of the backgrounds.

    Args:
        rows: an image each: `label` and `place`, the `Colours` of its object and background.
        name: the class.
        of: what of the colours counts: `chroma`, or `brightness` for the exposure.

    Returns:
        None where fewer than two of its images, or of other classes, tell, or where its
        backgrounds have no tint.
    """
    labels = rows["label"].to_numpy(object)
    own = np.asarray(labels == name, dtype=bool)
    if min(own.sum(), (~own).sum()) < 2:
        return None
    colours = np.array([_pair(text) for text in rows["place"]])
    values = of(colours.astype(np.float64))
    tint = values[own, 1].mean(axis=0) - values[~own, 1].mean(axis=0)
    strength = float(np.linalg.norm(tint))
    if strength == 0.0:
        return None
    objects, grounds = (values @ (tint / strength)).T
    others = [np.asarray(labels == other, dtype=bool) for other in sorted(set(labels[~own]))]
    told = [_between(objects, own, others, strength), _within(objects, grounds, own, others)]
    return _together([share for share in told if share is not None])


def varied_grounds(rows: pd.DataFrame, name: str, of: Callable[[Floats], Floats] = chroma) -> bool:
    """Whether a class's backgrounds vary about as much as those of other classes do in the mean.

    A cast lies over scenes as varied as any; scenes of one kind (all of them water) vary less.

    Args: as of `tint_on_objects`. False where fewer than two pictures of either side tell.
    """
    labels = rows["label"].to_numpy(object)
    own = np.asarray(labels == name, dtype=bool)
    others = [np.asarray(labels == other, dtype=bool) for other in sorted(set(labels[~own]))]
    grounds = of(np.array([_pair(text) for text in rows["place"]], dtype=np.float64))[:, 1]
    usual = [_spread(grounds[other]) for other in others if other.sum() > 1]
    if not usual or own.sum() < 2:
        return False
    return _spread(grounds[own]) >= VARIED * float(np.mean(usual))


def _spread(values: Floats) -> float:
    """Total variance of (n, channels)."""
    return float(values.var(axis=0, ddof=1).sum())


def _pair(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Colours of object and background.

    Raises:
        ValueError: a place of another kind.
    """
    place = read_place(text)
    if not isinstance(place, Colours):
        raise ValueError(f"expected colours, got the place {text!r}")
    return place.object_, place.background


def _between(objects: Floats, own: Flags, others: list[Flags], strength: float) -> Share:
    """How far the class's objects lie from those of other classes, which differ anyway.

    How much they differ is known from a few classes alone, so the error is as wide as Student's
    quantile asks for (three classes that happen to be alike prove little).
    """
    means = np.array([objects[other].mean() for other in others])
    known = means if len(means) > 1 else objects[others[0]]
    error = float(known.std(ddof=1)) * np.sqrt(1 + 1 / len(means))
    wide = float(stats.t.ppf(stats.norm.cdf(SURELY), len(known) - 1)) / SURELY
    return Share(float(objects[own].mean() - means.mean()) / strength, wide * error / strength)


def _within(objects: Floats, grounds: Floats, own: Flags, others: list[Flags]) -> Share | None:
    """Whether objects have more of it where their backgrounds do. Backgrounds vary anyway, as much
    as those of other classes, and objects do not follow that; None where they vary no more.

    What they vary beyond that is uncertain, too: a tint that is always there varies by chance
    alone, and then no object can follow. That error is taken as it is for a share of 1.
    """
    usual = np.array([grounds[other].var(ddof=1) for other in others if other.sum() > 1])
    if len(usual) == 0:
        return None
    varies, follows = np.cov(grounds[own], objects[own])
    beyond = float(varies[0] - np.median(usual))
    if beyond <= 0.0:
        return None
    chance = 2 * varies[0] ** 2 / (own.sum() - 1)
    spread = usual.var(ddof=1) if len(usual) > 1 else chance
    error = np.sqrt(varies[0] * follows[1] / own.sum() + chance + spread)
    return Share(float(varies[1]) / beyond, float(error) / beyond)


def _together(shares: list[Share]) -> Share:
    """Weighted by the inverse of their variances."""
    weights = np.array([max(share.error, SUREST) ** -2 for share in shares])
    values = np.array([share.value for share in shares])
    return Share(float(weights @ values / weights.sum()), float(weights.sum() ** -0.5))
