"""One row of the classes table from a class's evidence and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.findings.clusters import hypothesis_reasons
from auditor.findings.clusters.hypotheses import Hypothesis
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.verdicts.actions import action
from auditor.findings.verdicts.class_reasons import reason
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.findings.verdicts.rates import rate
from auditor.statistics.effects import Effect


def class_row(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    tested: pd.DataFrame,
    settings: FindingsSection,
    *,
    hypotheses: Sequence[Hypothesis] = (),
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
    """
    own = tested[tested["label"] == evidence.name]
    shortcuts = rate(own, own["verdict"] == CaseVerdict.SHORTCUT.value)
    said, todo = _words(evidence, decision, named, settings, hypotheses)
    return {
        "class": evidence.name,
        "images": evidence.images,
        "tested": evidence.tested,
        "accuracy": evidence.accuracy,
        "nominated_rate": evidence.nomination.rate,
        "shortcut_rate": shortcuts.value,
        "shortcut_rate_low": shortcuts.low,
        "shortcut_rate_high": shortcuts.high,
        **_interval("background_effect", evidence.necessity.effect),
        **_interval("capture", evidence.capture),
        "q_value": evidence.q_value,
        "object_effect": evidence.object_effect,
        "median_skill": evidence.median_skill,
        "verdict": decision.verdict.value,
        "cue": None if named is None else named.cue.value,
        "reason": said,
        "action": todo,
        "nominated_null": evidence.nomination.null,
        "cue_where": None if named is None else named.where,
        **_interval("cue_strength", None if named is None else named.strength),
        "cue_examples": " ".join(named.examples) if named and named.examples else None,
    }


def _words(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
    hypotheses: Sequence[Hypothesis],
) -> tuple[str, str | None]:
    """Reason and action; of a class that only a hypothesis accuses those of the hypothesis."""
    if decision.verdict is ClassVerdict.SUSPECTED and hypotheses and evidence.tested:
        first = hypotheses[0]
        return (
            hypothesis_reasons.reason(first, settings.effect_floor),
            hypothesis_reasons.action(evidence.name, first, evidence.images, settings),
        )
    return (
        reason(evidence, decision, named, settings),
        action(evidence, decision, named, settings),
    )


def _interval(name: str, effect: Effect | None) -> dict[str, float | None]:
    if effect is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: effect.mean, f"{name}_low": effect.low, f"{name}_high": effect.high}
