"""From cases and trials to verdicts: the one entry of this stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings.evaluate import evaluate_classes


@dataclass(frozen=True)
class Judgement:
    """What an audit found.

    Attributes:
        cases: CASES columns (null where nothing was given or computed) and `slice_*`, sorted by
            severity, worst first, then case_id.
        classes: CLASSES columns, sorted by class.
        slices: SLICES columns, sorted by slice and value.
        hypotheses: HYPOTHESES columns of the classes without masks, the best shown first.
        summary: plain JSON values; see docs/verdicts.md.
    """

    cases: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
    hypotheses: pd.DataFrame
    summary: dict[str, Any]


def judge(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    settings: FindingsSection,
    seed: int,
    classes: Sequence[str],
    null_nominated: Mapping[str, float | None],
) -> Judgement:
    """Verdicts on cases, classes and slices. The order of the input's rows does not matter.

    Args:
        cases: one row an audited image, with the CASES columns known before judging and `slice_*`.
        trials: TRIALS columns; empty where interventions were not run.
        settings: effect floor, false discovery rate, minimum of images.
        seed: of the run; every estimate draws from it and its class's name alone.
        classes: names the model knows; labels beside them get a row too.
        null_nominated: nomination rate of a class under permuted masks, None where unknown.

    Returns:
        Tables in which undefined is null, never NaN.
    """
    evaluation = evaluate_classes(
        cases,
        trials,
        settings=settings,
        seed=seed,
        classes=classes,
        null_nominated=null_nominated,
        maps=cases if "cam" in cases else None,
    )
    judged = evaluation.cases(cases)
    groups = judged.set_index("case_id")[["cluster", "patch_group"]]
    in_order = groups if cases.empty else groups.loc[cases["case_id"]]
    concluded = evaluation.conclude(judged, in_order.astype("category"))
    return Judgement(cases=judged, **vars(concluded))
