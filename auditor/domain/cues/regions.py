"""Ids of the parts of a picture that are exchanged by themselves; stored in runs."""

from __future__ import annotations

from enum import StrEnum


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
