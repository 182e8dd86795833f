"""What of a picture, besides its object, may give its label away: one row per family of traits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from auditor.domain.messages import N_

MIN_IMAGES = 10
"""Independent pictures of a class below which nothing can be said."""


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
    BLOCKS = "blocks"
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
            N_("Outer border"),
            N_("colours of the outer eighth of the picture, on a grid"),
            True,
            N_(
                "Look at the border of images of '{name}' for frames, bars, rulers or stamps; crop"
                " or cover them in all classes alike."
            ),
        ),
        TraitSpec(
            TraitKind.CORNERS,
            N_("Corners"),
            N_("colours of the four corners, on a grid"),
            True,
            N_(
                "Look at the corners of images of '{name}' for tags, logos or dates; remove them,"
                " or put them into images of other classes."
            ),
        ),
        TraitSpec(
            TraitKind.BACKGROUND,
            N_("Background"),
            N_("colours and edge directions of all that is not object; needs masks"),
            False,
            N_(
                "Collect images of '{name}' in front of other classes' backgrounds, and of other"
                " classes in front of these."
            ),
        ),
        TraitSpec(
            TraitKind.TINT,
            N_("Tint"),
            N_("mean colour balance of the picture and how much it varies"),
            True,
            N_("Balance the colours of all classes alike, or augment colour in training."),
        ),
        TraitSpec(
            TraitKind.BRIGHTNESS,
            N_("Brightness"),
            N_("mean and quantiles of the luminance"),
            True,
            N_("Normalise the exposure of all classes alike, or augment brightness in training."),
        ),
        TraitSpec(
            TraitKind.CONTRAST,
            N_("Contrast"),
            N_("spread of the luminance"),
            True,
            N_("Normalise the contrast of all classes alike, or augment it in training."),
        ),
        TraitSpec(
            TraitKind.SHARPNESS,
            N_("Sharpness"),
            N_("strength of fine detail at one size"),
            True,
            N_("Take images of all classes with the same lens and focus, or augment blur."),
        ),
        TraitSpec(
            TraitKind.COMPRESSION,
            N_("Compression"),
            N_(
                "JPEG quantisation tables, and block traces outside of objects where all have masks"
            ),
            False,
            N_("Encode the images of all classes anew, alike, from the best originals."),
        ),
        TraitSpec(
            TraitKind.BLOCKS,
            N_("Block traces"),
            N_("steps at the borders of 8 x 8 blocks, where some picture has no mask"),
            True,
            N_("Encode the images of all classes anew, alike, from the best originals."),
        ),
        TraitSpec(
            TraitKind.SIZE,
            N_("Picture size"),
            N_("width and height in pixels"),
            False,
            N_("Bring the images of all classes to one size from originals of like size."),
        ),
        TraitSpec(
            TraitKind.ASPECT,
            N_("Aspect ratio"),
            N_("width over height"),
            False,
            N_(
                "Crop the images of all classes to one aspect ratio: a resize to a square keeps it"
                " visible as distortion."
            ),
        ),
        TraitSpec(
            TraitKind.CAMERA,
            N_("Camera"),
            N_("EXIF maker, model and software"),
            False,
            N_(
                "Take images of '{name}' with the other classes' cameras: a camera leaves traces in"
                " the pixels, too."
            ),
        ),
        TraitSpec(
            TraitKind.ORIENTATION,
            N_("Orientation"),
            N_("EXIF orientation"),
            False,
            N_("Turn all images upright and save them without the orientation tag."),
        ),
        TraitSpec(
            TraitKind.FILE,
            N_("File"),
            N_("format of the file"),
            False,
            N_("Save the images of all classes in one format."),
        ),
        TraitSpec(
            TraitKind.METADATA,
            N_("Metadata column"),
            N_("values of a column of the manifest"),
            False,
            N_(
                "Collect images of '{name}' with other values of this column, and images of other"
                " classes with these."
            ),
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
