"""What fixed changes of the whole picture cost a class: described, never held against it.

Unaffected classes need colour and detail too: a loss says something only beside that of the other
classes. docs/science.md section 3; docs/decisions/0006.
"""

from __future__ import annotations

from auditor.domain.interventions import APPEARANCES
from auditor.findings.evidence.trial_table import TrialTable

AppearanceLosses = dict[str, dict[str, float]]
UNTRIED: dict[str, None] = dict.fromkeys(f"{name}_loss" for name in APPEARANCES)
"""The columns of a class on which nothing of this was tried."""


def appearance_losses(table: TrialTable) -> AppearanceLosses:
    """By class, the `*_loss` columns: mean probability of the label on the image as it is minus
    that on the changed one, over the random sample. A class without such trials is absent."""
    rows = table.sample(*APPEARANCES)
    return {
        str(label): {
            f"{intervention}_loss": float(loss)
            for intervention, loss in own.groupby("intervention")["loss"].mean().dropna().items()
        }
        for label, own in rows.groupby("label")
    }
