"""Codes of reasons where an image has several labels: another class is not what a label meets."""

from __future__ import annotations

from collections.abc import Sequence

OF_CLASSES = {
    "confirmed.owner": "confirmed.label",
    "confirmed.attribute": "confirmed.label_attribute",
    "confirmed.edge": "confirmed.label_edge",
    "suspected.pair": "suspected.label",
    "suspected.attribute": "suspected.label_attribute",
    "clean.pair": "clean.label",
    "undetermined.no_images": "undetermined.label_no_images",
    "undetermined.no_others": "undetermined.label_no_others",
    "undetermined.too_few_donors": "undetermined.label_too_few_donors",
    "undetermined.zero_maps": "undetermined.label_zero_maps",
    "action.cue": "action.label_cue",
    "action.no_others": "action.label_no_others",
    "action.too_few_donors": "action.label_too_few_donors",
}
OF_CASES = {
    "shortcut": "shortcut.label",
    "suspected.class": "suspected.label",
    "suspected.fills": "suspected.label_fills",
    "context": "context.label",
    "object.tested": "object.label_tested",
    "object.costs": "object.label_costs",
}


def of_label(code: str) -> str:
    """The code for a label; one that says nothing of other classes stays."""
    return OF_CLASSES.get(code, code)


def of_labels(codes: Sequence[str]) -> tuple[str, ...]:
    """Several of them."""
    return tuple(map(of_label, codes))
