"""What the app calls the changes that were made to a picture, in the order of their story."""

from __future__ import annotations

from auditor.domain.interventions import FLAT_FILLS, Intervention

INTERVENTION_WORDS: dict[str, str] = {
    Intervention.ORIGINAL: "As it is",
    Intervention.OBJECT_REMOVED: "Object removed",
    Intervention.CONTROL_HOLE: "Equal hole elsewhere",
    Intervention.BACKGROUND_REMOVED: "Background removed",
    Intervention.PASTED_BACK: "Pasted back where it was",
    Intervention.BACKGROUND_SAME: "On its own class's background",
    Intervention.BACKGROUND_OTHER: "On another class's background",
    Intervention.NEUTRAL: "On a plain background",
    Intervention.EMPTY_OWN: "Without its object",
    Intervention.EMPTY_OTHER: "Another class, emptied",
    Intervention.GREYSCALE: "Without colour",
    Intervention.GREY_WORLD: "Without its tint",
    Intervention.HUE_TURNED: "Colours turned",
    Intervention.BLURRED: "Blurred",
    Intervention.JPEG: "Strongly compressed",
    Intervention.BORDER_CROPPED: "Border cut off",
    Intervention.CAST_SAME: "In its own class's tint",
    Intervention.CAST_OTHER: "In another class's tint",
    Intervention.BLUR_SAME: "As soft as its own class",
    Intervention.BLUR_OTHER: "As soft as another class",
    Intervention.FRAME_SAME: "In its own class's border",
    Intervention.FRAME_OTHER: "In another class's border",
    Intervention.PATCH_SAME: "With a patch of its own class",
    Intervention.PATCH_OTHER: "With a patch of another class",
    Intervention.SALIENT_REMOVED: "Hottest patch removed",
    Intervention.SALIENT_CONTROL: "Equal patch elsewhere removed",
    Intervention.EDGE_REMOVED: "Spot on the object's edge painted over",
    Intervention.EDGE_CONTROL: "Opposite spot painted over",
    Intervention.BESIDE_REMOVED: "Only the spot's outside part painted over",
    Intervention.BESIDE_CONTROL: "Only the opposite outside part painted over",
    Intervention.BESIDE_GIVEN: "Outside part pasted onto another class's picture",
    Intervention.BESIDE_GIVEN_CONTROL: "Opposite part pasted onto it instead",
}

INTERVENTION_HELP: dict[str, str] = {
    Intervention.ORIGINAL: "The picture as the model saw it.",
    Intervention.OBJECT_REMOVED: "The object is painted over. If the answer stays, the model does "
    "not need the object.",
    Intervention.CONTROL_HOLE: "A hole of the same shape, but in the background: what any hole "
    "costs.",
    Intervention.BACKGROUND_REMOVED: "Everything but the object is painted over.",
    Intervention.PASTED_BACK: "The object on its own emptied background: what cutting out and "
    "pasting alone costs.",
    Intervention.BACKGROUND_SAME: "The object pasted on another picture of its own class: the "
    "comparison for the next.",
    Intervention.BACKGROUND_OTHER: "The object pasted on a picture of another class. If the answer "
    "falls, the model needs the usual background.",
    Intervention.NEUTRAL: "The object on a plain background.",
    Intervention.EMPTY_OWN: "The background alone. If the answer stays, the background gives it "
    "away.",
    Intervention.EMPTY_OTHER: "The background of another class alone, for comparison.",
    Intervention.GREYSCALE: "The whole picture in grey. If the answer falls, colour matters.",
    Intervention.GREY_WORLD: "The whole picture with its colour tint taken away.",
    Intervention.HUE_TURNED: "The whole picture with every colour turned to its opposite.",
    Intervention.BLURRED: "The whole picture blurred.",
    Intervention.JPEG: "The whole picture after a strong compression.",
    Intervention.BORDER_CROPPED: "The picture without its outer border, enlarged. If the answer "
    "falls, something in the border matters.",
    Intervention.CAST_SAME: "The picture in the tint of another picture of its class: the "
    "comparison for the next.",
    Intervention.CAST_OTHER: "The picture in the tint of another class. If the answer falls, the "
    "model needs the usual tint.",
    Intervention.BLUR_SAME: "The picture as soft as another one of its class: the comparison for "
    "the next.",
    Intervention.BLUR_OTHER: "The picture as soft as one of another class.",
    Intervention.FRAME_SAME: "The picture in the border of another one of its class: the "
    "comparison for the next.",
    Intervention.FRAME_OTHER: "The picture in the border of another class. If the answer falls, "
    "the model needs the usual border.",
    Intervention.PATCH_SAME: "Below the object the hottest background patch of a picture of its "
    "class: the comparison for the next.",
    Intervention.PATCH_OTHER: "Below the object the hottest background patch of another class. A "
    "patch that takes the answer with it is a cue.",
    Intervention.SALIENT_REMOVED: "The hottest patch of the background is painted over. If the "
    "answer falls, the model needs it.",
    Intervention.SALIENT_CONTROL: "A patch of the same size elsewhere is painted over, for "
    "comparison.",
    Intervention.EDGE_REMOVED: "The spot on the object's edge that the model needs most is painted "
    "over, inside and outside the object. Compare it with the next picture.",
    Intervention.EDGE_CONTROL: "The spot on the opposite side of the object is painted over: what "
    "covering a bit of the edge costs anyway.",
    Intervention.BESIDE_REMOVED: "At the same spot only what lies outside the object is painted "
    "over. If the answer falls, something lies across the edge: a watermark, a sticker, a "
    "scale.",
    Intervention.BESIDE_CONTROL: "On the opposite side only what lies outside the object is "
    "painted over, for comparison.",
    Intervention.BESIDE_GIVEN: "A picture of another class, onto which what lies outside this "
    "object at the spot was pasted. If the model now finds this class in it, what was pasted is a "
    "cue, since no part of this object is there. The change is against the next picture.",
    Intervention.BESIDE_GIVEN_CONTROL: "The same picture of another class, onto which what lies "
    "outside this object on the opposite side was pasted: the comparison for the one before.",
}

FILL_WORDS: dict[str, str] = {
    "blur": "hole filled with blur",
    "patches": "hole filled with patches of the picture",
    "mean": "the picture's mean colour",
    **{fill.value: f"plain {fill.value}" for fill in FLAT_FILLS},
    "none": "",
}
