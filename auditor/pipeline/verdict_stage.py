"""Verdicts: on the classes from all that is known, then on the cases, a part at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from auditor.domain.auto_masks import TRUSTED_IOU
from auditor.domain.mask_doubts import SCORELESS
from auditor.domain.mask_references import MaskSource
from auditor.domain.messages import N_
from auditor.domain.schema import SLICE_PREFIX
from auditor.findings.class_evaluation import ClassEvaluation, Findings
from auditor.findings.clusters.map_clusters import draw
from auditor.findings.evaluate import MAPS, evaluate_classes
from auditor.pipeline.picture_map_stage import lay_out
from auditor.pipeline.setup import Setup
from auditor.pipeline.stored_trials import StoredTrials
from auditor.scoring.null import null_nomination_rates
from auditor.statistics.sequential import LookPosition
from auditor.storage.parts import Parts
from auditor.storage.tables import release_memory, to_arrow
from auditor.storage.writer import RunWriter

SETTLED = ("sampled", "tested", "duplicate_group", "nominated", "mask_doubt")
"""Columns that are settled when all images have been looked at: they replace those of the parts."""
MASK_TRIALS = "mask_trials"
"""Parts of swaps that are cut out with wrong masks, see `auditor.pipeline.mask_stage`."""
GROUPS = ["cluster", "patch_group"]
KEPT = ["case_id", "label", "verdict", "severity", "tested", "p_background_other"]


def write_verdicts(
    setup: Setup,
    writer: RunWriter,
    cases: pd.DataFrame,
    standing: Mapping[str, LookPosition],
) -> Findings:
    """Judge classes and slices, and write the judged cases. What is left of images without their
    object was described before.

    Args:
        cases: light columns of every audited image, in the order of the parts, with `drawn`.
        standing: of each class the look at which it was decided.

    Returns:
        Whole tables but for the cases, which are in the run folder: `KEPT` columns of those with
        trials, worst first.
    """
    setup.progress.stage(N_("evaluating classes"), len(cases))
    sample = cases.loc[cases["drawn"] & ~cases["mask_doubt"].isin(SCORELESS), "case_id"]
    drawn = draw(cases, seed=setup.config.run.seed)
    evaluation = evaluate_classes(
        cases,
        StoredTrials(writer.parts),
        settings=setup.config.findings,
        seed=setup.config.run.seed,
        classes=tuple(map(str, cases["label"].unique())),
        null_nominated=null_nomination_rates(
            writer.parts.find("cases", sample), seed=setup.config.run.seed
        ),
        maps=writer.parts.find("cases", {*drawn, *cases.loc[cases["sampled"], "case_id"]}, MAPS),
        drawn=drawn,
        background_features=writer.parts.read("background_features"),
        doubtful=doubtful_classes(cases, setup.provenance.auto_masks),
        mask_trials=writer.parts.read(MASK_TRIALS),
        labels=setup.classifier.labels,
        at=standing,
    )
    release_memory()
    tested, groups = _evaluate_parts(setup, writer.parts, evaluation, cases)
    writer.write_cases("judged", sorted(n for n in cases.columns if n.startswith(SLICE_PREFIX)))
    return evaluation.conclude(tested, groups)


MANY_AUTOMATIC = 0.2
"""Share of a class's images from which on bad automatic masks decide about it."""


def doubtful_classes(cases: pd.DataFrame, auto_masks: Mapping[str, Any] | None) -> frozenset[str]:
    """Classes over a fifth of whose masks are automatic, where these are known to overlap drawn
    ones by less than `TRUSTED_IOU` in the median; none where no drawn mask tells.

    Args:
        cases: with `label` and `mask_source`.
        auto_masks: as in the manifest.
    """
    iou = None if auto_masks is None else auto_masks.get("iou")
    return frozenset() if iou is None or iou[1] >= TRUSTED_IOU else automatic_classes(cases)


def automatic_classes(cases: pd.DataFrame) -> frozenset[str]:
    """Classes over a fifth of whose images have an automatic mask."""
    automatic = cases["mask_source"].eq(MaskSource.AUTO.value).groupby(cases["label"]).mean()
    return frozenset(map(str, automatic.index[automatic > MANY_AUTOMATIC]))


def _evaluate_parts(
    setup: Setup, parts: Parts, evaluation: ClassEvaluation, cases: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases with trials, and `GROUPS` of every case in the order of `cases`."""
    parts.remove("judged")
    picture_map = lay_out(parts)
    tested: list[pd.DataFrame] = []
    groups = {name: _Names(len(cases)) for name in GROUPS}
    start = 0
    for index, rows in enumerate(parts.each("cases")):
        settled = cases.iloc[start : start + len(rows)]
        if rows.empty:
            continue
        places = picture_map.columns(rows)
        known = {str(name): places[name].array for name in places}
        known |= {name: settled[name].array for name in SETTLED}
        judged = evaluation.cases(rows.assign(**known))
        parts.write_arrow("judged", index, to_arrow("cases", judged))
        tested.append(judged.loc[judged["tested"].astype(bool), KEPT])
        in_order = judged[["case_id", *GROUPS]].set_index("case_id").loc[rows["case_id"]]
        for name, column in groups.items():
            column.put(start, in_order[name])
        start += len(rows)
        setup.progress.advance(len(rows))
    found = pd.concat(tested, ignore_index=True)
    ordered = found.sort_values(["severity", "case_id"], ascending=[False, True], ignore_index=True)
    return ordered, pd.DataFrame({name: column.whole() for name, column in groups.items()})


class _Names:
    """A column of few names that comes a part at a time: four bytes a row."""

    def __init__(self, rows: int) -> None:
        self._codes = np.full(rows, -1, dtype=np.int32)
        self._known: dict[str, int] = {}

    def put(self, start: int, names: pd.Series) -> None:
        """Some rows' names from `start` on; null where there is none."""
        codes = [self._known.setdefault(n, len(self._known)) for n in names.dropna()]
        self._codes[start + np.flatnonzero(names.notna())] = codes

    def whole(self) -> pd.Series:
        """All rows, as categories."""
        names = pd.Index(list(self._known), dtype=object)
        return pd.Series(pd.Categorical.from_codes(self._codes, names))
