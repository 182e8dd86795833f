"""Evaluate intervention trials: class verdicts, then cases, slices and hypotheses.

The one entry of this stage: `evaluate_classes`, then `ClassEvaluation.cases` and `conclude`, which
take a dataset of any size part by part; `judge` does all three for what fits into memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings.class_decisions import decide_classes
from auditor.findings.clusters.hypotheses import hypotheses_of
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.map_clusters import MapClusters, find_clusters
from auditor.findings.clusters.patch_groups import PatchGroups, find_groups
from auditor.findings.clusters.patches import Patches
from auditor.findings.evidence.appearance import AppearanceLosses, appearance_losses
from auditor.findings.evidence.case_effects import EFFECTS, case_effects
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.co_occurrence import CoOccurrence, co_occurrences
from auditor.findings.evidence.mask_shifts import mask_shifts, object_areas
from auditor.findings.frames import as_numbers, to_cases, to_table
from auditor.findings.leak.probe import Leak, find_leaks
from auditor.findings.leak.rows import leak_columns, leak_summary
from auditor.findings.tables.class_rows import class_row
from auditor.findings.tables.hypothesis_rows import Counts, hypothesis_rows, with_suspicions
from auditor.findings.tables.slices import slice_rows
from auditor.findings.tables.summary import summarise
from auditor.findings.verdicts.case_verdicts import ClassStanding, judge_cases
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue, name_cue
from auditor.findings.verdicts.mask_stability import with_mask_stability
from auditor.findings.verdicts.rates import swap_tested
from auditor.findings.verdicts.shared_cues import shared_cues
from auditor.statistics.sequential import Standing

MAPS = ("case_id", "label", "cam", "cam_scale", "peak")
"""What clusters are found with."""


@dataclass(frozen=True)
class Judgement:
    """What an audit found.

    Attributes:
        cases: the judged cases, worst first: of `judge` all with their CASES columns (null where
            nothing was given or computed) and `slice_*`, of an audit those with trials.
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


@dataclass(frozen=True)
class ClassEvaluation:
    """What the trials prove of the classes, ready to be put to single cases.

    So that a dataset of any size can be judged: `cases` takes its rows some at a time.

    Attributes:
        population: every audited image, see `auditor.findings.evidence.population`.
        evidence: of every class.
        decisions: by class.
        cues: what each class relies on, where anything points to it.
        effects: `case_effects` of the cases with trials.
        standing: which classes are confirmed, which suspected.
        shares: of confirmed classes, others with the same cue.
        clusters: of every class's maps.
        patches: groups of alike patches, of the classes without masks.
        hypotheses: on the same classes, the best shown first.
        leak: what the data give away without the objects.
        appearance: what fixed changes of the whole picture cost.
        settings: of the findings.
        beside: labels that occur together, where an image has several.
    """

    population: pd.DataFrame
    evidence: tuple[ClassEvidence, ...]
    decisions: Mapping[str, Decision]
    cues: Mapping[str, NamedCue | None]
    effects: pd.DataFrame
    standing: ClassStanding
    shares: Mapping[str, tuple[str, ...]]
    clusters: MapClusters
    patches: PatchGroups
    hypotheses: Mapping[str, tuple[Hypothesis, ...]]
    leak: Leak
    appearance: AppearanceLosses
    settings: FindingsSection
    beside: tuple[CoOccurrence, ...] | None = None

    def cases(self, cases: pd.DataFrame) -> pd.DataFrame:
        """Rows of the cases table with everything that is known of them, worst first.

        Args:
            cases: whole rows with the CASES columns known before judging, any number of them.
        """
        numbers = as_numbers(cases)
        numbers["has_trials"] = numbers["case_id"].isin(self.effects.index)
        known = numbers.drop(columns=EFFECTS, errors="ignore").merge(
            self.effects, how="left", left_on="case_id", right_index=True
        )
        known["cluster"] = self.clusters.of(known)
        known["patch_group"] = None
        if not cases.empty:
            groups = self.patches.of(cases).set_axis(cases["case_id"].to_numpy())
            known["patch_group"] = known["case_id"].map(groups).astype(object)
        judged = judge_cases(known, standing=self.standing, floor=self.settings.effect_floor)
        known[list(judged.columns)] = judged
        return to_cases(known)

    def conclude(self, judged: pd.DataFrame, groups: pd.DataFrame) -> Judgement:
        """The tables of classes, slices and hypotheses, and the summary.

        Args:
            judged: of the cases with trials at least `case_id` and `verdict`.
            groups: categories `cluster` and `patch_group` of every case, null where it has none,
                in the order of the cases that were weighed.
        """
        verdicts = dict(zip(judged["case_id"], judged["verdict"], strict=True))
        trialled = self.population.loc[self.population["has_trials"], "case_id"]
        known = self.population.drop(columns="case_id").assign(
            verdict=trialled.map(verdicts).astype("category"),  # null without trials
            cluster=groups["cluster"].array.take(self.population.index),
        )
        sample = swap_tested(known)
        counts = Counts(known["label"].value_counts(), groups["patch_group"].value_counts())
        hypotheses = hypothesis_rows(self.hypotheses, counts, self.settings)
        rows = [
            class_row(
                e,
                self.decisions[e.name],
                self.cues[e.name],
                sample,
                self.settings,
                hypotheses=self.hypotheses.get(e.name, ()),
                shares=self.shares.get(e.name, ()),
            )
            | leak_columns(self.leak.classes.get(e.name), self.decisions[e.name].verdict)
            | self.appearance.get(e.name, {})
            for e in self.evidence
        ]
        return Judgement(
            judged,
            to_table("classes", rows),
            to_table("slices", slice_rows(known)),
            to_table("hypotheses", hypotheses),
            summarise(known, {name: d.verdict.value for name, d in self.decisions.items()})
            | {"leak": leak_summary(self.leak, rows)}
            | self._of_labels(),
        )

    def _of_labels(self) -> dict[str, Any]:
        """What the summary says where an image has several labels; nothing elsewhere."""
        if self.beside is None:
            return {}
        known = [e.accuracy for e in self.evidence if e.accuracy is not None]
        return {
            "accuracy": sum(known) / len(known) if known else None,
            "co_occurrence": [asdict(each) for each in self.beside],
        }


def evaluate_classes(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
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
    at: Mapping[str, Standing] | None = None,
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
        trials, settings, seed, classes, null_nominated: see `judge`.
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
    return ClassEvaluation(
        population=numbers,
        evidence=tuple(evidence),
        decisions=decisions,
        cues=cues,
        effects=case_effects(table, gathered),
        standing=ClassStanding.of(decisions, several=bool(labels)),
        shares=shared_cues(evidence, decisions),
        clusters=clusters,
        patches=patches,
        hypotheses=hypotheses,
        appearance=appearance_losses(table),
        leak=find_leaks(background_features, numbers, found.labels, seed=seed),
        settings=settings,
        beside=co_occurrences(cases, found.labels, floor=settings.effect_floor) if labels else None,
    )


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
    return evaluation.conclude(judged, in_order.astype("category"))
