"""Labels that occur together: a possible cue, since one may be told by the other.

Nothing is changed in a picture here: among a label's own images those with another label are held
against those without it. Whatever else differs between them may be the cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from auditor.domain.multilabel import absent
from auditor.findings.evidence.trial_table import clusters
from auditor.statistics.association import cramers_v

LEAST = 10
"""Independent images on either side below which nothing is told."""
MOST = 3
"""Other labels told of each label, the largest differences first."""


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """A label beside another one.

    Attributes:
        label, other: the label whose answer is asked, and the one that may tell it.
        images_with, images_without: the label's images with and without the other one.
        share, share_elsewhere: of the label's images, and of images without it, that carry the
            other one; None where there are none without it.
        association: bias-corrected Cramér's V of the two labels over these images, 0..1.
        with_other, without_other: mean probability of the label, 0..1.
        difference, low, high: the first minus the second, with its 95% interval (Welch 1947; a
            duplicate group counts once).
        possible_cue: the difference reaches the effect floor, is surely above nothing, and the
            other label is more common beside the label than elsewhere.
    """

    label: str
    other: str
    images_with: int
    images_without: int
    share: float
    share_elsewhere: float | None
    association: float | None
    with_other: float
    without_other: float
    difference: float
    low: float | None
    high: float | None
    possible_cue: bool


def co_occurrences(
    cases: pd.DataFrame, labels: Sequence[str], *, floor: float
) -> tuple[CoOccurrence, ...]:
    """Pairs of labels of which enough images carry both and one alone.

    Args:
        cases: `case_id`, `image`, `label`, `label_probability`, `duplicate_group` of every case.
        labels: of the audit.
        floor: effect floor.
    """
    frame = pd.DataFrame(
        {
            "image": cases["image"].astype(str),
            "label": cases["label"].astype(str),
            "p": pd.to_numeric(cases["label_probability"]).astype(float),
            "group": clusters(cases).astype(str),
        }
    )
    of_label = {str(name): rows for name, rows in frame.groupby("label")}
    nothing = frame.iloc[:0]
    carriers = {name: frozenset(of_label.get(name, nothing)["image"]) for name in labels}
    found: list[CoOccurrence] = []
    for label in labels:
        own, lacking = of_label.get(label, nothing), of_label.get(absent(label), nothing)
        others = [
            each
            for other in labels
            if other != label
            and (each := _beside((label, other), own, lacking, carriers[other], floor)) is not None
        ]
        found += sorted(others, key=lambda each: (-each.difference, each.other))[:MOST]
    return tuple(found)


def _beside(
    names: tuple[str, str],
    own: pd.DataFrame,
    lacking: pd.DataFrame,
    carriers: frozenset[str],
    floor: float,
) -> CoOccurrence | None:
    beside = own["image"].isin(carriers)
    with_other, without = own[beside], own[~beside]
    if min(with_other["group"].nunique(), without["group"].nunique()) < LEAST:
        return None
    elsewhere = lacking["image"].isin(carriers)
    share = len(with_other) / len(own)
    share_elsewhere = float(elsewhere.mean()) if len(lacking) else None
    table = np.array(
        [
            [len(with_other), len(without)],
            [int(elsewhere.sum()), int((~elsewhere).sum())],
        ]
    )
    difference = float(with_other["p"].mean() - without["p"].mean())
    low, high = _interval(with_other, without)
    common = share_elsewhere is None or share > share_elsewhere
    return CoOccurrence(
        label=names[0],
        other=names[1],
        images_with=len(with_other),
        images_without=len(without),
        share=share,
        share_elsewhere=share_elsewhere,
        association=cramers_v(table),
        with_other=float(with_other["p"].mean()),
        without_other=float(without["p"].mean()),
        difference=difference,
        low=low,
        high=high,
        possible_cue=common and difference >= floor and low is not None and low > 0.0,
    )


def _interval(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float | None, float | None]:
    """95% of the difference of means over clusters; None where nothing varies."""
    means = [side.groupby("group")["p"].mean().to_numpy() for side in (one, other)]
    if all(np.ptp(each) == 0.0 for each in means):
        same = float(means[0][0] - means[1][0])
        return same, same
    found = stats.ttest_ind(*means, equal_var=False).confidence_interval()
    return float(found.low), float(found.high)
