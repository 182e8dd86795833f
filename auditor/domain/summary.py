"""What `summary.json` of a run holds: every key, its type and its meaning, in one place.

Read through `auditor.storage.manifest`; what users see as `run.summary` are the plain JSON values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Verdicts and headline numbers. None where a number is not defined or was not kept.

    Attributes:
        verdicts: of every class.
        confirmed: classes with the verdict confirmed.
        shortcut_rate: share of the randomly sampled, tested cases that are shortcuts.
        accuracy: of all audited cases; of several labels an image the mean over labels of
            sensitivity and specificity.
        worst_group_accuracy: of the worst group of class and slice value.
        worst_group: its name.
        images: audited cases.
        tested: sampled cases with interventions.
        leak: what a background, patch or appearance classifier reaches; see docs/science.md, 8.8.
        co_occurrence: of several labels an image, those that occur together; see
            `auditor.findings.evidence.co_occurrence`. None where an image has one.
        saliency_sane: no check of the saliency maps failed.
    """

    verdicts: Mapping[str, str | None] = field(default_factory=dict)
    confirmed: int | None = None
    shortcut_rate: float | None = None
    accuracy: float | None = None
    worst_group_accuracy: float | None = None
    worst_group: str | None = None
    images: int | None = None
    tested: int | None = None
    leak: Mapping[str, Any] | None = None
    co_occurrence: tuple[Mapping[str, Any], ...] | None = None
    saliency_sane: bool | None = None
