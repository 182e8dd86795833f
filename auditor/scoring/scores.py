"""All scores of a batch of maps against its masks. docs/science.md section 2 lists them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from auditor.scoring.auroc import saliency_auroc
from auditor.scoring.cells import cell_masks
from auditor.scoring.pointing import peak_ratio, pointing_hit
from auditor.scoring.relevance import border_mass, relevance_mass, relevance_skill
from auditor.scoring.shared_interest import shared_interest


@dataclass(frozen=True)
class Scores:
    """One (N,) float64 tensor a score, NaN where undefined; docs/scores.md says what each means.

    Every score but `object_area` and `border_mass` is undefined without a mask; every score but
    `object_area` is undefined for a map that is not finite.
    """

    object_area: Tensor
    relevance_mass: Tensor
    relevance_skill: Tensor
    saliency_auroc: Tensor
    pointing_hit: Tensor
    peak_ratio: Tensor
    border_mass: Tensor
    iou: Tensor
    gtc: Tensor
    sc: Tensor


def score_maps(maps: Tensor, masks: Tensor, ignored: Tensor, has_mask: Tensor) -> Scores:
    """Score raw maps against object masks, on the device where they are.

    Args:
        maps: (N, h, w) float, raw Grad-CAM maps on the layer's grid; negative values count as 0.
        masks: (N, H, W) bool, True on the object, in the network's input geometry.
        ignored: (N, H, W) bool, pixels that count on neither side.
        has_mask: (N,) bool.
    """
    maps = unit_peak(maps)
    cells = cell_masks(masks, ignored, has_mask, (maps.shape[1], maps.shape[2]))
    overlap = shared_interest(maps, cells)
    mass = relevance_mass(maps, masks, ignored)
    scores = Scores(
        object_area=cells.area,
        relevance_mass=torch.where(has_mask, mass, torch.nan),
        relevance_skill=relevance_skill(maps, cells),
        saliency_auroc=saliency_auroc(maps, cells),
        pointing_hit=pointing_hit(maps, cells),
        peak_ratio=peak_ratio(maps, cells),
        border_mass=border_mass(maps),
        iou=overlap.iou,
        gtc=overlap.gtc,
        sc=overlap.sc,
    )
    return _undefined_where(maps.isnan().flatten(1).any(dim=1), scores)


def unit_peak(maps: Tensor) -> Tensor:
    """Positive part in double precision, divided by its peak so that no sum under- or overflows.

    A map with a value that is not finite becomes NaN throughout.
    """
    positive = maps.double().clamp(min=0)
    peak = positive.amax((1, 2), keepdim=True)
    scaled = torch.where(peak > 0, positive / peak, positive)
    finite = maps.isfinite().flatten(1).all(dim=1)
    return torch.where(finite[:, None, None], scaled, torch.nan)


def _undefined_where(broken: Tensor, scores: Scores) -> Scores:
    kept = {"object_area": scores.object_area}
    for field in fields(scores):
        kept.setdefault(field.name, torch.where(broken, torch.nan, getattr(scores, field.name)))
    return Scores(**kept)
