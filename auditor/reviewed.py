"""A run's reviews as tables, for exports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from auditor.database import DATABASE_FILE, DATABASE_VARIABLE
from auditor.domain.exports import AGREEMENT, REVIEW_OF_CASE, REVIEWS
from auditor.domain.verdicts import FLAGGED_CASES
from auditor.reviews.agreement import Agreement, agreement_by_class, by_reviewer, standing
from auditor.reviews.assignment_store import open_assignments
from auditor.reviews.assignments import AssignableCases, Assignment, assigned, case_key
from auditor.reviews.events import Review
from auditor.reviews.ledger import Ledger
from auditor.reviews.store import open_store
from auditor.storage.run import Run

ASSIGNED = "assigned"
"""Column of exported cases that depends on assignments, not on decisions."""
SEPARATOR = "; "
"""Between the names of reviewers."""


def run_ledger(run: Run) -> Ledger:
    """What stands of a run's reviews; reading makes no database where there is none."""
    return Ledger().after(_stored_events(run))


def decisions(run: Run) -> pd.DataFrame:
    """Every event, oldest first, as text: columns `auditor.domain.exports.REVIEWS`."""
    names = [field.name for field in fields(Review)]
    events = _stored_events(run)
    rows = [{name: str(getattr(event, name)) for name in names} for event in events]
    for row, event in zip(rows, events, strict=True):
        row |= {"decision": event.decision.value, "time": event.time.isoformat()}
        row["reasons"] = " ".join(event.reasons)
        row["arbitration"] = str(event.arbitration).lower()
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    named = frame.merge(run.cases()[["case_id", "image", "label"]], on="case_id", how="left")
    return named[[column.name for column in REVIEWS]]


def agreement_table(run: Run) -> pd.DataFrame:
    """A row a class, as the classes are listed; null where no case was decided by two people."""
    said = standing(_stored_events(run))
    cases = run.cases(("case_id", "label"))
    labels = cases.loc[cases["case_id"].isin(list(said)), ["case_id", "label"]]
    found = agreement_by_class(said, dict(zip(labels["case_id"], labels["label"], strict=True)))
    reviewed = labels["label"].value_counts()
    rows = []
    for row in run.classes()[["class", "images"]].to_dict("records"):
        of = found.get(row["class"], Agreement(cases=0, same=0, alpha=None))
        share = of.same / of.cases if of.cases else None
        counts = (int(reviewed.get(row["class"], 0)), of.cases, of.same, share, of.alpha)
        rows.append((row["class"], row["images"], *counts))
    frame = pd.DataFrame(rows, columns=[column.name for column in AGREEMENT])
    return frame.astype({"agreement": "float64", "alpha": "float64"})


def case_decisions(run: Run) -> pd.DataFrame:
    """One row per reviewed case: case_id and `auditor.domain.exports.REVIEW_OF_CASE`."""
    ledger = Ledger().after(_stored_events(run))
    rows = []
    votes = by_reviewer(ledger)
    for case, stands in ledger.latest().items():
        by = votes[case]
        same = sum(event.decision == stands.decision for event in by.values())
        rows.append(
            {
                "case_id": case,
                "decision": stands.decision.value,
                "reviewers": SEPARATOR.join(sorted(by)) or None,
                "note": ledger.note(case) or None,
                "agreement": same / len(by) if len(by) > 1 else None,
                "reasons": " ".join(stands.reasons) or None,
                "arbiter": stands.reviewer if stands.arbitration else None,
            }
        )
    columns = ["case_id", *(c.name for c in REVIEW_OF_CASE if c.name != ASSIGNED)]
    return pd.DataFrame(rows, columns=columns).astype({"agreement": "float64"})


def case_assignments(run: Run, cases: pd.DataFrame) -> pd.Series:
    """Who was asked to look at each of the run's cases, null where nobody was.

    Args:
        run: a finished run.
        cases: its `case_id`, `label` and `verdict`.
    """
    rules = [] if not _has_database(run) else _rules(run)
    if not rules:
        return pd.Series(None, index=cases.index, dtype=object)
    labels, classes = pd.factorize(cases["label"])
    subjects = AssignableCases(
        np.fromiter(map(case_key, cases["case_id"]), np.uint64, len(cases)),
        labels.astype(np.int32),
        list(classes),
        cases["verdict"].isin(FLAGGED_CASES).to_numpy(),
    )
    people: list[set[str]] = [set() for _ in range(len(cases))]
    for rule in rules:
        for name, own in zip(rule.people, assigned(rule, subjects), strict=True):
            for place in np.flatnonzero(own):
                people[place].add(name)
    told = [SEPARATOR.join(sorted(names)) or None for names in people]
    return pd.Series(told, index=cases.index, dtype=object)


def latest_decisions(run: Run) -> Mapping[str, str]:
    """case_id -> the decision that stands."""
    latest = Ledger().after(_stored_events(run)).latest()
    return {case: review.decision.value for case, review in latest.items()}


def _stored_events(run: Run) -> list[Review]:
    """Every event of the run, oldest first; reading makes no database where there is none."""
    if not _has_database(run):
        return []
    store = open_store(_home(run))
    try:
        return store.events(run.path.resolve().name)
    finally:
        store.close()


def _rules(run: Run) -> list[Assignment]:
    store = open_assignments(_home(run))
    try:
        return store.in_force(run.path.resolve().name)
    finally:
        store.close()


def _home(run: Run) -> Path:
    return run.path.resolve().parent


def _has_database(run: Run) -> bool:
    return bool(os.environ.get(DATABASE_VARIABLE)) or (_home(run) / DATABASE_FILE).is_file()
