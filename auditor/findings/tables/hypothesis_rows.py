"""Hypotheses in the tables, and what they mean for the verdict on their class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.hypotheses import HypothesisStatus
from auditor.domain.locations import Location, write_location
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.clusters import hypothesis_reasons
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.verdicts.class_verdicts import Decision, UndeterminedReason
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.statistics.effects import Effect
from auditor.wording.hypothesis_reasons import hypothesis_action, hypothesis_reason
from auditor.wording.place_words import location_words

Hypotheses = Mapping[str, tuple[Hypothesis, ...]]


@dataclass(frozen=True)
class HypothesisCounts:
    """Numbers of audited images, by the name of the class or of the group of patches."""

    classes: pd.Series
    groups: pd.Series


def with_suspicions(
    decisions: Mapping[str, Decision], cues: Mapping[str, NamedCue | None], hypotheses: Hypotheses
) -> tuple[dict[str, Decision], dict[str, NamedCue | None]]:
    """A class that could not be judged for want of masks is suspected where its first hypothesis
    is; its cue has a name if the patches lie in corners. No hypothesis ever clears or confirms."""
    decided, named = dict(decisions), dict(cues)
    for name, ranked in hypotheses.items():
        if decisions[name].gate is not UndeterminedReason.NO_MASKS or not ranked:
            continue
        first = ranked[0]
        if first.standing is not HypothesisStatus.SUSPECTED:
            continue
        decided[name] = Decision(ClassVerdict.SUSPECTED)
        if first.place is not None and first.place.cue is Cue.CORNER_MARK:
            named[name] = NamedCue(
                first.place.cue, Location(first.place.where), first.cost, first.examples
            )
    return decided, named


def hypothesis_rows(
    hypotheses: Hypotheses, images: HypothesisCounts, settings: FindingsSection
) -> list[dict[str, Any]]:
    """HYPOTHESES rows by class and rank, without pictures.

    Args:
        hypotheses: of every class without masks, the best shown first.
        images: how many of all audited images belong to each class and each group of patches.
        settings: effect floor and minimum of images.
    """
    return [
        _row(name, rank, each, images, settings)
        for name in sorted(hypotheses)
        for rank, each in enumerate(hypotheses[name], start=1)
    ]


def _row(
    name: str, rank: int, each: Hypothesis, images: HypothesisCounts, settings: FindingsSection
) -> dict[str, Any]:
    own = int(images.groups.get(each.group, 0) if each.group else images.classes[name])
    place = each.own_place
    why = hypothesis_reasons.reason(name, each, own, settings)
    return {
        "class": name,
        "rank": rank,
        "kind": each.kind,
        "patch_group": each.group,
        "standing": each.standing.value,
        "place": None if each.where is None else location_words(each.where),
        "place_code": None if each.where is None else write_location(each.where),
        "images": own,
        "share": each.share,
        "consistency": None if place is None else place.value,
        "consistency_p": None if place is None else place.p_value,
        **_effect("cost", each.cost),
        **_effect("win", each.win),
        "strength": each.strength,
        "carries": each.carries,
        "region": each.region,
        **_interval("log_odds_cost", each.odds_cost),
        **_interval("log_odds_win", each.odds_win),
        "log_odds_null": each.odds_null,
        "log_odds_shown": each.odds_shown,
        "examples": " ".join(each.examples) or None,
        "reason": hypothesis_reason(why),
        "action": hypothesis_action(why),
        "reason_code": why.code,
        "reason_numbers": why.to_json(),
        "picture": None,  # drawn after all verdicts (`evidence_stage.draw_patches`)
    }


def _effect(name: str, effect: Effect | None) -> dict[str, float | int | None]:
    if effect is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high", f"{name}_images"))
    return {
        name: effect.mean,
        f"{name}_low": effect.low,
        f"{name}_high": effect.high,
        f"{name}_images": effect.images,
    }


def _interval(name: str, effect: Effect | None) -> dict[str, float | int | None]:
    return {key: value for key, value in _effect(name, effect).items() if "_images" not in key}
