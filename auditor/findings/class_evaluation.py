"""What trials prove of the classes, and what that makes of cases, classes and slices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.map_clusters import MapClusters
from auditor.findings.clusters.patch_groups import PatchGroups
from auditor.findings.evidence.appearance import UNTRIED, AppearanceLosses
from auditor.findings.evidence.case_effects import EFFECTS
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.co_occurrence import CoOccurrence
from auditor.findings.frames import as_numbers, to_cases, to_table
from auditor.findings.leak.probe import Leak
from auditor.findings.leak.rows import leak_columns, leak_summary
from auditor.findings.tables.class_rows import class_row
from auditor.findings.tables.hypothesis_rows import HypothesisCounts, hypothesis_rows
from auditor.findings.tables.slices import slice_rows
from auditor.findings.tables.summary import summarise
from auditor.findings.verdicts.case_verdicts import ClassStanding, evaluate_cases
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.findings.verdicts.rates import swap_tested


@dataclass(frozen=True)
class Findings:
    """What an audit found.

    Attributes:
        cases: the judged cases, worst first: of `evaluate` all with their CASES columns (null where
            nothing was given or computed) and `slice_*`, of an audit those with trials.
        classes: CLASSES columns, sorted by class.
        slices: SLICES columns, sorted by slice and value.
        hypotheses: HYPOTHESES columns of the classes without masks, the best shown first.
        summary: plain JSON values; see docs/science.md, 8.7.
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
        rest: of a confirmed class of three, the other two (`rest_of_three`).
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
    rest: Mapping[str, tuple[str, ...]]
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
        judged = evaluate_cases(known, standing=self.standing, floor=self.settings.effect_floor)
        known[list(judged.columns)] = judged
        return to_cases(known)

    def conclude(self, judged: pd.DataFrame, groups: pd.DataFrame) -> Findings:
        """The tables of classes, slices and hypotheses, and the summary.

        Args:
            judged: of the cases with trials at least `case_id`, `verdict` and
                `p_background_other`.
            groups: categories `cluster` and `patch_group` of every case, null where it has none,
                in the order of the cases that were weighed.
        """
        told = judged.set_index("case_id")
        trialled = self.population.loc[self.population["has_trials"], "case_id"]
        known = self.population.drop(columns="case_id").assign(
            # Null without trials.
            verdict=trialled.map(told["verdict"]).astype("category"),
            p_background_other=trialled.map(told["p_background_other"]).astype("float32"),
            cluster=groups["cluster"].array.take(self.population.index),
        )
        sample = swap_tested(known)
        counts = HypothesisCounts(
            known["label"].value_counts(), groups["patch_group"].value_counts()
        )
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
                rest=self.rest.get(e.name, ()),
            )
            | leak_columns(self.leak.classes.get(e.name), self.decisions[e.name].verdict)
            | UNTRIED
            | self.appearance.get(e.name, {})
            for e in self.evidence
        ]
        return Findings(
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
