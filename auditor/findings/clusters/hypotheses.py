"""Ranked hypotheses of a class without masks: what it may rely on, and how far that is shown.

docs/science.md section 5. Without a mask the most salient patch may be the object, whose removal
costs and whose transplant wins as a cue's does. So a patch alone confirms nothing; it is suspected
where it also keeps to a place of its own. Properties of the whole picture need no mask and confirm
as elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.cues import Cue
from auditor.domain.hypotheses import PATCH, HypothesisStatus
from auditor.domain.interventions import Intervention
from auditor.findings.clusters.map_clusters import seen, vectors_of
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.positions import Consistency, Place, consistency, place_of
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import EXPLAINS, NamedCue, examples_of, where_of
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded

OWN_PLACE = 0.4
"""Consistency from which on a group keeps to a place of its own. In the self-test's worlds without
masks (seeds 0, 10, 20; version 0.1) and the sample data the seven tags reach .50 to .65;
unaffected classes .32 at most. On a grid of 2 x 2 cells a tag reached .21 and was missed."""
LEVEL = 0.05
EXAMPLES = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One thing that a class may rely on; None is undefined.

    Attributes:
        kind: `patch`, or the look: colour cast, blur, border frame.
        group: of alike patches, as in `cases.patch_group`.
        standing: how far the evidence goes.
        place: of the patches.
        where: in the picture, in words.
        share: of the class's maps that are of the group; 1 for a look.
        own_place: whether it lies where other classes' maps do not.
        carries: cost and win are proved.
        cost: probability that the class loses without it, over the control.
        win: probability that images of other classes give to the class with it, over the control.
        examples: case_ids that show it best.
    """

    kind: str
    group: str | None
    standing: HypothesisStatus
    place: Place | None
    where: str | None
    share: float
    own_place: Consistency | None
    carries: bool
    cost: Effect | None
    win: Effect | None
    examples: tuple[str, ...]

    @property
    def at_own_place(self) -> bool:
        """It keeps to a place where other classes' maps do not lie."""
        place = self.own_place
        return place is not None and place.value >= OWN_PLACE and place.p_value <= LEVEL

    def has_all_of(self, other: Hypothesis) -> bool:
        """It costs as much, and wins nearly as much, as another one."""
        pairs = ((self.cost, other.cost, 1.0), (self.win, other.win, EXPLAINS))
        return all(
            own is not None and theirs is not None and own.mean >= part * theirs.mean
            for own, theirs, part in pairs
        )

    @property
    def strength(self) -> float | None:
        """How much of the class's probability hangs on it: share times cost; of a blur, which
        cannot be taken away, what it wins."""
        effect = self.win if self.kind == Cue.BLUR.value else self.cost
        return None if effect is None else self.share * max(0.0, effect.mean)


@dataclass(frozen=True)
class Patches:
    """What hypotheses about patches are made of.

    Attributes:
        maps: `case_id`, `label`, `cam`, `cam_scale` and `patch_group` of the cases drawn.
        clusters: the statistical cluster of each of them, by case_id.
        removed, given: sampled trials of salient patches, removed and given away.
    """

    maps: pd.DataFrame
    clusters: pd.Series
    removed: pd.DataFrame
    given: pd.DataFrame

    @classmethod
    def of(cls, maps: pd.DataFrame, population: pd.DataFrame, table: TrialTable) -> Patches:
        """From all that is known."""
        group = maps.set_index("case_id")["patch_group"]
        removed = table.sample(Intervention.SALIENT_REMOVED)
        given = table.sample(Intervention.PATCH_OTHER)
        given = given[given["donor_group"].notna()]
        drawn = population[population["case_id"].isin(maps["case_id"])]
        return cls(
            maps=seen(maps).sort_values("case_id"),
            clusters=drawn.set_index("case_id")["group"],
            removed=removed.assign(patch_group=removed["case_id"].map(group)),
            given=given.assign(patch_group=given["donor"].map(group)),
        )

    def shares(self, *, own: str | None = None, other_than: str | None = None) -> Floats:
        """(n, cells) maps of a group, or of all classes but one: a mean of each cluster of
        near-duplicates, each summing to one."""
        rows = self.maps
        chosen = rows[rows["patch_group"] == own if own else rows["label"] != other_than]
        if chosen.empty:
            return np.zeros((0, 1))
        clusters = chosen["case_id"].map(self.clusters)
        shares = pd.DataFrame(vectors_of(chosen["cam"]) ** 2)
        means: Floats = shares.groupby(clusters.to_numpy()).mean().to_numpy()
        return means


def hypotheses_of(
    evidence: Sequence[ClassEvidence],
    decisions: Mapping[str, Decision],
    cues: Mapping[str, NamedCue | None],
    patches: Patches,
    table: TrialTable,
    *,
    floor: float,
    seed: int,
) -> dict[str, tuple[Hypothesis, ...]]:
    """Hypotheses of the classes without masks, the best shown first; a class with masks has none.

    Args:
        evidence, decisions, cues: of every class.
        patches: see `Patches`.
        table: all trials.
        floor: effect floor.
        seed: of the run.
    """
    found: dict[str, tuple[Hypothesis, ...]] = {}
    for each in evidence:
        if each.images == 0 or each.masked > 0 or each.tested == 0:
            continue
        ranked = [
            *_of_patches(each.name, patches, floor=floor, seed=seed),
            *_of_looks(each, decisions[each.name], table, floor=floor),
        ]
        found[each.name] = _ranked(ranked, cues[each.name])
    return found


