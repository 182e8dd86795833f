"""The null of the nomination rate, from rows that are already written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from auditor.imagery.rle import decode_rle
from auditor.scoring.cells import cell_masks
from auditor.scoring.nomination import nominate_under_permuted_masks


def null_nomination_rates(cases: pd.DataFrame, *, seed: int) -> dict[str, float | None]:
    """By class, the rate of nomination when every map meets the mask of another image.

    Args:
        cases: rows of the cases table with `label`, `cam*`, `mask`, `case_id`, `duplicate_group`.
            A random sample is enough, and one class at a time is in memory.
        seed: of the permutations.

    Returns:
        class -> rate in 0..1, None where no pair of images can be scored.
    """
    rates: dict[str, float | None] = {}
    for label, rows in cases[cases["mask"].notna()].groupby("label", sort=True):
        masks = torch.from_numpy(np.stack([decode_rle(text) for text in rows["mask"]]))
        maps = _maps(rows)
        has_mask = torch.ones(len(rows), dtype=torch.bool)
        cells = cell_masks(masks, torch.zeros_like(masks), has_mask, (maps.shape[1], maps.shape[2]))
        labels = [str(label)] * len(rows)
        groups = rows["duplicate_group"].fillna(rows["case_id"]).tolist()
        rates |= nominate_under_permuted_masks(maps, cells, labels, groups=groups, seed=seed)
    return rates


def _maps(rows: pd.DataFrame) -> Tensor:
    height, width = int(rows["cam_height"].iloc[0]), int(rows["cam_width"].iloc[0])
    grids = [
        np.frombuffer(cam, np.uint8).reshape(height, width) * float(scale)
        for cam, scale in zip(rows["cam"], rows["cam_scale"], strict=True)
    ]
    return torch.from_numpy(np.stack(grids)).float()
