"""Every number that people see, once: its column, its name, what it means, how it is written.

Reports, the dashboard, comparisons, gates and the terminal take their words from here. A column of
`auditor.domain.schema` that holds a number is a measure or stands in `TECHNICAL`; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from auditor.domain.messages import N_


class Format(StrEnum):
    """How a value is written for people; tables keep full precision."""

    PERCENT = "percent"
    """a share or a probability, 0..1: 78%"""
    DECIMAL = "decimal"
    """two digits: 0.78"""
    RATIO = "ratio"
    """two digits below 10, none above: 3.96, 123"""
    COUNT = "count"
    """1,234"""
    FLAG = "flag"
    """yes or no"""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a table.

    Attributes:
        column: of the table.
        title: a few words, English (a key of the message catalogues).
        help: one or two sentences for a reader who is no statistician; likewise.
        format: how it is written.
        null: what an uninformed map or model scores; None where that has no meaning.
        higher_is_worse: for comparisons and gates; None where neither direction is worse.
        interval: the table also has `column`_low and `column`_high, a 95% interval.
    """

    column: str
    title: str
    help: str
    format: Format = Format.DECIMAL
    null: float | None = None
    higher_is_worse: bool | None = None
    interval: bool = False

    @property
    def low(self) -> str:
        """Column of the interval's lower end."""
        return f"{self.column}_low"

    @property
    def high(self) -> str:
        """Column of the interval's upper end."""
        return f"{self.column}_high"


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

MEASURES: Final[Mapping[str, tuple[Measure, ...]]] = MappingProxyType(
    {"cases": CASE_MEASURES, "classes": CLASS_MEASURES, "slices": SLICE_MEASURES}
)
"""By table."""

TECHNICAL: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "cases": frozenset(
            {
                *("cam_height", "cam_width", "cam_scale", "label_cam_scale"),
                *("image_width", "image_height", "correct", "sampled", "tested", "map_shows_it"),
            }
        ),
        "classes": frozenset({"look"}),
        "slices": frozenset({"worst_group"}),
    }
)
"""Columns with numbers or flags that are no measure: shapes, scales and membership."""

COMPARED: Final[tuple[Measure, ...]] = tuple(
    measure for measure in CLASS_MEASURES if measure.higher_is_worse is not None
)
"""Measures of a class that comparisons and gates follow."""


def measure(table: str, column: str) -> Measure:
    """The measure of a column.

    Raises:
        KeyError: the column is none.
    """
    return _BY_COLUMN[table][column]


_BY_COLUMN: Final = MappingProxyType(
    {table: {each.column: each for each in measures} for table, measures in MEASURES.items()}
)
