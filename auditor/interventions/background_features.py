"""What is left of an image without its object, as numbers: what a probe of the data may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.interventions import Fill
from auditor.interventions.appearance import luma
from auditor.interventions.fills import fill_holes
from auditor.interventions.holes import ObjectMasks, find_objects
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier
from auditor.tensors.grids import to_grid
from auditor.tensors.layers import module_named, prefix_tokens
from auditor.tensors.outputs import first_tensor

PLAIN_CELLS = 4
"""Colour and texture are described on a grid of so many cells a side."""
HOLE_CELLS = 8


@dataclass(frozen=True, slots=True)
class BackgroundFeatures:
    """One image without its object; vectors are little-endian float32 bytes.

    Attributes:
        case_id: of the image.
        network: (C,) the audited network's features of the emptied image, mean over the cells of
            the target layer that lie outside the hole; None where no cell does.
        plain: (16 * 5,) mean red, green and blue, contrast and gradient of unfilled pixels, on a
            grid of 4 x 4 cells; a cell without such pixels has the image's own means.
        hole: (64 + 1,) share of hole on a grid of 8 x 8 cells, and in all: the control.
    """

    case_id: str
    network: bytes | None
    plain: bytes
    hole: bytes


@torch.inference_mode()
def background_features(
    classifier: Classifier, subjects: Batch, *, asked: Collection[str], batch_size: int
) -> list[BackgroundFeatures]:
    """What is left of the asked subjects, of those that have an object-free version.

    Args:
        classifier: whose target layer describes them.
        subjects: holds the asked ones.
        asked: case_ids.
        batch_size: images in one forward pass.
    """
    chosen = [i for i, sample in enumerate(subjects.samples) if sample.case_id in asked]
    found: list[BackgroundFeatures] = []
    for start in range(0, len(chosen), batch_size):
        batch = subjects.select(chosen[start : start + batch_size]).to(classifier.device)
        object_masks = find_objects(batch, batch_size=batch_size)
        usable = object_masks.usable.tolist()
        emptied = fill_holes(batch.images, object_masks.holes, object_masks.sources, Fill.BLUR)
        network, seen = _network_features(classifier, emptied, object_masks)
        columns = (network, _plain(batch.images, object_masks.sources), _hole(object_masks.holes))
        rows = zip(
            batch.samples, usable, seen, *(map(_bytes, c.cpu()) for c in columns), strict=True
        )
        found += [
            BackgroundFeatures(sample.case_id, features if outside else None, plain, hole)
            for sample, able, outside, features, plain, hole in rows
            if able
        ]
    return found


def _network_features(
    classifier: Classifier, images: Tensor, object_masks: ObjectMasks
) -> tuple[Tensor, list[bool]]:
    """(N, C) features and whether any cell lies outside the hole."""
    kept: list[Tensor] = []

    def keep(_module: Any, _inputs: Any, output: Any) -> None:
        made = first_tensor(output)
        if made is not None:
            # A copy: an in-place operation may follow the layer.
            kept[:] = [made.detach().clone()]

    network = classifier.network

    def features(part: slice) -> Tensor:
        with classifier.mixed():
            network(classifier.inputs(images[part]))
        return kept[0]

    handle = module_named(network, classifier.target_layer).register_forward_hook(keep)
    try:
        parts = classifier.micro_batcher.parts(features, len(images), device=classifier.device)
    finally:
        handle.remove()
    size = (images.shape[2], images.shape[3])
    grid = to_grid(torch.cat(parts), size, prefix_tokens(network)).float()
    outside = F.adaptive_max_pool2d(object_masks.holes[:, None].float(), grid.shape[2:]) == 0
    cells = outside.sum(dim=(2, 3))
    pooled = (grid * outside).sum(dim=(2, 3)) / cells.clamp(min=1)
    return pooled, (cells[:, 0] > 0).tolist()


def _plain(images: Tensor, sources: Tensor) -> Tensor:
    """(N, 80) colour and texture."""
    bright = luma(images)
    across = F.pad((bright[..., 1:] - bright[..., :-1]).abs(), (0, 1))
    down = F.pad((bright[..., 1:, :] - bright[..., :-1, :]).abs(), (0, 0, 0, 1))
    values = torch.cat([images.float(), bright, bright.square(), across + down], dim=1)
    weight = sources[:, None].float()
    cells = _means(values, weight, PLAIN_CELLS)
    whole = _means(values, weight, 1)
    means = torch.where(cells.isnan(), whole, cells).nan_to_num(0.0)
    contrast = (means[:, 4:5] - means[:, 3:4].square()).clamp(min=0.0).sqrt()
    return torch.cat([means[:, :3], contrast, means[:, 5:]], dim=1).flatten(1) / 255.0


def _means(values: Tensor, weight: Tensor, cells: int) -> Tensor:
    """(N, C, cells, cells) means over weighted pixels, NaN where there are none."""
    known = F.adaptive_avg_pool2d(weight, cells)
    return F.adaptive_avg_pool2d(values * weight, cells) / torch.where(known > 0, known, torch.nan)


def _hole(holes: Tensor) -> Tensor:
    pooled = F.adaptive_avg_pool2d(holes[:, None].float(), HOLE_CELLS).flatten(1)
    return torch.cat([pooled, pooled.mean(dim=1, keepdim=True)], dim=1)


def _bytes(vector: Tensor) -> bytes:
    return vector.float().numpy().astype("<f4").tobytes()
