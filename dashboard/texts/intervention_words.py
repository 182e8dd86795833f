"""What the app calls the changes that were made to a picture, in the order of their story."""

from __future__ import annotations

from auditor.domain.interventions import INTERVENTIONS
from auditor.domain.messages import N_

INTERVENTION_WORDS: dict[str, str] = {spec.id: spec.title for spec in INTERVENTIONS}
INTERVENTION_HELP: dict[str, str] = {spec.id: spec.help for spec in INTERVENTIONS}

FILL_WORDS: dict[str, str] = {
    "blur": N_("hole filled with blur"),
    "patches": N_("hole filled with patches of the picture"),
    "mean": N_("the picture's mean colour"),
    "grey": N_("plain grey"),
    "red": N_("plain red"),
    "yellow": N_("plain yellow"),
    "green": N_("plain green"),
    "cyan": N_("plain cyan"),
    "blue": N_("plain blue"),
    "magenta": N_("plain magenta"),
    "none": "",
}
