"""One row of the classes table from a class's evidence and verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.domain.locations import write_location
from auditor.domain.places import write_place
from auditor.domain.reasons import Reason, Value
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.findings.clusters import hypothesis_reasons
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.label_accuracy import LabelAccuracy
from auditor.findings.evidence.swap_test import TableTest
from auditor.findings.verdicts.actions import action_numbers
from auditor.findings.verdicts.class_reasons import reason
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.findings.verdicts.rates import rate
from auditor.statistics.effects import Effect
from auditor.wording.class_actions import class_action
from auditor.wording.class_reasons import HYPOTHESIS, class_reason
from auditor.wording.place_words import location_words
from auditor.wording.reason_values import notes_of


def class_row(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    tested: pd.DataFrame,
    settings: FindingsSection,
    *,
    hypotheses: Sequence[Hypothesis] = (),
    shares: Sequence[str] = (),
    rest: Sequence[str] = (),
) -> dict[str, Any]:
    """CLASSES columns of one class; leak is left to its own probe.

    Args:
        evidence: of the class.
        decision: on the class.
        named: what it relies on, if anything points to it.
        tested: the judged cases of which a shortcut could be shown (`rates.swap_tested`), with
            `group`, `label` and `verdict`.
        settings: effect floor and minimum of images.
        hypotheses: on a class without masks, the best shown first.
        shares: confirmed classes with the same cue.
        rest: of three classes the other two, where they may share a cue as well.
    """
    own = tested[tested["label"] == evidence.name]
    shortcuts = rate(own, own["verdict"] == CaseVerdict.SHORTCUT.value)
    beside = (shares, rest)
    why = _reason(evidence, decision, named, settings, hypotheses=hypotheses, beside=beside)
    test = evidence.background
    cue = None if named is None else named.cue.value
    where = None if named is None else write_location(named.where)
    said, todo = class_reason(why), class_action(why, cue, where)
    return {
        "class": evidence.name,
        "images": evidence.images,
        "tested": evidence.tested,
        "accuracy": evidence.accuracy,
        **_accuracies(evidence.label_accuracy),
        "nominated_rate": evidence.nomination.rate,
        "shortcut_rate": shortcuts.value,
        "shortcut_rate_low": shortcuts.low,
        "shortcut_rate_high": shortcuts.high,
        **_interval("background_effect", None if test is None else test.needed),
        **_interval("capture", None if test is None else test.won),
        "q_value": evidence.q_value,
        "object_effect": evidence.object_effect,
        "median_skill": evidence.median_skill,
        "verdict": decision.verdict.value,
        "cue": cue,
        "reason": said,
        "action": todo,
        "nominated_null": evidence.nomination.null,
        "cue_where": None if named is None else location_words(named.where),
        "cue_where_code": where,
        "cue_place": write_place(named.place) if named and named.place else None,
        **_interval("cue_strength", None if named is None else named.strength),
        "cue_examples": " ".join(named.examples) if named and named.examples else None,
        "reason_code": why.code,
        "reason_numbers": why.to_json(),
        "pair_with": decision.pair_with,
        "shares_cue_with": json.dumps(list(shares), ensure_ascii=False) if shares else None,
        "confirmed_by": "intervention" if decision.verdict is ClassVerdict.CONFIRMED else None,
        "look": (evidence.look or evidence.tested or None) if evidence.tested else None,
        "last_look": evidence.last_look if evidence.tested else None,
        "mask_stability": decision.mask_stability,
        **_interval("sufficiency", test.sufficiency if isinstance(test, TableTest) else None),
    }


def _reason(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
    *,
    hypotheses: Sequence[Hypothesis],
    beside: tuple[Sequence[str], Sequence[str]],
) -> Reason:
    """Of a class that only a hypothesis points to, that of the hypothesis."""
    if decision.verdict is ClassVerdict.SUSPECTED and hypotheses and evidence.tested:
        first = hypotheses[0]
        why = hypothesis_reasons.reason(evidence.name, first, evidence.images, settings)
        told: dict[str, Value] = {"kind": first.kind, "notes": (why.code, *notes_of(why))}
        return Reason(HYPOTHESIS, {**why.numbers, **told})
    shares, rest = beside
    found = reason(evidence, decision, named, settings, shares=shares, rest=rest)
    actions = action_numbers(evidence, decision, named, settings)
    return Reason(found.code, {**found.numbers, **actions})


def _accuracies(found: LabelAccuracy | None) -> dict[str, float | None]:
    names = ("sensitivity", "specificity", "auroc")
    return {name: None if found is None else getattr(found, name) for name in names}


def _interval(name: str, effect: Effect | None) -> dict[str, float | None]:
    if effect is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: effect.mean, f"{name}_low": effect.low, f"{name}_high": effect.high}
