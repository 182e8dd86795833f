"""Several labels an image: evidence of each label from its own two answers. docs/science.md, 8.3.

A label is held against its own negatives: its objects go on backgrounds of pictures without it,
theirs on its backgrounds, and its own sigmoid is asked. What its sigmoid loses and what it gains
are both about this label, so the verdict is its own: there is no other class to share it with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from auditor.domain.multilabel import absent
from auditor.findings.evidence.class_evidence import (
    ClassEvidence,
    Gathered,
    gather,
)
from auditor.findings.evidence.label_accuracy import LabelAccuracy
from auditor.findings.evidence.trial_table import TrialTable


@dataclass(frozen=True)
class Answered:
    """How the network answers to images of every label.

    Attributes:
        accuracy: by label.
        by_chance: by label, mean of its sigmoid where the label is absent; None without such.
    """

    accuracy: Mapping[str, LabelAccuracy]
    by_chance: Mapping[str, float | None]


def answered(cases: pd.DataFrame, labels: Iterable[str]) -> Answered:
    """Sensitivity, specificity, their mean and the AUROC of every label.

    Args:
        cases: `label`, `correct` and `label_probability` of every case.
        labels: to tell.
    """
    places = cases.groupby("label", observed=True).indices
    correct = pd.to_numeric(cases["correct"]).to_numpy(np.float64)
    probability = pd.to_numeric(cases["label_probability"]).to_numpy(np.float64)
    accuracy: dict[str, LabelAccuracy] = {}
    by_chance: dict[str, float | None] = {}
    nobody = np.empty(0, dtype=np.int64)
    for label in labels:
        present, lacking = places.get(label, nobody), places.get(absent(label), nobody)
        there, elsewhere = probability[present], 1.0 - probability[lacking]
        accuracy[label] = LabelAccuracy(
            _mean(correct[present]), _mean(correct[lacking]), auroc(there, elsewhere)
        )
        by_chance[label] = _mean(elsewhere)
    return Answered(accuracy, by_chance)


def gather_labels(
    cases: pd.DataFrame,
    table: TrialTable,
    labels: Sequence[str],
    found: Answered,
    *,
    null_nominated: Mapping[str, float | None],
    floor: float,
    seed: int,
) -> Gathered:
    """Evidence of every label; its absence has none of its own.

    Args:
        cases, table, null_nominated, floor, seed: as for `gather`.
        labels: that get a row.
        found: how the network answers.
    """
    tested = int((cases["sampled"] & cases["has_trials"]).sum())
    evidence: list[ClassEvidence] = []
    questions = [(label, absent(label)) for label in labels]
    for both, trials in zip(questions, table.of_labels(questions), strict=True):
        label = both[0]
        own = gather(
            cases[cases["label"].isin(both)],
            trials,
            both,
            model_classes=2,
            null_nominated=null_nominated,
            floor=floor,
            seed=seed,
            together=False,
        )
        accuracy = found.accuracy[label]
        evidence.append(
            replace(
                own.classes[0],
                accuracy=accuracy.balanced,
                label_accuracy=accuracy,
                audit_tested=tested,
                chance=found.by_chance[label] or 0.0,
            )
        )
    return Gathered(tuple(evidence), frozenset(), None, None)


def auroc(there: NDArray[np.float64], elsewhere: NDArray[np.float64]) -> float | None:
    """Share of pairs in which the first is larger, ties one half; None where a side is empty."""
    if not len(there) or not len(elsewhere):
        return None
    ranks = rankdata(np.concatenate([there, elsewhere]))[: len(there)]
    above = ranks.sum() - len(there) * (len(there) + 1) / 2
    return float(above / (len(there) * len(elsewhere)))


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None
