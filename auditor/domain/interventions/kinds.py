"""What an intervention is: ids, fills, and the attributes of a row of the table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intervention(StrEnum):
    """One way of changing an image on purpose. A trial is one changed image and its answer."""

    ORIGINAL = "original"
    OBJECT_REMOVED = "object_removed"
    CONTROL_HOLE = "control_hole"
    BACKGROUND_REMOVED = "background_removed"
    PASTED_BACK = "pasted_back"
    BACKGROUND_SAME = "background_same"
    BACKGROUND_OTHER = "background_other"
    NEUTRAL = "neutral"
    EMPTY_OWN = "empty_own"
    EMPTY_OTHER = "empty_other"
    GREYSCALE = "greyscale"
    GREY_WORLD = "grey_world"
    HUE_TURNED = "hue_turned"
    BLURRED = "blurred"
    JPEG = "jpeg"
    BORDER_CROPPED = "border_cropped"
    CAST_SAME = "cast_same"
    CAST_OTHER = "cast_other"
    BLUR_SAME = "blur_same"
    BLUR_OTHER = "blur_other"
    FRAME_SAME = "frame_same"
    FRAME_OTHER = "frame_other"
    PATCH_SAME = "patch_same"
    PATCH_OTHER = "patch_other"
    SALIENT_REMOVED = "salient_removed"
    SALIENT_CONTROL = "salient_control"
    EDGE_REMOVED = "edge_removed"
    EDGE_CONTROL = "edge_control"
    BESIDE_REMOVED = "beside_removed"
    BESIDE_CONTROL = "beside_control"
    BESIDE_GIVEN = "beside_given"
    BESIDE_GIVEN_CONTROL = "beside_given_control"
    EXCHANGE_OTHER = "exchange_other"
    EXCHANGE_SAME = "exchange_same"
    EXCHANGE_GIVEN = "exchange_given"
    EXCHANGE_GIVEN_SAME = "exchange_given_same"


class Fill(StrEnum):
    """What is put into a hole."""

    BLUR = "blur"
    PATCHES = "patches"
    GREY = "grey"
    MEAN = "mean"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    CYAN = "cyan"
    BLUE = "blue"
    MAGENTA = "magenta"
    NONE = "none"


HOLE_FILLS: tuple[Fill, Fill] = (Fill.BLUR, Fill.PATCHES)
"""The two fills that have to agree before an intervention confirms."""

FLAT_FILLS = (
    Fill.GREY,
    Fill.RED,
    Fill.YELLOW,
    Fill.GREEN,
    Fill.CYAN,
    Fill.BLUE,
    Fill.MAGENTA,
)
"""Flat backgrounds. Any single colour may be the very cue of some class; the median of them is
not. The image's own mean colour is none of them: where the background is plain it is the cue."""
UNFILLED = (Fill.NONE,)


class Family(StrEnum):
    """How an image is composed."""

    CUT_OUT = "cut_out"
    """object or background are changed along the mask"""
    APPEARANCE = "appearance"
    """the whole image is changed; needs neither mask nor donor"""
    GIVEN = "given"
    """one attribute of a donor: its colour cast, softness, frame, or patch"""
    PATCH_FILLED = "patch_filled"
    """the most salient patch of the background is filled"""
    EDGE = "edge"
    """something is done across the outline of the object"""
    ATTRIBUTE_SWAP = "attribute_swap"
    """a part of the picture, or a property of the whole of it, is a donor's; the trial's `place`
    names it"""


class Pairing(StrEnum):
    """How a trial is held against its control."""

    CASE = "case"
    """mean of the case's control trials under the same fill"""
    ALL_FILLS = "all_fills"
    """mean of the case's control trials under every fill"""
    DONOR = "donor"
    """the control trial of the same case and donor under the same fill"""
    SWAP = "swap"
    """as `CASE`, of the label's and of the donor class's probability: what comes from an image of
    another class is held against the same from one of the same class"""


class Pictured(StrEnum):
    """Of which cases a picture is kept."""

    ALWAYS = "always"
    """of the worst cases of every class"""
    FEW = "few"
    """of a few of them"""
    PLACED = "placed"
    """of a few of them, at the place that names the cue of their class"""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class InterventionSpec:
    """Everything that is known of an intervention but its computation.

    Attributes:
        id: value of the column `intervention`.
        title: what a reader sees above the picture, English.
        help: what was done and how to read the answer, English.
        family: how the image is composed.
        fills: what is put into the hole, one trial each.
        control: what it is held against, None for a control itself.
        pairing: how; None without a control.
        needs_mask: an object has to be known.
        needs_donor: another image takes part.
        on_donor: the picture is the donor's, and the case's object is not to be seen; the answer
            is about the case's label all the same.
        pictured: of which cases pictures are kept.
        shown_fills: of which fills, in their order.
    """

    id: Intervention
    title: str
    help: str
    family: Family
    fills: tuple[Fill, ...] = UNFILLED
    control: Intervention | None = None
    pairing: Pairing | None = None
    needs_mask: bool = True
    needs_donor: bool = False
    on_donor: bool = False
    pictured: Pictured = Pictured.NEVER
    shown_fills: tuple[Fill, ...] = UNFILLED
