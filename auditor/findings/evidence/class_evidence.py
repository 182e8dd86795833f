"""Everything that is known of a class before its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from auditor.domain.cues import Cue
from auditor.domain.interventions import Intervention
from auditor.domain.mask_doubts import MaskDoubt
from auditor.domain.mask_references import MaskSource
from auditor.findings.evidence.attribute_swaps import (
    SWAPPED,
    SwapEvaluation,
    edges,
    evaluate_swap,
    patches,
)
from auditor.findings.evidence.class_sample import (
    ByLabel,
    losses_on,
    mean_losses,
    mean_of,
    median_of,
    of_intervention,
    sufficiency_of_empty,
)
from auditor.findings.evidence.label_accuracy import LabelAccuracy
from auditor.findings.evidence.nomination import Nomination, nomination
from auditor.findings.evidence.pair import PairEvidence, pair_evidence
from auditor.findings.evidence.swap_tables import SwapTables
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect
from auditor.statistics.significance import holm

THREE = 3
"""Classes of which nobody can tell a cue of one from a cue that the other two share."""
TOLD_OF_A_CLASS = (
    Intervention.BACKGROUND_OTHER,
    Intervention.PASTED_BACK,
    Intervention.EMPTY_OWN,
    Intervention.OBJECT_REMOVED,
)
"""What single numbers of a class are made of, beside its tests."""


@dataclass(frozen=True, slots=True)
class ClassEvidence:
    """One class; None is undefined.

    Attributes:
        images, masked: audited images, and those with a mask.
        inverted: images whose mask looks inverted; they are not tested.
        tested, groups, swapped: sampled images with trials, their independent groups, and those
            of them whose object could be put on other backgrounds.
        audit_tested: sampled images with trials in the whole audit; 0 if none were run.
        zero_maps: every map of the class is zero.
        background: what the whole background does for it.
        appearance: what colour cast, softness, frame and the edge of its objects do for it,
            where tried.
        patch: what the most salient patch of its background does for it.
        usual: mean probability on backgrounds of its own class, what there is to lose.
        losses: mean probability lost on every other class's backgrounds as they are.
        on_either: of three classes, the same of the other two with its interval; else empty.
        lent: log odds that every other class's backgrounds give to it.
        pasting_damage: mean probability lost by pasting the object back where it was.
        suffices: pull of its empty images over those of classes without a cue.
        pair: of two classes together, where but two were swapped and it is one of them.
        chance: probability of a class in a network that knows nothing, one over their number; of a
            label among several the mean of its sigmoid where it is absent.
        label_accuracy: of a label among several, else None.
        q_value: of the class's smallest Holm-adjusted p-value, Benjamini-Hochberg over tested
            classes.
        look: objects that the class was asked about; None where it was not asked in looks.
        last_look: the most that it could have been asked about.
    """

    name: str
    images: int
    masked: int
    tested: int
    groups: int
    swapped: int
    audit_tested: int
    zero_maps: bool
    accuracy: float | None
    median_skill: float | None
    nomination: Nomination
    background: SwapTest | None
    suffices: Effect | None
    object_effect: float | None
    pasting_damage: float | None
    usual: float | None = None
    losses: Mapping[str, float] = field(default_factory=dict)
    on_either: Mapping[str, Effect] = field(default_factory=dict)
    lent: Mapping[str, float] = field(default_factory=dict)
    appearance: Mapping[Cue, SwapTest] = field(default_factory=dict)
    patch: SwapTest | None = None
    pair: PairEvidence | None = None
    q_value: float | None = None
    chance: float = 0.0
    label_accuracy: LabelAccuracy | None = None
    look: int | None = None
    last_look: int | None = None
    inverted: int = 0

    @property
    def tests(self) -> dict[Cue, SwapTest]:
        """Every test that alone confirms, the swap of the whole background first."""
        whole = {} if self.background is None else {Cue.BACKGROUND: self.background}
        return {**whole, **self.appearance}

    @property
    def p_values(self) -> dict[Cue, float]:
        """Of those tests, adjusted for their number (Holm 1979)."""
        tests = self.tests if self.tested else {}
        known = {cue: p for cue, test in tests.items() if (p := test.p_value) is not None}
        return dict(zip(known, holm(list(known.values())), strict=True))

    @property
    def p_value(self) -> float | None:
        """The class's own: its smallest adjusted p-value."""
        return min(self.p_values.values(), default=None)

    @property
    def beside_owner(self) -> bool:
        """It is the other class of a pair whose cue belongs to one: judged without that cue."""
        return self.pair is not None and self.pair.owner not in (None, self.name)


