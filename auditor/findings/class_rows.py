"""One row of the classes table from a class's evidence and verdict."""

from __future__ import annotations

from typing import Any

import pandas as pd

from auditor.config import FindingsSection
from auditor.domain.verdicts import CaseVerdict
from auditor.findings.actions import action
from auditor.findings.class_evidence import ClassEvidence
from auditor.findings.class_verdicts import Decision
from auditor.findings.class_words import reason
from auditor.findings.cue_naming import NamedCue
from auditor.findings.effects import Effect
from auditor.findings.rates import rate, swap_tested


def class_row(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    cases: pd.DataFrame,
    settings: FindingsSection,
) -> dict[str, Any]:
    """CLASSES columns of one class; leak is left to its own probe.

    Args:
        evidence: of the class.
        decision: on the class.
        named: what it relies on, if anything points to it.
        cases: all judged cases with `group`, `has_trials`, `sampled`, `mask_source`, `verdict`.
        settings: effect floor and minimum of images.
    """
    own = swap_tested(cases[cases["label"] == evidence.name])
    shortcuts = rate(own, own["verdict"] == CaseVerdict.SHORTCUT.value)
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
        "reason": reason(evidence, decision, named, settings),
        "action": action(evidence, decision, named, settings),
        "nominated_null": evidence.nomination.null,
        "cue_where": None if named is None else named.where,
        **_interval("cue_strength", None if named is None else named.strength),
        "cue_examples": " ".join(named.examples) if named and named.examples else None,
    }


def _interval(name: str, effect: Effect | None) -> dict[str, float | None]:
    if effect is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: effect.mean, f"{name}_low": effect.low, f"{name}_high": effect.high}
