"""Does a map prefer the background? docs/science.md sections 0 and 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from auditor.scoring.auroc import saliency_auroc
from auditor.scoring.cells import CellMasks
from auditor.scoring.pointing import peak_ratio, pointing_hit
from auditor.scoring.relevance import relevance_skill
from auditor.scoring.scores import Scores, unit_peak

# From simulated maps over objects of 2% to 60% (tests/scoring/test_nomination.py): maps that see
# the object are nominated in at most one of twenty images whatever its size, a flat map is not, a
# cue of twice the object's peak mostly is. Held against the benchmark of planted shortcuts
# (docs/benchmark.md, seed 2026) and kept: on its clean networks nomination does not follow object
# size, and stricter or laxer cut-offs lose as many cues as they spare maps of unaffected classes.
SKILL_BELOW = -0.05
"""Mass: nominated where `relevance_skill` is below, a little less than an uninformed map has."""
AUROC_BELOW = 0.5
"""Rank: takes the place of skill where that is undefined."""
PEAK_ABOVE = 1.75
"""Peak: nominated where `peak_ratio` is above and the maximum misses the object."""


def nominate(scores: Scores) -> Tensor:
    """Nominated where mass (or rank) or peak prefers the background.

    Mass alone overlooks a small intense cue, the peak alone a diffuse one.

    Returns:
        (N,) float64: 1 nominated, 0 not, NaN where it cannot be said: no mask, a zero map, a map
        that is not finite, or no score of mass and rank, or no score of the peak. Both are needed
        even where one already nominates: else undefined cases could only ever add suspicion.
    """
    return nominate_scores(
        scores.relevance_skill, scores.saliency_auroc, scores.peak_ratio, scores.pointing_hit
    )


def nominate_scores(skill: Tensor, auroc: Tensor, ratio: Tensor, hit: Tensor) -> Tensor:
    """`nominate` from (N,) scores that are already there; NaN is undefined."""
    by_mass = torch.where(skill.isnan(), auroc < AUROC_BELOW, skill < SKILL_BELOW)
    by_peak = (ratio > PEAK_ABOVE) & (hit == 0)
    unsaid = (skill.isnan() & auroc.isnan()) | ratio.isnan() | hit.isnan()
    return torch.where(unsaid, torch.nan, (by_mass | by_peak).double())


def nominate_cells(maps: Tensor, cells: CellMasks) -> Tensor:
    """`nominate` for (N, h, w) maps against masks that are already on their grid."""
    maps = unit_peak(maps)
    return nominate_scores(
        relevance_skill(maps, cells),
        torch.where(maps.isnan().flatten(1).any(dim=1), torch.nan, saliency_auroc(maps, cells)),
        peak_ratio(maps, cells),
        pointing_hit(maps, cells),
    )


def nominate_under_permuted_masks(
    maps: Tensor,
    cells: CellMasks,
    labels: Sequence[str],
    *,
    groups: Sequence[str] | None = None,
    seed: int,
    permutations: int = 20,
) -> dict[str, float | None]:
    """Rate of nomination by class when every map meets the mask of another image of its class.

    The null that keeps centre bias, object sizes and the maps themselves, and breaks only the
    tie between a map and its own object.

    Args:
        maps: (N, h, w) float, raw.
        cells: the N masks on the maps' grid, in the same order.
        labels: N class names.
        groups: N statistical clusters; a mask of the same cluster is no other image's. None:
            every image is its own cluster.
        seed: of the permutations. A class's rate does not depend on the other classes.
        permutations: how many are averaged.

    Returns:
        class -> rate in 0..1; None where no pair of the class can be scored.
    """
    rates: dict[str, float | None] = {}
    clusters = np.asarray(range(len(labels)) if groups is None else groups)
    for label in sorted(set(labels)):
        members = np.flatnonzero(np.asarray(labels) == label)
        generator = np.random.default_rng([seed, *label.encode()])
        outcomes = [
            nominate_cells(maps[_index(own)], cells.select(_index(other)))
            for own, other in _pairs(members, clusters, generator, permutations)
        ]
        rate = torch.cat(outcomes).nanmean().item() if outcomes else float("nan")
        rates[label] = None if np.isnan(rate) else rate
    return rates


def _index(positions: np.ndarray) -> Tensor:
    """Positions as a torch index (moves to the indexed tensor's device by itself)."""
    return torch.from_numpy(np.ascontiguousarray(positions))


def _pairs(
    members: np.ndarray, clusters: np.ndarray, generator: np.random.Generator, permutations: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per permutation the maps and the masks of other images, along one random cycle."""
    pairs = []
    for _ in range(permutations):
        cycle = generator.permutation(members)
        other = np.roll(cycle, 1)
        apart = (clusters[cycle] != clusters[other]) & (cycle != other)
        if apart.any():
            pairs.append((cycle[apart], other[apart]))
    return pairs
