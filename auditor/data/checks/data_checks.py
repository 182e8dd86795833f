"""Data-quality checks computed after the scan, and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Final

import pandas as pd

from auditor.data.checks.near_duplicates import near_duplicates
from auditor.data.checks.pictures import refuse_constant
from auditor.data.checks.split_leakage import Leakage
from auditor.data.listing import named
from auditor.domain.mask_doubts import DOUBT_MEANING, MANY, SCORELESS, MaskDoubt
from auditor.domain.messages import coded, coded_n, restored
from auditor.domain.remarks import Remark, remark_told
from auditor.domain.samples import Sample

REASON: Final = ("reason", "reason_code", "reason_numbers")
COMMON_SHARE: Final = 0.01
"""Share of all masks that one mask must have, beside `MANY`: small images repeat by chance."""


@dataclass(frozen=True)
class DataCheckResults:
    """The cases with what was noticed, and a sentence for each thing.

    Attributes:
        cases: `mask_doubt` complete; `nominated` null where the mask carries no score;
            `duplicate_group` filled where pictures look alike and the dataset names no group.
        lost: classes of which images were given and none was audited, and the first reason why.
        leakage: what is shared with other splits; None where there is only one.
        warnings: what else a user should hear.
    """

    cases: pd.DataFrame
    lost: Mapping[str, str]
    leakage: Leakage | None
    warnings: tuple[str, ...]


def check_data(
    cases: pd.DataFrame,
    samples: Iterable[Sample],
    skips: pd.DataFrame,
    leakage: Leakage | None = None,
) -> DataCheckResults:
    """Look over the scored cases of an audit.

    Args:
        samples: all that were to be audited.
        skips: image and reason of those that were not.
        leakage: what they share with other splits.
        cases: of the CASES columns those known after scoring, `mask_doubt` as far as one image
            shows it, `animated`, `perceptual_hash` (bytes or null) and `mask_digest` (int, null
            without), `remarks` (text, null without).

    Raises:
        DataError: most images have one colour throughout.
    """
    constant = _remarked(cases, Remark.CONSTANT)
    refuse_constant(len(constant), len(cases))
    doubted = _with_doubts(cases)
    grouped = _with_groups(doubted)
    lost = _lost_classes(samples, set(cases["label"].unique()), skips)
    leaks = () if leakage is None else leakage.warnings()
    warnings = (
        *leaks,
        *_mask_warnings(doubted),
        *_duplicate_warnings(cases, grouped),
        *_animated_warnings(cases),
        *_remark_warnings(cases),
    )
    return DataCheckResults(
        cases=grouped.drop(columns=["animated", "perceptual_hash", "mask_digest", "remarks"]),
        lost=lost,
        leakage=leakage,
        warnings=warnings,
    )


def _lost_classes(
    samples: Iterable[Sample], left: Collection[str], skips: pd.DataFrame
) -> dict[str, str]:
    columns = [skips.get(name, skips["reason"]) for name in REASON]
    reasons = dict(zip(skips["image"], map(restored, *columns), strict=True))
    unknown = coded("skip.unknown", "not audited")
    lost: dict[str, str] = {}
    for sample in samples:
        if sample.label not in left:
            lost.setdefault(sample.label, reasons.get(sample.image, unknown))
    return dict(sorted(lost.items()))


def _with_doubts(cases: pd.DataFrame) -> pd.DataFrame:
    doubt = cases["mask_doubt"].astype(object).where(cases["mask_doubt"].notna(), None)
    cell = 1 / (cases["cam_height"] * cases["cam_width"])
    tiny = doubt.isna() & (cases["object_area"] > 0) & (cases["object_area"] < cell)
    doubt = doubt.mask(tiny, MaskDoubt.TINY.value)
    masks = cases["mask_digest"].where(doubt.isna())
    many = max(MANY, COMMON_SHARE * masks.notna().sum())
    counts = pd.to_numeric(masks.map(masks.value_counts())).astype("Float64").fillna(0.0)
    repeated = (counts >= many).astype(bool)
    doubt = doubt.mask(repeated, MaskDoubt.REPEATED.value)
    nominated = cases["nominated"].astype("boolean")
    scoreless = doubt.isin([each.value for each in SCORELESS])
    return cases.assign(mask_doubt=doubt, nominated=nominated.mask(scoreless))


def _with_groups(cases: pd.DataFrame) -> pd.DataFrame:
    named_groups = cases["duplicate_group"].astype(object)
    groups = named_groups.where(named_groups.notna(), None).tolist()
    # A photo that is listed with several labels is no copy of itself.
    again = cases["image"].duplicated()
    hashes = [
        value if isinstance(value, bytes) and not seen else None
        for value, seen in zip(cases["perceptual_hash"], again, strict=True)
    ]
    for members in near_duplicates(hashes):
        given = [groups[i] for i in members if groups[i] is not None]
        name = given[0] if given else cases["image"].iloc[members[0]]
        for i in members:
            groups[i] = groups[i] if groups[i] is not None else name
    if again.any():
        of_image = dict(zip(cases["image"][~again], compress(groups, ~again), strict=True))
        groups = [
            own if own is not None else of_image[image]
            for own, image in zip(groups, cases["image"], strict=True)
        ]
    return cases.assign(duplicate_group=pd.Series(groups, index=cases.index, dtype=object))


def _mask_warnings(cases: pd.DataFrame) -> Iterator[str]:
    masked = int(cases["mask_digest"].notna().sum())
    for doubt in MaskDoubt:
        images = cases.loc[cases["mask_doubt"] == doubt.value, "image"].tolist()
        if images:
            values = {"n": len(images), "all": masked, "doubt": DOUBT_MEANING[doubt]}
            values["names"] = named(images)
            yield (
                coded(
                    "data.mask_without_score",
                    "{n:,} of {all:,} masks: {doubt}, so their maps have no score ({names})",
                    **values,
                )
                if doubt in SCORELESS
                else coded("data.mask", "{n:,} of {all:,} masks: {doubt} ({names})", **values)
            )


def _duplicate_warnings(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    new = after[after["duplicate_group"].notna() & before["duplicate_group"].isna().to_numpy()]
    if new.empty:
        return
    groups, images = new["duplicate_group"].nunique(), set(new["image"])
    yield coded_n(
        "data.duplicates",
        "{images:,} images look like another one ({n:,} group): the statistics count each group as"
        " one ({names})",
        "{images:,} images look like another one ({n:,} groups): the statistics count each group"
        " as one ({names})",
        groups,
        images=len(images),
        names=named(images),
    )
    several = new.groupby("duplicate_group")["label"].nunique() > 1
    if several.any():
        names = set(several.index[several])
        yield coded_n(
            "data.contradictions",
            "{n:,} of these groups holds more than one label: {names}",
            "{n:,} of these groups hold more than one label: {names}",
            len(names),
            names=named(names),
        )


def _animated_warnings(cases: pd.DataFrame) -> Iterator[str]:
    images = cases.loc[cases["animated"].astype(bool), "image"].tolist()
    if images:
        yield coded_n(
            "data.animated",
            "{n:,} image is animated or has several pages: the first was audited ({names})",
            "{n:,} images are animated or have several pages: their first was audited ({names})",
            len(images),
            names=named(images),
        )


def _remarked(cases: pd.DataFrame, remark: Remark) -> list[str]:
    """Images of which a remark was made."""
    told = cases["remarks"].map(lambda text: remark.value in str(text).split())
    return list(cases.loc[told.astype(bool), "image"])


def _remark_warnings(cases: pd.DataFrame) -> Iterator[str]:
    for remark in Remark:
        images = _remarked(cases, remark)
        if images:
            yield remark_told(remark, images=len(images), names=named(images))
