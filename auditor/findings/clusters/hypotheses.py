"""Ranked hypotheses of a class without masks: what it may rely on, and how far that is shown.

docs/science.md section 5. Without a mask the most salient patch may be the object, whose removal
costs and whose transplant wins as a cue's does. So a patch alone confirms nothing; it is suspected
where it also keeps to a place of its own. Nor does a region of the picture, which may show the
object, too. Properties of the whole picture need no mask and confirm as elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from auditor.domain.cues import SPEC_OF, Cue
from auditor.domain.hypotheses import PATCH, HypothesisStatus
from auditor.domain.locations import Location
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.patches import Floats, Patches
from auditor.findings.clusters.region_hypotheses import of_region_swaps
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.log_odds import (
    control_patches,
    odds_effect,
    surely_moved,
    with_log_odds,
)
from auditor.findings.evidence.positions import consistency, place_of
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue, examples_of, where_of
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Asked:
    """What stays the same from class to class."""

    patches: Patches
    table: TrialTable
    classes: int
    floor: float
    seed: int


def hypotheses_of(
    evidence: Sequence[ClassEvidence],
    decisions: Mapping[str, Decision],
    cues: Mapping[str, NamedCue | None],
    patches: Patches,
    table: TrialTable,
    *,
    floor: float,
    seed: int,
    q: float = 0.05,
) -> dict[str, tuple[Hypothesis, ...]]:
    """Hypotheses of the classes without masks, the best shown first; a class with masks has none.

    Args:
        evidence, decisions, cues: of every class.
        patches: see `Patches`.
        table: all trials.
        floor: effect floor.
        seed: of the run.
        q: false discovery rate of what is shown by log odds alone.
    """
    asked = _Asked(patches, table, sum(each.images > 0 for each in evidence), floor, seed)
    bare = [e for e in evidence if e.images > 0 and e.masked == 0 and e.tested > 0]
    found: dict[str, list[Hypothesis]] = {}
    for each in bare:
        null = control_patches(table, each.name)
        candidates = [
            *_of_patches(each.name, asked),
            *_of_appearance(each, decisions[each.name], asked),
            *of_region_swaps(
                table,
                each.name,
                beside=frozenset(each.appearance),
                classes=asked.classes,
                floor=floor,
                seed=seed,
            ),
        ]
        found[each.name] = [replace(one, odds_null=null) for one in candidates]
    shown = _shown_by_odds(found, q)
    return {
        name: _ranked([each for each in ones if _worth_telling(each, floor)], cues[name])
        for name, ones in shown.items()
    }


def _shown_by_odds(found: Mapping[str, list[Hypothesis]], q: float) -> dict[str, list[Hypothesis]]:
    """With `odds_shown`: tested over all hypotheses of the run together, and losing surely, too."""
    every = [each for ones in found.values() for each in ones]
    moved = iter(surely_moved([(each.odds_win, each.odds_null) for each in every], q))
    return {
        name: [replace(each, odds_shown=next(moved) and each.costs_in_odds) for each in ones]
        for name, ones in found.items()
    }


def _worth_telling(each: Hypothesis, floor: float) -> bool:
    """Patches always: they are what the maps point at. Others where they lose or win the floor
    (a property), carry the class, or show in log odds."""
    if each.kind == PATCH or each.carries or each.odds_shown:
        return True
    asked = [effect for effect in (each.cost, each.win) if effect is not None]
    return each.of_appearance and any(effect.mean >= floor for effect in asked)


def _of_patches(name: str, asked: _Asked) -> list[Hypothesis]:
    patches = asked.patches
    own = patches.maps[patches.maps["label"] == name]
    groups = own["patch_group"].value_counts()
    elsewhere = patches.shares(other_than=name)
    return [
        _of_group(str(group), int(count) / len(own), elsewhere, asked)
        for group, count in groups.items()
    ]


def _of_group(group: str, share: float, elsewhere: Floats, asked: _Asked) -> Hypothesis:
    patches, seed = asked.patches, asked.seed
    removed = patches.removed[patches.removed["patch_group"] == group]
    given = patches.given[patches.given["patch_group"] == group]
    cost = estimate(removed, "loss", seeded(seed, group, "patch cost"), donors=False)
    win = estimate(given, "gain", seeded(seed, group, "patch win"))
    own_place = consistency(patches.shares(own=group), elsewhere, seeded(seed, group, "place"))
    place = place_of(removed.drop_duplicates("case_id")["place"].dropna())
    removed = with_log_odds(removed, classes=asked.classes)
    given = with_log_odds(given, classes=asked.classes)
    found = Hypothesis(
        kind=PATCH,
        group=group,
        standing=HypothesisStatus.OPEN,
        place=place,
        where=Location(place.where) if place else None,
        share=share,
        own_place=own_place,
        carries=SwapTest(cost, win, two_sided=True).proves(asked.floor),
        cost=cost,
        win=win,
        examples=_examples(removed, given),
        odds_cost=odds_effect(removed, "odds_loss", seeded(seed, group, "odds cost"), donors=False),
        odds_win=odds_effect(given, "odds_gain", seeded(seed, group, "odds win")),
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


def _of_appearance(evidence: ClassEvidence, decision: Decision, asked: _Asked) -> list[Hypothesis]:
    """Properties that were swapped in the first round."""
    found = []
    for cue, look in evidence.appearance.items():
        given = SPEC_OF[cue].given
        if given is None:
            continue
        rows = with_log_odds(asked.table.sample(given), classes=asked.classes, about=evidence.name)
        names = (asked.seed, evidence.name, cue.value)
        half = look.proves_needed(asked.floor) or look.proves_won(asked.floor)
        standing = (
            HypothesisStatus.SUSPECTED
            if half and not look.rules_out(asked.floor)
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
                carries=look.proves(asked.floor),
                cost=look.needed,
                win=look.won,
                examples=examples_of(asked.table, evidence.name, cue),
                odds_cost=_odds(rows[rows["label"] == evidence.name], "odds_loss", *names),
                odds_win=_odds(rows[rows["donor_label"] == evidence.name], "odds_gain", *names),
                of_appearance=True,
            )
        )
    return found


def _odds(rows: pd.DataFrame, value: str, seed: int, *names: str) -> Effect | None:
    return odds_effect(rows, value, seeded(seed, *names, value))


def _ranked(found: Sequence[Hypothesis], named: NamedCue | None) -> tuple[Hypothesis, ...]:
    """By standing, what is proved in any way first, then strength. The part that explains a proved
    look stands as the look does, and before it."""
    order = list(HypothesisStatus)
    ranked = sorted(
        _explained(found),
        key=lambda each: (
            order.index(each.standing),
            not (each.carries or each.odds_shown),
            -(each.strength or 0.0),
            each.kind,
        ),
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
