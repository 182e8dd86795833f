"""From cases and trials to verdicts: the one entry of this stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.findings.case_effects import EFFECTS, case_effects
from auditor.findings.case_verdicts import judge_cases
from auditor.findings.class_evidence import gather
from auditor.findings.class_rows import class_row
from auditor.findings.class_verdicts import decide, with_q_values
from auditor.findings.cue_naming import name_cue
from auditor.findings.slices import slice_rows
from auditor.findings.summary import summarise
from auditor.findings.tables import as_numbers, to_cases, to_table
from auditor.findings.trial_table import clusters, tidy


@dataclass(frozen=True)
class Judgement:
    """What an audit found.

    Attributes:
        cases: CASES columns (null where nothing was given or computed) and `slice_*`, sorted by
            severity, worst first, then case_id.
        classes: CLASSES columns, sorted by class.
        slices: SLICES columns, sorted by slice and value.
        summary: plain JSON values; see docs/verdicts.md.
    """

    cases: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
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
    numbers = as_numbers(cases)
    numbers["group"] = clusters(numbers)
    table = tidy(trials, numbers, seed=seed)
    numbers["has_trials"] = numbers["case_id"].isin(set(table.rows["case_id"]))
    names = tuple(sorted(set(classes) | set(numbers["label"])))
    gathered = gather(
        numbers,
        table,
        names,
        null_nominated=null_nominated,
        floor=settings.effect_floor,
        seed=seed,
    )
    evidence = with_q_values(gathered.classes)
    decisions = {e.name: decide(e, settings) for e in evidence}
    swap_confirmed = frozenset(
        name for name, d in decisions.items() if Cue.BACKGROUND in d.convicted_by
    )
    known = numbers.drop(columns=EFFECTS, errors="ignore").merge(
        case_effects(table, gathered.innocent), how="left", left_on="case_id", right_index=True
    )
    known["attributable"] = known["attributable"].eq(True)
    known[["verdict", "reason", "severity"]] = judge_cases(
        known, confirmed=swap_confirmed, floor=settings.effect_floor
    )
    rows = [
        class_row(
            e,
            decisions[e.name],
            name_cue(e, decisions[e.name], table, settings.effect_floor),
            known,
            settings,
        )
        for e in evidence
    ]
    return Judgement(
        cases=to_cases(known),
        classes=to_table("classes", rows),
        slices=to_table("slices", slice_rows(known)),
        summary=summarise(known, {n: d.verdict.value for n, d in decisions.items()}),
    )
