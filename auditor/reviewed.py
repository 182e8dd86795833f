"""A run's reviews as tables, for exports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields

import pandas as pd
import pyarrow as pa

from auditor.database import DATABASE_FILE, DATABASE_VARIABLE
from auditor.reviews.agreement import Agreement, agreement_by_class, standing
from auditor.reviews.events import Review
from auditor.reviews.ledger import Ledger
from auditor.reviews.store import open_store
from auditor.storage.run import Run

REVIEWS = ("run", "case_id", "image", "label", "reviewer", "decision", "note", "time", "token")
AGREEMENT = (
    pa.field("class", pa.string(), nullable=False),
    pa.field("images", pa.int64(), nullable=False),
    pa.field("reviewed", pa.int64(), nullable=False),
    pa.field("several", pa.int64(), nullable=False),
    pa.field("same", pa.int64(), nullable=False),
    pa.field("agreement", pa.float64()),
    pa.field("alpha", pa.float64()),
)


def decisions(run: Run) -> pd.DataFrame:
    """Every event, oldest first, as text: columns `REVIEWS`."""
    names = [field.name for field in fields(Review)]
    events = _stored_events(run)
    rows = [{name: str(getattr(event, name)) for name in names} for event in events]
    for row, event in zip(rows, events, strict=True):
        row |= {"decision": event.decision.value, "time": event.time.isoformat()}
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    named = frame.merge(run.cases()[["case_id", "image", "label"]], on="case_id", how="left")
    return named[list(REVIEWS)]


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
    frame = pd.DataFrame(rows, columns=[field.name for field in AGREEMENT])
    return frame.astype({"agreement": "float64", "alpha": "float64"})


def standing_words(run: Run) -> Mapping[str, str]:
    """case_id -> the decision that stands."""
    standing = Ledger().after(_stored_events(run)).latest()
    return {case: review.decision.value for case, review in standing.items()}


def _stored_events(run: Run) -> list[Review]:
    """Every event of the run, oldest first; reading makes no database where there is none."""
    home = run.path.resolve().parent
    if not os.environ.get(DATABASE_VARIABLE) and not (home / DATABASE_FILE).is_file():
        return []
    store = open_store(home)
    try:
        return store.events(run.path.resolve().name)
    finally:
        store.close()