def _of_patches(name: str, patches: Patches, *, floor: float, seed: int) -> list[Hypothesis]:
    own = patches.maps[patches.maps["label"] == name]
    groups = own["patch_group"].value_counts()
    elsewhere = patches.shares(other_than=name)
    return [
        _of_group(str(group), int(count) / len(own), patches, elsewhere, floor=floor, seed=seed)
        for group, count in groups.items()
    ]


def _of_group(
    group: str, share: float, patches: Patches, elsewhere: Floats, *, floor: float, seed: int
) -> Hypothesis:
    removed = patches.removed[patches.removed["patch_group"] == group]
    given = patches.given[patches.given["patch_group"] == group]
    cost = estimate(removed, "loss", seeded(seed, group, "patch cost"), donors=False)
    win = estimate(given, "gain", seeded(seed, group, "patch win"))
    own_place = consistency(patches.shares(own=group), elsewhere, seeded(seed, group, "place"))
    place = place_of(removed.drop_duplicates("case_id")["place"].dropna())
    found = Hypothesis(
        kind=PATCH,
        group=group,
        standing=HypothesisStatus.OPEN,
        place=place,
        where=place.words if place else None,
        share=share,
        own_place=own_place,
        carries=SwapTest(cost, win, two_sided=True).proves(floor),
        cost=cost,
        win=win,
        examples=_examples(removed, given),
    )
    if found.carries and found.at_own_place:
        return replace(found, standing=HypothesisStatus.SUSPECTED)
    return found


def _examples(removed: pd.DataFrame, given: pd.DataFrame) -> tuple[str, ...]:
    """Cases that lose most without their patch, then those whose patch wins most."""
    lost = removed.groupby("case_id")["loss"].mean().dropna()
    won = given.groupby("donor")["gain"].mean().dropna()
    ranked = [
        str(case)
        for effects in (lost, won)
        for case in effects.sort_index().sort_values(ascending=False, kind="stable").index
    ]
    return tuple(dict.fromkeys(ranked))[:EXAMPLES]


def _of_looks(
    evidence: ClassEvidence, decision: Decision, table: TrialTable, *, floor: float
) -> list[Hypothesis]:
    """Looks that lose or win at least the floor."""
    found = []
    for cue, look in evidence.looks.items():
        asked = [effect for effect in (look.needed, look.won) if effect is not None]
        if not any(effect.mean >= floor for effect in asked):
            continue
        half = look.proves_needed(floor) or look.proves_won(floor)
        standing = (
            HypothesisStatus.SUSPECTED
            if half and not look.rules_out(floor)
            else HypothesisStatus.OPEN
        )
        found.append(
            Hypothesis(
                kind=cue.value,
                group=None,
                standing=HypothesisStatus.CONFIRMED if cue in decision.confirmed_by else standing,
                place=None,
                where=where_of(cue),
                share=1.0,
                own_place=None,
                carries=look.proves(floor),
                cost=look.needed,
                win=look.won,
                examples=examples_of(table, evidence.name, cue),
            )
        )
    return found


def _ranked(found: Sequence[Hypothesis], named: NamedCue | None) -> tuple[Hypothesis, ...]:
    """By standing, then strength. The part that explains a proved look stands as the look does,
    and before it."""
    order = list(HypothesisStatus)
    ranked = sorted(
        _explained(found),
        key=lambda each: (order.index(each.standing), -(each.strength or 0.0), each.kind),
    )
    first = next((i for i, each in enumerate(ranked) if _is_named(each, named)), None)
    proved = bool(ranked) and ranked[0].standing is HypothesisStatus.CONFIRMED
    if first is None or not proved:
        return tuple(ranked)
    chosen = replace(ranked.pop(first), standing=HypothesisStatus.CONFIRMED)
    return (chosen, *ranked)


def _explained(found: Sequence[Hypothesis]) -> list[Hypothesis]:
    """A patch that costs and wins what the outer frame does is what the frame shows: where part of
    that is proved the patch is suspected, at however coarse a place the maps can tell."""
    frames = [
        each
        for each in found
        if each.kind == Cue.BORDER_FRAME.value and each.standing is not HypothesisStatus.OPEN
    ]
    return [
        replace(each, standing=HypothesisStatus.SUSPECTED)
        if each.kind == PATCH and each.carries and any(map(each.has_all_of, frames))
        else each
        for each in found
    ]


def _is_named(hypothesis: Hypothesis, named: NamedCue | None) -> bool:
    if named is None:
        return False
    local: Collection[Cue] = (Cue.CORNER_MARK, Cue.CO_OCCURRING_OBJECT)
    return hypothesis.kind == (PATCH if named.cue in local else named.cue.value)
