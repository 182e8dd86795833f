"""Numbers of one class."""

from __future__ import annotations

from typing import Final

from auditor.domain.measures.spec import Format, Measure
from auditor.domain.messages import N_

CLASS_MEASURES: Final[tuple[Measure, ...]] = (
    Measure(
        "background_effect",
        N_("Background effect"),
        N_(
            "Probability of the right answer that is lost when the object stands on backgrounds of"
            " other classes instead of its own class's. 0: nothing."
        ),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
        interval=True,
    ),
    Measure(
        "capture",
        N_("Capture"),
        N_(
            "Probability that the class gains when objects of other classes stand on its"
            " backgrounds. 0: nothing."
        ),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
        interval=True,
    ),
    Measure(
        "cue_strength",
        N_("Strength of the cue"),
        N_("Probability of the class that is lost when the cue is taken away."),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
        interval=True,
    ),
    Measure(
        "shortcut_rate",
        N_("Shortcut rate"),
        N_("Share of its sampled and tested pictures that are shortcut cases."),
        Format.PERCENT,
        null=0.0,
        higher_is_worse=True,
        interval=True,
    ),
    Measure(
        "leak",
        N_("Leak"),
        N_(
            "How well the class can be told from what is not the object, whatever the model does"
            " (AUROC). 0.5 is chance; at 1 the surroundings give the class away."
        ),
        null=0.5,
        higher_is_worse=True,
        interval=True,
    ),
    Measure(
        "accuracy",
        N_("Accuracy"),
        N_("Share of its pictures that the model answers right."),
        Format.PERCENT,
        higher_is_worse=False,
    ),
    Measure(
        "sensitivity",
        N_("Sensitivity"),
        N_("Of one label among several: share of the pictures with it that the model says it of."),
        Format.PERCENT,
        higher_is_worse=False,
    ),
    Measure(
        "specificity",
        N_("Specificity"),
        N_(
            "Of one label among several: share of the sampled pictures without it that the model"
            " leaves alone."
        ),
        Format.PERCENT,
        higher_is_worse=False,
    ),
    Measure(
        "auroc",
        N_("AUROC"),
        N_(
            "Of one label among several: how often its score is higher on a picture with it than on"
            " one without it. Chance is 0.50."
        ),
        Format.DECIMAL,
        null=0.5,
        higher_is_worse=False,
    ),
    Measure(
        "nominated_rate",
        N_("Nominated"),
        N_(
            "Share of its pictures whose heat map prefers the background. A reason to test them,"
            " no evidence of reliance."
        ),
        Format.PERCENT,
    ),
    Measure(
        "nominated_null",
        N_("Nominated by chance"),
        N_("The same share when the masks of the class are exchanged among its pictures."),
        Format.PERCENT,
    ),
    Measure(
        "object_effect",
        N_("Object effect"),
        N_(
            "Mean probability that is lost when the object is removed, beyond an equal hole"
            " elsewhere. Near 0 the model does not need the object."
        ),
        Format.PERCENT,
        null=0.0,
    ),
    Measure(
        "sufficiency",
        N_("Sufficiency"),
        N_("Log odds that the backgrounds of the class give to it on objects of other classes."),
        null=0.0,
        interval=True,
    ),
    Measure(
        "q_value",
        N_("q value"),
        N_(
            "Expected share of chance findings among the classes with at most this value"
            " (Benjamini-Hochberg)."
        ),
    ),
    Measure(
        "median_skill",
        N_("Median focus"),
        N_("Median of the focus of its heat maps: 0 is chance, 1 a map shaped like the object."),
        null=0.0,
    ),
    Measure(
        "leak_network",
        N_("Leak, network features"),
        N_("The leak found in the audited network's own features alone."),
        null=0.5,
    ),
    Measure(
        "leak_plain",
        N_("Leak, colour and texture"),
        N_("The leak found in plain descriptors of colour and texture alone."),
        null=0.5,
    ),
    Measure(
        "leak_hole",
        N_("Leak, hole alone"),
        N_("The same probe on the shape of the hole alone, as a control."),
        null=0.5,
    ),
    Measure(
        "leak_rival",
        N_("Leak, hardest rival"),
        N_("The leak against the one class that is hardest to tell apart."),
        null=0.5,
    ),
    Measure(
        "greyscale_loss",
        N_("Loss in grey"),
        N_("Probability of the right answer that is lost when the picture is grey."),
        Format.PERCENT,
    ),
    Measure(
        "grey_world_loss",
        N_("Loss without colour cast"),
        N_("Probability of the right answer that is lost when the colour cast is removed."),
        Format.PERCENT,
    ),
    Measure(
        "hue_turned_loss",
        N_("Loss with hues turned"),
        N_("Probability of the right answer that is lost when every hue is turned by 180°."),
        Format.PERCENT,
    ),
    Measure(
        "blurred_loss",
        N_("Loss when blurred"),
        N_("Probability of the right answer that is lost when the picture is blurred."),
        Format.PERCENT,
    ),
    Measure(
        "jpeg_loss",
        N_("Loss when compressed"),
        N_("Probability of the right answer that is lost after strong JPEG compression."),
        Format.PERCENT,
    ),
    Measure(
        "border_cropped_loss",
        N_("Loss without the border"),
        N_("Probability of the right answer that is lost when the outer frame is cropped."),
        Format.PERCENT,
    ),
    Measure(
        "mask_stability",
        N_("Mask stability"),
        N_("Share of slightly changed masks under which the verdict stays the same."),
        Format.PERCENT,
    ),
    Measure("images", N_("Images"), N_("Audited images of the class."), Format.COUNT),
    Measure(
        "tested",
        N_("Tested"),
        N_("Sampled images whose interventions ran: the denominator of the rates."),
        Format.COUNT,
    ),
)
