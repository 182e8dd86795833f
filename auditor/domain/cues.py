"""What a class can rely on instead of its object."""

from __future__ import annotations

from enum import StrEnum


class Cue(StrEnum):
    """The kinds of shortcut that interventions tell apart."""

    BACKGROUND = "background"
    """the scene as a whole: no single place, colour or sharpness stands for it"""
    CORNER_MARK = "corner mark"
    """a small thing in a corner of the picture: a tag, sticker, ruler, logo"""
    BORDER_FRAME = "border frame"
    """the outer edge of the picture"""
    COLOUR_CAST = "colour cast"
    """the tint of the whole picture"""
    BLUR = "blur"
    """the softness of the whole picture"""
    CO_OCCURRING_OBJECT = "co-occurring object"
    """a small thing in the scene, beside the object"""
    EDGE_MARK = "mark at the object's edge"
    """a mark that lies across the outline of the object: a watermark, a sticker, a scale"""


CUE_MEANING: dict[Cue, str] = {
    Cue.BACKGROUND: "the scene behind the object",
    Cue.CORNER_MARK: "a mark in a corner of the picture",
    Cue.BORDER_FRAME: "the outer frame of the picture",
    Cue.COLOUR_CAST: "the tint of the whole picture",
    Cue.BLUR: "the softness of the whole picture",
    Cue.CO_OCCURRING_OBJECT: "a thing that stands beside the object",
    Cue.EDGE_MARK: "a mark that lies across the object's edge",
}
