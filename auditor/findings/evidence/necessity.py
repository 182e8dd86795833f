"""Necessity: does a class lose its probability on innocent backgrounds? docs/science.md section 3.

On other-class backgrounds an innocent class can fall too, where the donor carries a cue of its
own. So only donors that do not capture are asked: the donor panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from auditor.findings.evidence.capture import unaffected_donors
from auditor.statistics.effects import Effect, estimate, least
from auditor.statistics.intervals import seeded

PANEL_CLASSES = 8
PANEL_DONORS = 40
"""The panel holds eight classes, more only while they offer fewer donors than this."""
MIN_PANEL = 2
FLAT = "flat"
"""Name of the flat backgrounds together, where a fill is told."""


class Route(StrEnum):
    """What the class was held against."""

    PANEL = "panel"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Necessity:
    """Loss of a class on backgrounds that carry no cue of another class.

    Attributes:
        effect: the loss, or None where nothing innocent could be found.
        route: the panel, or neutral backgrounds where the panel is too small.
        donors: panel classes, those that cost most first.
        losses: mean loss on every donor class that was met, capturing or not.
        usual: mean probability on backgrounds of its own class, what there is to lose.
    """

    effect: Effect | None
    route: Route | None
    donors: tuple[str, ...]
    losses: Mapping[str, float]
    usual: float | None


def panels(swaps: pd.DataFrame, floor: float) -> tuple[frozenset[str], frozenset[str]]:
    """Innocent donor classes as each half of the objects sees them, for the other half's use."""
    first, second = (swaps[swaps["half"] == half] for half in (0, 1))
    return unaffected_donors(second, "capture", floor), unaffected_donors(first, "capture", floor)


def necessity(
    name: str,
    swaps: pd.DataFrame,
    neutral: pd.DataFrame,
    unaffected: tuple[frozenset[str], frozenset[str]],
    *,
    seed: int,
    look: str | None = None,
) -> Necessity:
    """The loss of class `name` over its donor panel.

    Args:
        name: the class.
        swaps: `swaps_with_capture` of its objects.
        neutral: sampled neutral rows of its objects.
        innocent: `panels`: donors for the objects of half 0 and of half 1.
        seed: of the run.
        look: what is swapped, if not the background; the neutral rows are those without it.
    """
    tags = () if look is None else (look,)
    own = swaps[swaps["loss"].notna()]
    chosen, rows = panel_rows(own, unaffected)
    losses = {str(d): float(v) for d, v in own.groupby("donor_label")["loss"].mean().items()}
    usual = own["p_label_control"].mean() if len(own) else neutral["p_label_control"].mean()
    on_panel = estimate(rows, "loss", seeded(seed, name, "necessity", *tags))
    size = min(len(half) for half in chosen)
    donors = tuple(sorted(chosen[0] | chosen[1], key=lambda d: (-losses[d], d)))
    known = None if pd.isna(usual) else float(usual)
    if size >= MIN_PANEL:
        return Necessity(on_panel, Route.PANEL, donors, losses, known)
    on_flat = estimate(
        _median_flat(neutral), "loss", seeded(seed, name, "neutral", *tags), donors=False
    )
    if on_flat is None:
        return Necessity(None, None, donors, losses, known)
    joined = [on_flat]
    if size == 1 and on_panel is not None:
        joined.append(on_panel)
    return Necessity(least(joined), Route.NEUTRAL, donors, losses, known)


def _median_flat(neutral: pd.DataFrame) -> pd.DataFrame:
    """One row an object: the median of its losses over flat backgrounds. Some colour may be a
    class's cue, so neither the least nor the mean is fair to all."""
    medians = neutral.groupby(["case_id", "group"])["loss"].median()
    return medians.reset_index().assign(fill=FLAT, donor_group=None)


def panel_rows(
    own: pd.DataFrame, unaffected: tuple[frozenset[str], frozenset[str]]
) -> tuple[tuple[frozenset[str], frozenset[str]], pd.DataFrame]:
    """The donor panel of each half of a class's objects, and the swaps onto it.

    Args:
        own: swaps of one class's objects with a known `loss`.
        innocent: `panels`.
    """
    first, second = (_choose(own[own["half"] == half], unaffected[half]) for half in (0, 1))
    met = [
        own[(own["half"] == half) & own["donor_label"].isin(panel)]
        for half, panel in enumerate((first, second))
    ]
    return (first, second), pd.concat(met)


def _choose(own: pd.DataFrame, unaffected: frozenset[str]) -> frozenset[str]:
    """Of the innocent classes that these objects met, those with most donors."""
    met = own[own["donor_label"].isin(unaffected)].groupby("donor_label")["donor_group"].nunique()
    ranked: Sequence[tuple[int, str]] = sorted((-int(n), str(d)) for d, n in met.items())
    panel: set[str] = set()
    donors = 0
    for count, donor in ranked:
        if len(panel) >= PANEL_CLASSES and donors >= PANEL_DONORS:
            break
        panel.add(donor)
        donors -= count
    return frozenset(panel)
