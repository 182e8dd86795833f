"""Evaluate intervention trials: class verdicts, then cases, slices and hypotheses.

The one entry of this stage: `evaluate_classes`, then `ClassEvaluation.cases` and `conclude`, which
take a dataset of any size part by part; `evaluate` does all three for what fits into memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings.class_decisions import Trials, decide_classes
from auditor.findings.class_evaluation import ClassEvaluation, Findings
from auditor.findings.clusters.hypotheses import hypotheses_of
from auditor.findings.clusters.map_clusters import MapClusters, find_clusters
from auditor.findings.clusters.patch_groups import find_groups
from auditor.findings.clusters.patches import Patches
from auditor.findings.evidence.appearance import appearance_losses
from auditor.findings.evidence.case_effects import case_effects
from auditor.findings.evidence.co_occurrence import co_occurrences
from auditor.findings.evidence.mask_shifts import mask_shifts, object_areas
from auditor.findings.leak.probe import find_leaks
from auditor.findings.tables.hypothesis_rows import with_suspicions
from auditor.findings.verdicts.case_verdicts import ClassStanding
from auditor.findings.verdicts.cue_naming import name_cue
from auditor.findings.verdicts.mask_stability import with_mask_stability
from auditor.findings.verdicts.shared_cues import rest_of_three, shared_cues
from auditor.statistics.sequential import LookPosition

MAPS = ("case_id", "label", "cam", "cam_scale", "peak")
"""What clusters are found with."""


def evaluate_classes(
    cases: pd.DataFrame,
    trials: Trials,
    *,
    settings: FindingsSection,
    seed: int,
    classes: Sequence[str],
    null_nominated: Mapping[str, float | None],
    maps: pd.DataFrame | None = None,
    drawn: Collection[str] | None = None,
    background_features: pd.DataFrame | None = None,
    doubtful: Collection[str] = (),
    mask_trials: pd.DataFrame | None = None,
    labels: Sequence[str] = (),
    at: Mapping[str, LookPosition] | None = None,
) -> ClassEvaluation:
    """What the trials prove of every class.

    Args:
        cases: `POPULATION` columns and `label_probability` of every audited image, and `slice_*`.
        maps: `case_id`, `label`, `cam`, `cam_scale` and, where it is known, `peak` of the cases to
            find clusters with, and of all sampled ones.
        drawn: case_ids among them to find clusters with; None for all.
        background_features: of sampled images without their object, see `findings.leak`.
        doubtful: classes whose automatic masks miss drawn ones by too much to count.
        mask_trials: swaps cut out with wrong masks, see `findings.evidence.mask_shifts`.
        labels: of several an image; empty where each has one. A label and its absence are then
            the two answers of a question, and a label alone gets a row.
        at: the looks of each class and where it stands; a class that is absent has one look.
        trials: see `evaluate`; or who has them, see `decide_classes`.
        settings, seed, classes, null_nominated: see `evaluate`.
    """
    seen = pd.DataFrame(columns=MAPS) if maps is None else maps
    fitted = seen if drawn is None else seen[seen["case_id"].isin(list(drawn))]
    # First, for it takes most memory: so nothing else is held beside it yet.
    clusters = MapClusters({}) if fitted.empty else find_clusters(fitted)
    found = decide_classes(
        cases,
        trials,
        settings=settings,
        seed=seed,
        classes=classes,
        null_nominated=null_nominated,
        doubtful=doubtful,
        labels=labels,
        at=at,
    )
    table, numbers, gathered = found.table, found.population, found.gathered
    evidence, decided = found.evidence, found.decisions
    if mask_trials is not None and not mask_trials.empty:
        shifts = mask_shifts(mask_trials, table, object_areas(cases), seed=seed)
        decided = with_mask_stability(decided, evidence, shifts, settings)
    named = {e.name: name_cue(e, decided[e.name], table, settings.effect_floor) for e in evidence}
    patches = find_groups(fitted, {e.name for e in evidence if e.masked == 0})
    hypotheses = hypotheses_of(
        evidence,
        decided,
        named,
        Patches.of(seen.assign(patch_group=patches.of(seen)), numbers, table),
        table,
        floor=settings.effect_floor,
        seed=seed,
        q=settings.q,
    )
    decisions, cues = with_suspicions(decided, named, hypotheses)
    effects, appearance, asked = (
        case_effects(table, gathered),
        appearance_losses(table),
        found.labels,
    )
    del table, found  # the trials that were kept: no more is held beside the probe than has to be
    return ClassEvaluation(
        population=numbers,
        evidence=tuple(evidence),
        decisions=decisions,
        cues=cues,
        effects=effects,
        standing=ClassStanding.of(decisions, several=bool(labels)),
        shares=shared_cues(evidence, decisions),
        rest=rest_of_three(evidence, decisions),
        clusters=clusters,
        patches=patches,
        hypotheses=hypotheses,
        appearance=appearance,
        leak=find_leaks(background_features, numbers, asked, seed=seed),
        settings=settings,
        beside=co_occurrences(cases, asked, floor=settings.effect_floor) if labels else None,
    )


def evaluate(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    settings: FindingsSection,
    seed: int,
    classes: Sequence[str],
    null_nominated: Mapping[str, float | None],
) -> Findings:
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
    return evaluation.conclude(judged, in_order.astype("category"))
