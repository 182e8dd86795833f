"""Ids of cues, and of the properties and regions that they are; all are stored in runs.

A property of the whole picture needs a file of its name in
`auditor.interventions.picture_properties`, and a row in `auditor.domain.cues`, as every cue does.
"""

from __future__ import annotations

from enum import StrEnum

from auditor.domain.messages import N_


class Cue(StrEnum):
    """The kinds of shortcut that interventions tell apart (column `cue`)."""

    BACKGROUND = N_("background")
    CORNER_MARK = N_("corner mark")
    BORDER_FRAME = N_("border frame")
    COLOUR_CAST = N_("colour cast")
    BLUR = N_("blur")
    CO_OCCURRING_OBJECT = N_("co-occurring object")
    EDGE_MARK = N_("edge mark")
    BORDER_BAND = N_("border band")
    LETTERBOX = N_("letterbox")
    EXPOSURE = N_("exposure")
    CONTRAST = N_("contrast")
    VIGNETTE = N_("vignette")
    NOISE = N_("noise")
    COMPRESSION = N_("compression")
    RESOLUTION = N_("resolution")
    ASPECT_RATIO = N_("aspect ratio")
    WHOLE_PICTURE = N_("whole picture")


class PropertyKind(StrEnum):
    """Properties of a whole picture that are exchanged by themselves; its content stays."""

    EXPOSURE = "exposure"
    """mean brightness"""
    CONTRAST = "contrast"
    """spread of the brightness about its mean"""
    TINT = "tint"
    VIGNETTE = "vignette"
    """brightness that falls or rises with the distance from the middle"""
    SHARPNESS = "sharpness"
    NOISE = "noise"
    COMPRESSION = "compression"
    """JPEG artefacts, of whatever compression came last and of those before it"""
    BARS = "bars"
    """padding bars along two opposite sides"""
    RESOLUTION = "resolution"
    """pixels of the file, where they are fewer than the network's input has"""
    ASPECT = "aspect"
    """width over height of the file, where the input squeezes it"""


class RegionKind(StrEnum):
    """Parts of a picture that are exchanged by themselves; the object's pixels stay."""

    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    TOP_AND_BOTTOM = "top_and_bottom"
    LEFT_AND_RIGHT = "left_and_right"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"
    CORNERS = "corners"
    FRAME = "frame"
    RING = "ring"
    """what lies within reach of the object's outline"""
    PEAK = "peak"
    """a square under the highest background value of the map"""
    BACKGROUND = "background"
    """everything but the object"""
