"""Classes without masks, what exchanges show of them, and what a person says of that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from auditor.class_reviews import NOT_OBJECT, ReviewAnswer, hypothesis_id, with_answers
from auditor.domain.schema import names
from auditor.findings import Findings
from auditor.reviews.events import Review
from tests.fakes.worlds import World, audit, clean
from tests.findings.evaluating import evaluated
from tests.findings.planted_more import COST, WON

PART = "region top_left 0.300"
WHO = "ada"


def exchanged(*kinds: str) -> Findings:
    """Classes without masks; with the top left corner of another one's pictures each of them loses
    `COST`, and others with its own corner gain `WON`."""
    cases, _ = audit(World(clean(*kinds, images=40)), 0)
    cases = cases.assign(mask_source="none", nominated=None, relevance_skill=None)
    rng, rows = np.random.default_rng(0), []
    for case in cases.to_dict("records"):
        others = cases[cases["label"] != case["label"]]
        donor = others.iloc[int(rng.integers(len(others)))]
        common = {
            "case_id": case["case_id"],
            "label": case["label"],
            "fill": "none",
            "place": PART,
            "donor": donor["case_id"],
            "donor_label": donor["label"],
            "donor_group": donor["case_id"],
            "answer": case["label"],
        }
        lost: dict[str, Any] = {"p_label": 0.9 - COST, "p_label_control": 0.9, "p_donor": 0.1}
        won: dict[str, Any] = {"p_label": 0.6, "p_label_control": 0.9, "p_donor": 0.1 + WON}
        for kind, told in (("exchange_other", lost), ("exchange_given", won)):
            noise = rng.normal(0, 0.02)
            moved = {"p_label": told["p_label"] + noise, "p_donor_control": 0.1}
            rows.append({**common, **told, **moved, "intervention": kind})
    return evaluated(cases, pd.DataFrame(rows, columns=names("trials")), classes=kinds)


def reviewed(findings: Findings) -> pd.DataFrame:
    """The classes after somebody said of every hypothesis that it is not the object."""
    said = {
        hypothesis_id(row): ReviewAnswer({WHO: Review("run/hypotheses", "h", WHO, NOT_OBJECT)})
        for row in findings.hypotheses.to_dict("records")
    }
    return with_answers(findings.classes.copy(), findings.hypotheses, said)
