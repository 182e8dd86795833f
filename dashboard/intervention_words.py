"""What the app calls the changes that were made to a picture, in the order of their story."""

from __future__ import annotations

from auditor.domain.interventions import FLAT_FILLS, INTERVENTIONS

INTERVENTION_WORDS: dict[str, str] = {spec.id: spec.title for spec in INTERVENTIONS}
INTERVENTION_HELP: dict[str, str] = {spec.id: spec.help for spec in INTERVENTIONS}

FILL_WORDS: dict[str, str] = {
    "blur": "hole filled with blur",
    "patches": "hole filled with patches of the picture",
    "mean": "the picture's mean colour",
    **{fill.value: f"plain {fill.value}" for fill in FLAT_FILLS},
    "none": "",
}
