"""Classes that reviewers confirm: what changed pictures prove, a person says what it is.

Without masks nobody knows whether a patch that carries a class is its object. Where an
intervention proves that it carries the class, and reviewers say that it is not the object, the
class is confirmed by review; the decision counts until it is taken back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from auditor.database import DATABASE_FILE, DATABASE_VARIABLE
from auditor.domain.cues import OF_REGION, Cue
from auditor.domain.hypotheses import PATCH, REGION
from auditor.domain.places import Region, read_place
from auditor.domain.reasons import Reason
from auditor.domain.verdicts import ClassVerdict
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.ledger import Ledger
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from auditor.wording.class_reasons import class_reason

Confirmed = dict[str, tuple[Mapping[Any, Any], "ReviewAnswer"]]
"""By class the hypothesis that confirms it, and what people said of it."""
SUFFIX = "/hypotheses"
"""Behind the run's name in the reviews: no folder's name holds a slash, so these events are
nobody's cases."""
BY_REVIEW = "review"
CODE = "confirmed.review"
NOT_OBJECT, OBJECT = ReviewDecision.CONFIRMED, ReviewDecision.DISMISSED
"""What a decision on a hypothesis means: the patch is not the object, it is part of it."""


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What people said of one hypothesis.

    Attributes:
        decisions: reviewer -> their last event.
    """

    decisions: Mapping[str, Review]

    @property
    def not_the_object(self) -> bool:
        """Somebody says that it is not the object, and nobody that it is."""
        said = {event.decision for event in self.decisions.values()}
        return NOT_OBJECT in said and OBJECT not in said

    @property
    def names(self) -> tuple[str, ...]:
        """Who says that it is not the object."""
        return tuple(
            sorted(n for n, event in self.decisions.items() if event.decision is NOT_OBJECT)
        )

    @property
    def when(self) -> datetime:
        """Of the latest decision."""
        return max(event.time for event in self.decisions.values())


def review_run(run: str) -> str:
    """Name under which the answers on a run's hypotheses are kept."""
    return f"{run}{SUFFIX}"


def hypothesis_id(row: Mapping[Any, Any]) -> str:
    """Stable identity of a hypothesis: its class, kind, and group of patches or region."""
    named = [_known(row.get(name)) for name in ("class", "kind", "patch_group")]
    region = _known(row.get("region"))
    # Those of earlier versions keep their identity.
    told = named if region is None else [*named, region]
    text = "\x00".join(str(value or "") for value in told)
    return "h" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:15]


def _known(value: Any) -> Any:
    """A cell of a table; None where it is null in whatever way pandas says so."""
    return None if pd.isna(value) else value


def answers(run: Run) -> dict[str, ReviewAnswer]:
    """By hypothesis id what stands; reading makes no database where there is none."""
    home = run.path.resolve().parent
    if not os.environ.get(DATABASE_VARIABLE) and not (home / DATABASE_FILE).is_file():
        return {}
    store = open_store(home)
    try:
        events = store.events(review_run(run.path.resolve().name))
    finally:
        store.close()
    return answers_of(Ledger().after(events))


def answers_of(ledger: Ledger) -> dict[str, ReviewAnswer]:
    """The same from a ledger of the answers."""
    return {
        case: ReviewAnswer({event.reviewer: event for event in said})
        for case, said in ledger.said.items()
    }


def reviewed_classes(run: Run, said: Mapping[str, ReviewAnswer] | None = None) -> pd.DataFrame:
    """`run.classes()` with the classes that reviewers confirm.

    Args:
        run: a finished run.
        said: answers; None reads those in the database beside the run.
    """
    told = answers(run) if said is None else said
    return with_answers(run.classes(), run.hypotheses(), told) if told else run.classes()


def with_answers(
    classes: pd.DataFrame, hypotheses: pd.DataFrame, said: Mapping[str, ReviewAnswer]
) -> pd.DataFrame:
    """The table of classes with those that reviewers confirm; it is changed in place.

    Args:
        classes, hypotheses: tables of one run.
        said: by hypothesis id.
    """
    confirmed = _by_class(hypotheses, said)
    pair: dict[str, str] = {}
    if len(classes) == 2:
        confirmed, pair = _of_two(confirmed, [str(name) for name in classes["class"]])
    open_ones = classes["verdict"] != ClassVerdict.CONFIRMED.value
    for place in classes.index[open_ones & classes["class"].isin(list(confirmed))]:
        name = str(classes.at[place, "class"])
        for column, value in _confirmed(*confirmed[name], pair.get(name)).items():
            classes.at[place, column] = value
    return classes


def _by_class(hypotheses: pd.DataFrame, said: Mapping[str, ReviewAnswer]) -> Confirmed:
    """The first hypothesis of each class that people and changed pictures confirm; a patch, which
    was filled by itself, before what was exchanged."""
    found: Confirmed = {}
    for row in hypotheses.to_dict("records"):
        answer = said.get(hypothesis_id(row))
        if answer is None or row.get("carries") is not True or not answer.not_the_object:
            continue
        name = str(row["class"])
        if name not in found or (row["kind"] == PATCH and found[name][0]["kind"] != PATCH):
            found[name] = (row, answer)
    return found


def _of_two(found: Confirmed, names: list[str]) -> tuple[Confirmed, dict[str, str]]:
    """Of two classes, and the other one where it stands for both together.

    What is exchanged between two classes one wins as the other loses it. A patch that costs when it
    is filled is its class's own; where only one class has one, what is exchanged is that, too.
    """
    filled = {name: each for name, each in found.items() if each[0]["kind"] == PATCH}
    if filled:
        return filled, {}
    first, second = names
    return found, {first: second, second: first}


def _confirmed(told: Mapping[Any, Any], answer: ReviewAnswer, other: str | None) -> dict[str, Any]:
    row = {name: _known(value) for name, value in told.items()}
    reason = Reason(
        CODE,
        {
            "name": str(row["class"]),
            "where": row["place"] if row["place"] is not None else row["kind"],
            "cost": row["cost"],
            "cost_low": row["cost_low"],
            "cost_high": row["cost_high"],
            "who": answer.names,
            "day": answer.when.date().isoformat(),
            **({} if other is None else {"other": other, "notes": ("note.of_both",)}),
        },
    )
    return {
        "verdict": ClassVerdict.CONFIRMED.value,
        "confirmed_by": BY_REVIEW,
        "pair_with": other,
        "reason_code": reason.code,
        "reason_numbers": reason.to_json(),
        "reason": class_reason(reason),
        "cue": _cue(row),
        "cue_where": row["place"],
        "cue_strength": row["cost"],
        "cue_strength_low": row["cost_low"],
        "cue_strength_high": row["cost_high"],
        "action": row["action"],
    }


def _cue(row: Mapping[Any, Any]) -> str | None:
    """The cue that a hypothesis names; None for a region that no audit writes."""
    if row["kind"] == REGION:
        with suppress(ValueError):
            place = read_place(str(row["region"]))
            return OF_REGION[place.kind].id.value if isinstance(place, Region) else None
        return None
    if row["kind"] != PATCH:
        return str(row["kind"])
    corner = str(row["place"] or "").startswith("a corner")
    return (Cue.CORNER_MARK if corner else Cue.CO_OCCURRING_OBJECT).value
