"""A scored batch as rows of the cases table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from auditor.domain.mask_references import mask_source
from auditor.domain.samples import Sample
from auditor.domain.schema import SLICE_PREFIX
from auditor.imagery.rle import encode_rle
from auditor.scoring.scores import Scores
from auditor.tensors.batch import Batch
from auditor.tensors.questions import answered, probabilities_of

FLAGS = ("pointing_hit",)


def case_rows(
    batch: Batch,
    *,
    classes: Sequence[str],
    logits: Tensor,
    maps: Tensor,
    scores: Scores,
    nominated: Tensor,
    multilabel: bool = False,
    label_maps: Tensor | None = None,
) -> pd.DataFrame:
    """One row an image, all that is known before any intervention.

    Args:
        batch: N images with masks.
        classes: the C class names in the order of the logits.
        logits: (N, C) float32.
        maps: (N, h, w) float32, raw map of the predicted class.
        scores: of those maps; NaN becomes null.
        nominated: (N,) 1, 0 or NaN (cannot be said).
        multilabel: see `auditor.tensors.questions`.
        label_maps: (N, h, w) maps of the label, kept where it is not the prediction.
    """
    probabilities = probabilities_of(logits, multilabel=multilabel).cpu()
    labels = label_indices(batch, classes)
    predicted = answered(probabilities, labels, multilabel=multilabel)
    rows: dict[str, Any] = {
        "case_id": [sample.case_id for sample in batch.samples],
        "image": [sample.image for sample in batch.samples],
        "label": [sample.label for sample in batch.samples],
        "predicted": [classes[i] for i in predicted.tolist()],
        "confidence": _probability(probabilities, predicted),
        "label_probability": _probability(probabilities, labels),
        "correct": (predicted == labels).tolist(),
        "mask_source": [
            mask_source(sample.mask if has else None).value
            for sample, has in zip(batch.samples, batch.has_mask.tolist(), strict=True)
        ],
        **quantised(maps),
        **{name: _nullable(values, name in FLAGS) for name, values in vars(scores).items()},
        "nominated": _nullable(nominated, flag=True),
        "object_cropped": _nullable(batch.object_cropped),
        "duplicate_group": [sample.duplicate_group for sample in batch.samples],
        "image_width": batch.original_sizes[:, 1].tolist(),
        "image_height": batch.original_sizes[:, 0].tolist(),
        "mask": _masks(batch),
        **_label_cams(label_maps, predicted != labels),
    }
    return pd.DataFrame(rows | _slices(batch.samples))


def label_indices(batch: Batch, classes: Sequence[str]) -> Tensor:
    """(N,) int64 positions of the labels among the class names."""
    index = {name: position for position, name in enumerate(classes)}
    return torch.tensor([index[sample.label] for sample in batch.samples])


def quantised(maps: Tensor) -> dict[str, list[Any]]:
    """Raw maps as uint8 grids and the value of one step: 50 bytes a 7x7 map, no heat map files."""
    flat = maps.flatten(1).cpu().double()
    scale = flat.amax(dim=1) / 255.0
    steps = torch.where(scale > 0, scale, torch.ones_like(scale))
    levels = (flat / steps[:, None]).round().clamp(0, 255).to(torch.uint8).numpy()
    return {
        "cam": [row.tobytes() for row in levels],
        "cam_height": [maps.shape[1]] * len(maps),
        "cam_width": [maps.shape[2]] * len(maps),
        "cam_scale": scale.tolist(),
    }


def stored_maps(cases: pd.DataFrame, case_ids: Sequence[str]) -> Tensor:
    """(N, h, w) float32 maps of some cases, as their rows keep them.

    Args:
        cases: with `case_id`, `cam`, `cam_height`, `cam_width`, `cam_scale`; one grid for all.
        case_ids: N of them, in the order wanted.
    """
    rows = cases.set_index("case_id").loc[list(case_ids)]
    height, width = int(rows["cam_height"].iloc[0]), int(rows["cam_width"].iloc[0])
    levels = np.frombuffer(b"".join(rows["cam"]), dtype=np.uint8).reshape(-1, height, width)
    scale = rows["cam_scale"].to_numpy(np.float32)
    return torch.from_numpy(levels * scale[:, None, None])


def _label_cams(maps: Tensor | None, differs: Tensor) -> dict[str, list[Any]]:
    if maps is None:
        return {}
    kept = quantised(maps)
    return {
        f"label_{name}": [
            value if wanted else None
            for value, wanted in zip(kept[name], differs.tolist(), strict=True)
        ]
        for name in ("cam", "cam_scale")
    }


def _probability(probabilities: Tensor, chosen: Tensor) -> list[float]:
    picked: list[float] = probabilities.gather(1, chosen[:, None])[:, 0].double().tolist()
    return picked


def _nullable(values: Tensor, flag: bool = False) -> list[float | bool | None]:
    numbers = values.double().cpu().tolist()
    return [None if np.isnan(v) else (bool(v) if flag else v) for v in numbers]


def _masks(batch: Batch) -> list[str | None]:
    masks, known = batch.masks.cpu().numpy(), batch.has_mask.tolist()
    return [encode_rle(mask) if has else None for mask, has in zip(masks, known, strict=True)]


def _slices(samples: Sequence[Sample]) -> dict[str, list[str | None]]:
    columns = sorted({name for sample in samples for name, _ in sample.slices})
    values = [dict(sample.slices) for sample in samples]
    return {f"{SLICE_PREFIX}{name}": [row.get(name) for row in values] for name in columns}
