"""Numbers of a slice and of a whole run."""

from __future__ import annotations

from typing import Final

from auditor.domain.measures.spec import Format, Measure
from auditor.domain.messages import N_

SLICE_MEASURES: Final[tuple[Measure, ...]] = (
    Measure(
        "accuracy",
        N_("Accuracy"),
        N_("Share of the slice's pictures that the model answers right."),
        Format.PERCENT,
        higher_is_worse=False,
        interval=True,
    ),
    Measure(
        "accuracy_gap",
        N_("Accuracy gap"),
        N_("Accuracy of all other pictures minus the accuracy of the slice."),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
    ),
    Measure(
        "shortcut_rate",
        N_("Shortcut rate"),
        N_("Share of the slice's sampled and tested pictures that are shortcut cases."),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
        interval=True,
    ),
    Measure(
        "association",
        N_("Association with the label"),
        N_("How strongly the column goes with the class (bias-corrected Cramér's V, 0 to 1)."),
        null=0.0,
    ),
    Measure(
        "q_value",
        N_("q value"),
        N_(
            "Expected share of chance findings among the slices with at most this value"
            " (Benjamini-Hochberg)."
        ),
    ),
    Measure("images", N_("Images"), N_("Audited images of the slice."), Format.COUNT),
    Measure("tested", N_("Tested"), N_("Sampled images whose interventions ran."), Format.COUNT),
)

RUN_MEASURES: Final[tuple[Measure, ...]] = (
    Measure(
        "accuracy",
        N_("Accuracy"),
        N_("Share of all audited images that the model answers right."),
        Format.PERCENT,
        higher_is_worse=False,
    ),
    Measure(
        "worst_group_accuracy",
        N_("Worst group"),
        N_("Accuracy of the group of class and slice that is answered worst."),
        Format.PERCENT,
        higher_is_worse=False,
    ),
    Measure(
        "shortcut_rate",
        N_("Shortcut rate"),
        N_("Share of the sampled and tested images that are shortcut cases."),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
    ),
)
"""Of a whole run; keys of summary.json."""