@dataclass(frozen=True)
class Gathered:
    """Evidence of every class.

    Attributes:
        classes: of each.
        plain: donor classes whose backgrounds have no cue of their own.
        tables: of the swapped backgrounds, where there are three classes or more.
        pair: of the two classes, where there are two.
    """

    classes: tuple[ClassEvidence, ...]
    plain: frozenset[str]
    tables: SwapTables | None
    pair: PairEvidence | None


def gather(
    cases: pd.DataFrame,
    table: TrialTable,
    names: tuple[str, ...],
    *,
    model_classes: int,
    null_nominated: Mapping[str, float | None],
    floor: float,
    seed: int,
    together: bool = True,
) -> Gathered:
    """Evidence of every class, from the random sample where trials are concerned.

    Args:
        cases: all cases with `group` and `has_trials`.
        table: all trials.
        names: every class that gets a row.
        model_classes: how many classes the model knows.
        null_nominated: nomination rate under permuted masks, by class.
        floor: effect floor.
        seed: of the run.
        together: two classes are judged as a pair; False where they are the answers of one label.
    """
    exchanged = {
        spec.id: evaluate_swap(table, spec, model_classes=model_classes, seed=seed)
        for spec in SWAPPED
    }
    background = exchanged[Cue.BACKGROUND]
    edged = edges(table, names, seed=seed)
    patch = patches(table, names, seed=seed)
    pair = (
        pair_evidence(
            table, background.tests, patch, model_classes=model_classes, floor=floor, seed=seed
        )
        # Three classes and more have a table and are no pair: their trials are not read for one.
        if together and background.tables is None
        else None
    )
    three = background.tables is not None and len(background.tables.effects) == THREE
    cases_of, trials_of = ByLabel(cases), ByLabel(table.sample(*TOLD_OF_A_CLASS))
    sampled_tested = int((cases["sampled"] & cases["has_trials"]).sum())
    found = []
    for name in names:
        own, trials = cases_of(name), trials_of(name)
        chosen = own[own["sampled"] & own["has_trials"]]
        swaps = of_intervention(trials, Intervention.BACKGROUND_OTHER)
        pasted = of_intervention(trials, Intervention.PASTED_BACK)
        # A class outside the pair has other trials: what the two say of each other is not its.
        within = pair if pair is not None and name in pair.names else None
        beside = within is not None and within.owner not in (None, name)
        appearance = {} if beside else _appearance_tests(exchanged, name)
        found.append(
            ClassEvidence(
                name=name,
                images=len(own),
                masked=int((own["mask_source"] != MaskSource.NONE.value).sum()),
                tested=len(chosen),
                groups=int(chosen["group"].nunique()),
                swapped=int(swaps.loc[swaps["loss"].notna(), "case_id"].nunique()),
                audit_tested=sampled_tested,
                zero_maps=len(own) > 0 and bool((own["cam_scale"] == 0.0).all()),
                accuracy=mean_of(own["correct"]),
                median_skill=median_of(own["relevance_skill"]),
                nomination=nomination(own, null_nominated.get(name), floor),
                background=_background(background, within, name),
                suffices=sufficiency_of_empty(trials, name, background.plain, seed),
                object_effect=mean_of(of_intervention(trials, Intervention.OBJECT_REMOVED)["loss"]),
                pasting_damage=mean_of(pasted["p_original"] - pasted["p_label"]),
                usual=mean_of(swaps["p_label_control"]),
                losses=mean_losses(swaps),
                on_either=losses_on(swaps, name, seed) if three else {},
                lent=_lent(background, name),
                appearance=appearance | ({Cue.EDGE_MARK: edged[name]} if name in edged else {}),
                patch=patch.get(name),
                pair=within,
                chance=1 / len(names),
                inverted=int((own["mask_doubt"] == MaskDoubt.INVERTED.value).sum()),
            )
        )
    return Gathered(tuple(found), background.plain, background.tables, pair)


def _appearance_tests(exchanged: Mapping[Cue, SwapEvaluation], name: str) -> dict[Cue, SwapTest]:
    return {
        cue: found.tests[name]
        for cue, found in exchanged.items()
        if cue is not Cue.BACKGROUND and name in found.tests
    }


def _background(found: SwapEvaluation, pair: PairEvidence | None, name: str) -> SwapTest | None:
    """Its own test; beside the owner of a pair's cue what it loses where that cue is absent."""
    if pair is not None and pair.owner not in (None, name):
        return SwapTest(pair.without, None, two_sided=True)
    return found.tests.get(name)


def _lent(found: SwapEvaluation, name: str) -> Mapping[str, float]:
    if found.tables is None or name not in found.tables.effects:
        return {}
    return found.tables.effects[name].lent
