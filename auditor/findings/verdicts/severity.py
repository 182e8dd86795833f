"""The sort key of the cases table: the verdict picks a band, the evidence the place in it.

shortcut .80-1.00, misled .60-.80, suspected .40-.60, context .25-.40, undetermined .10-.25,
object .00-.10. Never null: where the evidence is undefined, the middle of the band.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.domain.verdicts import CaseVerdict

BANDS: dict[CaseVerdict, tuple[float, float]] = {
    CaseVerdict.SHORTCUT: (0.80, 1.00),
    CaseVerdict.MISLED: (0.60, 0.80),
    CaseVerdict.SUSPECTED: (0.40, 0.60),
    CaseVerdict.CONTEXT: (0.25, 0.40),
    CaseVerdict.UNDETERMINED: (0.10, 0.25),
    CaseVerdict.OBJECT: (0.00, 0.10),
}


def severity(verdict: pd.Series, cases: pd.DataFrame) -> pd.Series:
    """Severity of every case, 0..1.

    The place in the band: for `shortcut` the mean of what the swap takes away and what the empty
    image keeps (under the weaker fill), or the loss alone where only that is known; for
    `misled` the probability that the label gains; for `suspected` half the map's preference for
    the background and, once tested, half the loss on other backgrounds; for `context` and
    `object` the map's preference, (1 - relevance_skill) / 2; for `undetermined` the doubt of the
    answer, 1 - label_probability.

    Args:
        verdict: of every case.
        cases: its scores and `case_effects`, NaN where undefined; same index.
    """
    preference = (1.0 - cases["relevance_skill"]) / 2.0
    reliance = cases["swap_agreed"]
    pair = (reliance + cases["suffices_agreed"]) / 2.0
    loss = cases["background_effect"].clip(lower=0.0)
    strength = {
        CaseVerdict.SHORTCUT: pair.fillna(reliance),
        CaseVerdict.MISLED: cases[["returned", "returned_own"]].max(axis=1),
        CaseVerdict.SUSPECTED: ((preference.fillna(0.5) + loss) / 2.0).fillna(preference),
        CaseVerdict.CONTEXT: preference,
        CaseVerdict.UNDETERMINED: 1.0 - cases["label_probability"],
        CaseVerdict.OBJECT: preference,
    }
    key = pd.Series(np.nan, index=cases.index)
    for name, (low, high) in BANDS.items():
        place = strength[name].fillna(0.5).clip(0.0, 1.0)
        key = key.where(verdict != name.value, low + (high - low) * place)
    return key
