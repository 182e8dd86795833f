"""Numbers of one image."""

from __future__ import annotations

from typing import Final

from auditor.domain.measures.spec import Format, Measure
from auditor.domain.messages import N_

CASE_MEASURES: Final[tuple[Measure, ...]] = (
    Measure(
        "severity",
        N_("Severity"),
        N_("How urgent the case is, from 0 to 1. The gallery is sorted by it."),
    ),
    Measure(
        "confidence",
        N_("Confidence"),
        N_("Probability of the model's answer."),
        Format.PERCENT,
    ),
    Measure(
        "label_probability",
        N_("Probability of the label"),
        N_("Probability that the model gives to the class of the dataset."),
        Format.PERCENT,
    ),
    Measure(
        "object_area",
        N_("Object area"),
        N_("Share of the picture that the object covers."),
        Format.PERCENT,
    ),
    Measure(
        "relevance_mass",
        N_("Heat on the object"),
        N_(
            "Share of the heat map that lies inside the object's outline. A map without"
            " information reaches the object's share of the picture."
        ),
        Format.PERCENT,
    ),
    Measure(
        "relevance_skill",
        N_("Focus"),
        N_(
            "Heat on the object against chance: 0 is a map without information, 1 a map shaped"
            " exactly like the object; below 0 the map avoids the object."
        ),
        null=0.0,
    ),
    Measure(
        "saliency_auroc",
        N_("Ranking"),
        N_(
            "How well the heat map separates the object from the rest. 0.5 is chance, 1 is"
            " perfect; below 0.5 the background is hotter."
        ),
        null=0.5,
    ),
    Measure(
        "pointing_hit",
        N_("Hottest point on the object"),
        N_("Whether the maximum of the heat map lies on the object, within a tolerance."),
        Format.FLAG,
    ),
    Measure(
        "peak_ratio",
        N_("Peak ratio"),
        N_(
            "Highest value outside the object divided by the highest inside. Above 1 the strongest"
            " evidence is not the object."
        ),
        Format.RATIO,
        null=1.0,
    ),
    Measure(
        "border_mass",
        N_("Heat at the border"),
        N_(
            "Share of heat in the outer tenth of the picture beyond that frame's share of the"
            " area. High values hint at tags, frames and watermarks."
        ),
        Format.PERCENT,
        null=0.0,
    ),
    Measure(
        "iou",
        N_("Overlap (IoU)"),
        N_("Shared Interest: intersection over union of the salient part and the object."),
    ),
    Measure(
        "gtc",
        N_("Object covered"),
        N_("Shared Interest: share of the object that is salient."),
        Format.PERCENT,
    ),
    Measure(
        "sc",
        N_("Heat covered"),
        N_("Shared Interest: share of the salient part that is object."),
        Format.PERCENT,
    ),
    Measure(
        "nominated",
        N_("Nominated"),
        N_("Whether the heat map prefers the background; empty where that cannot be told."),
        Format.FLAG,
    ),
    Measure(
        "object_cropped",
        N_("Object cut off"),
        N_("Share of the object that the model's crop cuts off."),
        Format.PERCENT,
    ),
    Measure(
        "p_object_removed",
        N_("Without the object"),
        N_("Probability of the label with the object filled, mean of the fills."),
        Format.PERCENT,
    ),
    Measure(
        "p_background_removed",
        N_("Object alone"),
        N_("Probability of the label with everything but the object filled."),
        Format.PERCENT,
    ),
    Measure(
        "p_background_same",
        N_("On its own class's backgrounds"),
        N_("Probability of the label with the object on backgrounds of its own class."),
        Format.PERCENT,
    ),
    Measure(
        "p_background_other",
        N_("On other classes' backgrounds"),
        N_("Probability of the label with the object on backgrounds of other classes."),
        Format.PERCENT,
    ),
    Measure(
        "background_effect",
        N_("Loss on other backgrounds"),
        N_(
            "Probability of the label that is lost when the object is pasted on backgrounds of"
            " other classes instead of its own class's. 0: no loss."
        ),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
    ),
    Measure(
        "object_effect",
        N_("Loss without the object"),
        N_(
            "Probability of the label that is lost when the object is removed, compared with an"
            " equal hole elsewhere. Near 0 the model does not need the object."
        ),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=False,
    ),
    Measure(
        "background_suffices",
        N_("Pull of the background"),
        N_(
            "How much more the picture without its object supports the label than emptied"
            " pictures of other classes do. 0: not at all."
        ),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
    ),
)
