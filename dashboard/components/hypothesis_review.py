"""The question that only a person can answer about a patch: is it the object?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from auditor.class_reviews import (
    BY_REVIEW,
    NOT_OBJECT,
    OBJECT,
    answers_of,
    hypothesis_id,
    review_run,
)
from auditor.domain.errors import AuditorError
from auditor.domain.verdicts import ClassVerdict
from auditor.reviews.events import Review, ReviewDecision
from dashboard.runs import access as run_access
from dashboard.runs.queries import plain_rows
from dashboard.session import access
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import plain


def key_of(now: Context, row: Mapping[str, Any]) -> str:
    """Of one hypothesis of the run that is shown."""
    return f"{now.run.name} {hypothesis_id(row)}"


def ask(now: Context, row: Mapping[str, Any], *, keys: bool, question: bool = True) -> None:
    """Ask about one hypothesis whose effect changed pictures prove; others are not asked about.

    Args:
        now: of the page.
        row: of the table `hypotheses`.
        keys: whether 1, 2 and 3 answer it: of one question of a page alone.
        question: whether the question is said, too.
    """
    if row.get("carries") is not True:
        return
    if question:
        asked = _("Is this the object, or something else?")
        why = _("Changed pictures show that the answer depends on it.")
        st.markdown(f"**{asked}** {why}")
    _said(now, row)
    if now.readonly:
        return
    with st.container(horizontal=True):
        choices = (
            (NOT_OBJECT, _("Not the object"), "1"),
            (OBJECT, _("Part of the object"), "2"),
            (ReviewDecision.UNSURE, _("Unsure"), "3"),
            (ReviewDecision.WITHDRAWN, _("Take back"), None),
        )
        for decision, label, key in choices:
            st.button(
                label,
                key=f"{hypothesis_id(row)} {decision.value}",
                shortcut=key if keys else None,
                on_click=_save,
                args=(now, hypothesis_id(row), decision),
            )


def _said(now: Context, row: Mapping[str, Any]) -> None:
    """Who says what, in a line each."""
    if isinstance(now.store, AuditorError):
        return
    answer = answers_of(now.store.ledger(review_run(now.run.name))).get(hypothesis_id(row))
    if answer is None:
        return
    by_decision: dict[ReviewDecision, list[str]] = {}
    for name, event in sorted(answer.decisions.items()):
        by_decision.setdefault(event.decision, []).append(plain(name))
    texts = {
        NOT_OBJECT: _("{names}: not the object", names=", ".join(by_decision.get(NOT_OBJECT, []))),
        OBJECT: _("{names}: part of the object", names=", ".join(by_decision.get(OBJECT, []))),
        ReviewDecision.UNSURE: _(
            "{names}: unsure", names=", ".join(by_decision.get(ReviewDecision.UNSURE, []))
        ),
    }
    for decision, text in texts.items():
        if decision in by_decision:
            st.caption(text)


def _save(now: Context, case: str, decision: ReviewDecision) -> None:
    if isinstance(now.store, AuditorError):
        return
    now.store.append(Review(review_run(now.run.name), case, access.decider(), decision))


def asked_about(rows: Sequence[dict[str, Any]], confirmed: Collection[str]) -> list[dict[str, Any]]:
    """The hypotheses with a question left, those on which most depends first.

    Args:
        rows: of the table `hypotheses`.
        confirmed: classes that the audit confirms without anybody's word.
    """
    asked = [r for r in rows if r.get("carries") is True and r["class"] not in confirmed]
    return sorted(asked, key=lambda row: (-(row["cost"] or 0.0), row["class"], row["rank"]))


def unanswered(now: Context, asked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of them that the reader has not answered; none where nothing can be decided."""
    if now.readonly or isinstance(now.store, AuditorError):
        return []
    said = answers_of(now.store.ledger(review_run(now.run.name)))
    mine = {case for case, answer in said.items() if now.person.name in answer.decisions}
    return [row for row in asked if hypothesis_id(row) not in mine]


def queue(now: Context) -> list[dict[str, Any]]:
    """Everything that people are asked of the run."""
    classes = run_access.classes(now.run)
    sure = classes["verdict"].eq(ClassVerdict.CONFIRMED.value)
    sure &= classes["confirmed_by"].ne(BY_REVIEW)
    rows = plain_rows(run_access.hypotheses(now.run))
    return asked_about(rows, frozenset(classes.loc[sure, "class"]))
