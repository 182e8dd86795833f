"""Verdicts: on the classes from all that is known, then on the cases, a part at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.domain.mask_doubts import SCORELESS
from auditor.domain.schema import SLICE_PREFIX
from auditor.findings.map_clusters import draw
from auditor.findings.weighing import MAPS, Weighed, weigh
from auditor.pipeline.setup import Setup
from auditor.scoring.null import null_nomination_rates
from auditor.storage.parts import Parts
from auditor.storage.tables import to_arrow
from auditor.storage.writer import RunWriter

SETTLED = ("sampled", "tested", "duplicate_group", "nominated", "mask_doubt")
"""Columns that are settled when all images have been looked at: they replace those of the parts."""
GROUPS = ["cluster", "patch_group"]
KEPT = ["case_id", "label", "verdict", "severity", "tested"]


@dataclass(frozen=True)
class Verdicts:
    """What an audit found. The cases are in the run folder.

    Attributes:
        tested: `KEPT` columns of the cases with trials, worst first.
        classes, slices, hypotheses: whole tables.
        summary: plain JSON values.
    """

    tested: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
    hypotheses: pd.DataFrame
    summary: dict[str, Any]


def judge(setup: Setup, writer: RunWriter, cases: pd.DataFrame, trials: pd.DataFrame) -> Verdicts:
    """Judge classes and slices, and write the judged cases. What is left of images without their
    object was described before.

    Args:
        cases: light columns of every audited image, in the order of the parts.
        trials: all trials.
    """
    setup.progress.stage("judging", len(cases))
    sampled = cases.loc[cases["sampled"] & ~cases["mask_doubt"].isin(SCORELESS), "case_id"]
    drawn = draw(cases, seed=setup.config.run.seed)
    weighed = weigh(
        cases,
        trials,
        settings=setup.config.findings,
        seed=setup.config.run.seed,
        classes=setup.classifier.classes,
        null_nominated=null_nomination_rates(
            writer.parts.find("cases", sampled), seed=setup.config.run.seed
        ),
        maps=writer.parts.find("cases", {*drawn, *cases.loc[cases["sampled"], "case_id"]}, MAPS),
        drawn=drawn,
        remains=writer.parts.read("remains"),
    )
    tested, groups = _judge_parts(setup, writer.parts, weighed, cases)
    writer.write_cases("judged", sorted(n for n in cases.columns if n.startswith(SLICE_PREFIX)))
    return Verdicts(tested=tested, **vars(weighed.conclude(tested, groups)))


def _judge_parts(
    setup: Setup, parts: Parts, weighed: Weighed, cases: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases with trials, and `GROUPS` of every case that has one, by case_id."""
    parts.remove("judged")
    tested: list[pd.DataFrame] = []
    groups: list[pd.DataFrame] = []
    start = 0
    for index, rows in enumerate(parts.each("cases")):
        settled = cases.iloc[start : start + len(rows)]
        start += len(rows)
        if rows.empty:
            continue
        judged = weighed.cases(rows.assign(**{n: settled[n].array for n in SETTLED}))
        parts.write_arrow("judged", index, to_arrow("cases", judged))
        tested.append(judged.loc[judged["tested"].astype(bool), KEPT])
        own = judged[judged[GROUPS].notna().any(axis=1)]
        groups.append(own.set_index("case_id")[GROUPS].astype("category"))
        setup.progress.advance(len(rows))
    found = pd.concat(tested, ignore_index=True)
    ordered = found.sort_values(["severity", "case_id"], ascending=[False, True], ignore_index=True)
    return ordered, pd.concat(groups)
