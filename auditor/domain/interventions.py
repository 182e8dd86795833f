"""What is changed in an image, and how the gap is filled. SCIENCE section 3."""

from __future__ import annotations

from enum import StrEnum


class Intervention(StrEnum):
    """One way of changing an image on purpose. A trial is one changed image and its answer."""

    ORIGINAL = "original"
    OBJECT_REMOVED = "object_removed"
    """the dilated object is filled"""
    CONTROL_HOLE = "control_hole"
    """a hole of the same shape in the background is filled instead"""
    BACKGROUND_REMOVED = "background_removed"
    """all but the object is filled, with grey or with the background's mean colour"""
    PASTED_BACK = "pasted_back"
    """the object on its own filled background: does pasting alone break the image?"""
    BACKGROUND_SAME = "background_same"
    """the object on an object-free image of its own class: control of the swap"""
    BACKGROUND_OTHER = "background_other"
    """the object on an object-free image of another class"""
    NEUTRAL = "neutral"
    """the object on a flat colour, one of `FLAT_FILLS`"""
    EMPTY_OWN = "empty_own"
    """the image without its object, under the union of its hole and a donor's"""
    EMPTY_OTHER = "empty_other"
    """the donor (of another class) without its object, under the same union of holes"""

    GREYSCALE = "greyscale"
    """the whole image without colour"""
    GREY_WORLD = "grey_world"
    """the whole image with its colour cast taken away: equal channel means (Buchsbaum 1980)"""
    HUE_TURNED = "hue_turned"
    """the whole image with every hue turned by 180 degrees"""
    BLURRED = "blurred"
    JPEG = "jpeg"
    """the whole image after a strong JPEG compression"""
    BORDER_CROPPED = "border_cropped"
    """the image without its outer frame, enlarged to the full view"""
    CAST_SAME = "cast_same"
    """the image in the colour cast of another image of its class: control of `cast_other`"""
    CAST_OTHER = "cast_other"
    """the image in the colour cast of an image of another class"""
    BLUR_SAME = "blur_same"
    """the image as soft as another image of its class: control of `blur_other`"""
    BLUR_OTHER = "blur_other"
    """the image as soft as an image of another class"""
    FRAME_SAME = "frame_same"
    """the image in the outer frame of another image of its class: control of `frame_other`"""
    FRAME_OTHER = "frame_other"
    """the image in the outer frame of an image of another class"""
    PATCH_SAME = "patch_same"
    """under the object the most salient background patch of an image of its class"""
    PATCH_OTHER = "patch_other"
    """under the object the most salient background patch of an image of another class"""
    SALIENT_REMOVED = "salient_removed"
    """the most salient patch of the background is filled"""
    SALIENT_CONTROL = "salient_control"
    """a patch of the same size at the mirrored place is filled instead"""
    EDGE_REMOVED = "edge_removed"
    """what lies across the outline of the object, at the place that is needed most, is filled on
    both sides"""
    EDGE_CONTROL = "edge_control"
    """the same on the other side of the object"""
    BESIDE_REMOVED = "beside_removed"
    """the background beside the object at that place is filled, the object stays"""
    BESIDE_CONTROL = "beside_control"
    """the same on the other side of the object"""
    BESIDE_GIVEN = "beside_given"
    """an image of another class (the donor) with the background from beside the case's object,
    at that place; the answer is about the case's own label"""
    BESIDE_GIVEN_CONTROL = "beside_given_control"
    """the donor with the background from the other side of the case's object"""


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
"""The two fills that have to agree before an intervention convicts."""

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

APPEARANCES = (
    Intervention.GREYSCALE,
    Intervention.GREY_WORLD,
    Intervention.HUE_TURNED,
    Intervention.BLURRED,
    Intervention.JPEG,
    Intervention.BORDER_CROPPED,
)
"""Changes of the whole image that need neither mask nor donor."""

EDGES = {
    Intervention.EDGE_REMOVED: Intervention.EDGE_CONTROL,
    Intervention.BESIDE_REMOVED: Intervention.BESIDE_CONTROL,
    Intervention.BESIDE_GIVEN: Intervention.BESIDE_GIVEN_CONTROL,
    Intervention.EDGE_CONTROL: None,
    Intervention.BESIDE_CONTROL: None,
    Intervention.BESIDE_GIVEN_CONTROL: None,
}
"""What is done at the outline of the object, and its control on the other side of it."""

ON_DONOR = {Intervention.BESIDE_GIVEN: Intervention.BESIDE_GIVEN_CONTROL}
"""What is done to the image of another class, so that the case itself is not to be seen, and its
control on the same image. The answers are about the case's label all the same."""
SHOW_DONOR = frozenset((*ON_DONOR, *ON_DONOR.values()))
"""What leaves a picture of the donor, not of the case."""

TRANSPLANTS = {
    Intervention.CAST_OTHER: Intervention.CAST_SAME,
    Intervention.BLUR_OTHER: Intervention.BLUR_SAME,
    Intervention.FRAME_OTHER: Intervention.FRAME_SAME,
    Intervention.PATCH_OTHER: Intervention.PATCH_SAME,
}
"""What is given from an image of another class, and its control from an image of the same."""

SWAPS = {Intervention.BACKGROUND_OTHER: Intervention.BACKGROUND_SAME, **TRANSPLANTS}
"""What comes from an image of another class, beside the same from one of the same class."""

ANSWERED = frozenset((Intervention.ORIGINAL, Intervention.NEUTRAL, *SWAPS, *SWAPS.values()))
"""Trials whose largest probabilities are kept (`auditor.domain.answers`): class verdicts are
fitted to them in log odds."""
