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
    """all but the object is filled"""
    PASTED_BACK = "pasted_back"
    """the object on its own filled background: does pasting alone break the image?"""
    BACKGROUND_SAME = "background_same"
    """the object on an object-free image of its own class: control of the swap"""
    BACKGROUND_OTHER = "background_other"
    """the object on an object-free image of another class"""
    NEUTRAL = "neutral"
    """the object on flat grey (fill `grey`) or on the image's mean colour (fill `mean`)"""
    EMPTY_OWN = "empty_own"
    """the image without its object, under the union of its hole and a donor's"""
    EMPTY_OTHER = "empty_other"
    """the donor (of another class) without its object, under the same union of holes"""


class Fill(StrEnum):
    """What is put into a hole."""

    BLUR = "blur"
    PATCHES = "patches"
    GREY = "grey"
    MEAN = "mean"
    NONE = "none"


HOLE_FILLS: tuple[Fill, Fill] = (Fill.BLUR, Fill.PATCHES)
"""The two fills that have to agree before an intervention convicts."""
