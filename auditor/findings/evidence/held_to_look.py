"""Evidence of a class that was looked at several times, held to the look where it stands."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.swap_test import SwapTest
from auditor.statistics.effects import Effect
from auditor.statistics.sequential import LookPosition


def held_to(evidence: ClassEvidence, at: LookPosition) -> ClassEvidence:
    """The same evidence with every bound and p-value as they hold at all looks together
    (Jennison & Turnbull 1989). With one look nothing changes.

    Args:
        evidence: from the trials so far.
        at: the looks of the class and where it stands.
    """
    background, patch, pair = evidence.background, evidence.patch, evidence.pair
    return replace(
        evidence,
        background=None if background is None else _held(background, at),
        appearance={cue: _held(test, at) for cue, test in evidence.appearance.items()},
        patch=None if patch is None else _held(patch, at),
        pair=None if pair is None else replace(pair, without=_effect(pair.without, at)),
        suffices=_effect(evidence.suffices, at),
        look=at.objects,
        last_look=at.looks[-1],
    )


def _held(test: SwapTest, at: LookPosition) -> SwapTest:
    """With every effect that is a field of it held to the look."""
    effects: dict[str, Any] = {
        field.name: value.held_to(at)
        for field in fields(test)
        if isinstance(value := getattr(test, field.name), Effect)
    }
    return replace(test, **effects)


def _effect(effect: Effect | None, at: LookPosition) -> Effect | None:
    return None if effect is None else effect.held_to(at)
