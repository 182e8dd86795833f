"""Which images came, went, changed their label, or turned."""

from __future__ import annotations

import pandas as pd

from auditor.comparison.inputs import Side
from auditor.comparison.model import ImageChanges
from auditor.domain.verdicts import CaseVerdict


def image_changes(base: Side, new: Side) -> ImageChanges:
    """Cases matched by `case_id`, which is of image and label; names in sorted order."""
    pair = base.cases.merge(new.cases, on="case_id", suffixes=("_base", "_new"))
    only_base = base.cases[~base.cases["case_id"].isin(pair["case_id"])]
    only_new = new.cases[~new.cases["case_id"].isin(pair["case_id"])]
    moved = only_base.merge(only_new, on="image", suffixes=("_base", "_new"))
    before, after = pair["correct_base"].astype(bool), pair["correct_new"].astype(bool)
    tested = pair["tested_base"].astype(bool) & pair["tested_new"].astype(bool)
    was = tested & (pair["verdict_base"] == CaseVerdict.SHORTCUT.value)
    now = tested & (pair["verdict_new"] == CaseVerdict.SHORTCUT.value)
    relabelled = set(moved["image"])
    return ImageChanges(
        both=len(pair),
        new=_names(only_new.loc[~only_new["image"].isin(relabelled), "image"]),
        gone=_names(only_base.loc[~only_base["image"].isin(relabelled), "image"]),
        relabelled=tuple(
            sorted(zip(moved["image"], moved["label_base"], moved["label_new"], strict=True))
        ),
        fixed=_names(pair.loc[after & ~before, "image_new"]),
        broken=_names(pair.loc[before & ~after, "image_new"]),
        caught=_names(pair.loc[now & ~was, "image_new"]),
        freed=_names(pair.loc[was & ~now, "image_new"]),
    )


def _names(images: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(map(str, images)))
