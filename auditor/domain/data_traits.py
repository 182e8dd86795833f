"""What of a picture, besides its object, may give its label away: one row per family of traits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class TraitKind(StrEnum):
    """Families of traits, by id."""

    BORDER = "border"
    CORNERS = "corners"
    BACKGROUND = "background"
    TINT = "tint"
    BRIGHTNESS = "brightness"
    CONTRAST = "contrast"
    SHARPNESS = "sharpness"
    COMPRESSION = "compression"
    SIZE = "size"
    ASPECT = "aspect"
    CAMERA = "camera"
    ORIENTATION = "orientation"
    FILE = "file"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class TraitSpec:
    """One family.

    Attributes:
        kind: its id.
        title: for people.
        meaning: what is looked at.
        pixels: whether the object's own pixels would count where no mask takes them out.
        advice: what to do where it gives a class away; {name} is the class.
    """

    kind: TraitKind
    title: str
    meaning: str
    pixels: bool
    advice: str


TRAITS: Final[dict[TraitKind, TraitSpec]] = {
    spec.kind: spec
    for spec in (
        TraitSpec(
            TraitKind.BORDER,
            "Outer border",
            "colours of the outer eighth of the picture, on a grid",
            True,
            "Look at the border of pictures of '{name}' for frames, bars, rulers or stamps; crop or"
            " cover them in all classes alike.",
        ),
        TraitSpec(
            TraitKind.CORNERS,
            "Corners",
            "colours of the four corners, on a grid",
            True,
            "Look at the corners of pictures of '{name}' for tags, logos or dates; remove them, or"
            " put them into pictures of other classes.",
        ),
        TraitSpec(
            TraitKind.BACKGROUND,
            "Background",
            "colours and edge directions of all that is not object; needs masks",
            False,
            "Collect pictures of '{name}' in front of other classes' backgrounds, and of other"
            " classes in front of these.",
        ),
        TraitSpec(
            TraitKind.TINT,
            "Tint",
            "mean colour balance of the picture and how much it varies",
            True,
            "Balance the colours of all classes alike, or augment colour in training.",
        ),
        TraitSpec(
            TraitKind.BRIGHTNESS,
            "Brightness",
            "mean and quantiles of the luminance",
            True,
            "Normalise the exposure of all classes alike, or augment brightness in training.",
        ),
        TraitSpec(
            TraitKind.CONTRAST,
            "Contrast",
            "spread of the luminance",
            True,
            "Normalise the contrast of all classes alike, or augment it in training.",
        ),
        TraitSpec(
            TraitKind.SHARPNESS,
            "Sharpness",
            "strength of fine detail at one size",
            True,
            "Take pictures of all classes with the same lens and focus, or augment blur.",
        ),
        TraitSpec(
            TraitKind.COMPRESSION,
            "Compression",
            "JPEG quantisation tables and blockiness",
            False,
            "Encode the pictures of all classes anew, alike, from the best originals.",
        ),
        TraitSpec(
            TraitKind.SIZE,
            "Picture size",
            "width and height in pixels",
            False,
            "Bring the pictures of all classes to one size from originals of like size.",
        ),
        TraitSpec(
            TraitKind.ASPECT,
            "Aspect ratio",
            "width over height",
            False,
            "Crop the pictures of all classes to one aspect ratio: a resize to a square keeps it"
            " visible as distortion.",
        ),
        TraitSpec(
            TraitKind.CAMERA,
            "Camera",
            "EXIF maker, model and software",
            False,
            "Take pictures of '{name}' with the other classes' cameras: a camera leaves traces in"
            " the pixels, too.",
        ),
        TraitSpec(
            TraitKind.ORIENTATION,
            "Orientation",
            "EXIF orientation",
            False,
            "Turn all pictures upright and save them without the orientation tag.",
        ),
        TraitSpec(
            TraitKind.FILE,
            "File",
            "format of the file",
            False,
            "Save the pictures of all classes in one format.",
        ),
        TraitSpec(
            TraitKind.METADATA,
            "Metadata column",
            "values of a column of the manifest",
            False,
            "Collect pictures of '{name}' with other values of this column, and of other classes"
            " with these.",
        ),
    )
}
"""Every family, in the order in which people see them."""


class LeakVerdict(StrEnum):
    """What the data say of one family and one class."""

    GIVES_AWAY = "gives away"
    """the label can be read from it, surely"""
    POSSIBLE = "possible"
    """above chance, but less than the floor is sure; or the object may be what is seen"""
    NOT_FOUND = "not found"
    """no better than chance, or surely too little to matter"""
    UNDETERMINED = "undetermined"
    """too few images"""
