"""One case: what the model looked at, what changing the picture shows, and the decision."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from auditor.domain.cues import spec_of
from auditor.domain.errors import AuditorError
from auditor.domain.verdicts import ClassVerdict
from auditor.reviews.events import Decision, Review
from dashboard import access, context, inbox, pages, state
from dashboard.components import cards, notices, score_panel, strip, tally, viewer
from dashboard.context import Context
from dashboard.runs import access as run_access
from dashboard.runs import heat
from dashboard.runs.queries import plain_rows
from dashboard.words import CASE_WORDS, REVIEW_WORDS, plain

FORM_WIDTH = 620
MOST_ALIKE = 8


def main() -> None:
    """Everything but the sidebar."""
    state.enter("case")
    _case()


@st.fragment
@notices.told()
def _case() -> None:
    """Runs alone when a key is pressed."""
    now = context.current()
    wanted = state.filters()
    if state.take(inbox.BACK):
        pages.go(pages.GALLERY, wanted)
    if (opened := state.take(inbox.OPEN)) is not None:
        state.set_case(opened)
        state.remember("cursor", opened)
    cases = now.cases()
    asked = state.case_id()
    case = cases.case(asked) if asked else None
    if case is None:
        _missing(now, asked)
        return
    notices.saving(now.store, state.take(inbox.FAILURE), now.person)
    tally.show(cases.tally(wanted), state.restore(inbox.HANDLED, {}))
    picture, words = st.columns([10, 9], gap="large")
    with picture:
        standing = now.decided.ledger.standing(case["case_id"])
        reviewed = "" if standing is None else standing.decision.value
        note = "" if standing is None else standing.note
        viewer.show(
            case | {"review": reviewed, "note": note},
            now.run.manifest,
            neighbours=cases.neighbours(wanted, case["rank"]),
            readonly=now.readonly,
            on_events=partial(inbox.receive, viewer.KEY, now.run, now.store),
        )
    with words:
        _words(case)
        score_panel.show(case)
    _interventions(now, case)
    _alike(now, case)
    _history(now, case)


def _missing(now: Context, asked: str | None) -> None:
    st.title("There is no such case" if asked else "No case is chosen", anchor=False)
    if asked:
        st.markdown(f"The run **{plain(now.run.name)}** has no case **{plain(asked)}**.")
    st.page_link(
        pages.GALLERY,
        label="To the gallery",
        icon=":material/grid_view:",
        query_params={},
    )


def _words(case: dict[str, Any]) -> None:
    word = CASE_WORDS[case["verdict"]]
    answer = "right" if case["correct"] else "wrong"
    st.title(f"{plain(case['label'])} → {plain(case['predicted'])}", anchor=False)
    st.markdown(
        f"{word.badge} {word.meaning}.\n\n"
        f"The model answers **{plain(case['predicted'])}**, {case['confidence']:.0%} sure, which "
        f"is {answer}.\n\n{plain(case['reason'])}"
    )
    st.caption(f"{plain(case['image'])} · {case['image_width']} × {case['image_height']} pixels")
    if case["mask_source"] == "none":
        st.caption("There is no outline of the object, so scores that need one are undefined.")


def _interventions(now: Context, case: dict[str, Any]) -> None:
    st.header(
        "What changing the picture shows",
        anchor=False,
        help=f"How likely the model finds {plain(case['label'])} in each picture. A model that "
        "looks at the object keeps its answer on any background and loses it with the object.",
    )
    accused = _accused(now, case["label"])
    rows = plain_rows(run_access.evidence(now.run, case["case_id"]))
    if accused is not None:
        st.markdown(_accusation(accused))
    if rows:
        lent = [row["donor"] for row in rows if row["donor"] is not None]
        cue = None if accused is None else accused["cue"]
        strip.show(rows, case["label"], now.cases().labels(lent), cue)
    elif case["tested"]:
        st.markdown("This case was tested; pictures are kept for the worst cases only.")
    else:
        st.markdown("This case was not tested with changed pictures.")


def _accused(now: Context, label: str) -> dict[str, Any] | None:
    """The row of a class that has a cue."""
    classes = run_access.classes(now.run)
    found = plain_rows(classes[(classes["class"] == label) & classes["cue"].notna()])
    return found[0] if found else None


def _accusation(row: dict[str, Any]) -> str:
    """What the class is accused of: a case alone may show nothing of it."""
    sure = row["verdict"] == ClassVerdict.CONFIRMED.value
    spec = spec_of(row["cue"])
    cue = plain(row["cue"]) if spec is None else spec.meaning
    return f"The class **{plain(row['class'])}** {'relies' if sure else 'may rely'} on **{cue}**."


def _alike(now: Context, case: dict[str, Any]) -> None:
    found = heat.alike(now.cases(), case, MOST_ALIKE)
    if not found:
        return
    st.header(
        "Alike cases",
        anchor=False,
        help="Cases of the same class whose heat lies in the same place, most alike first: they "
        "may rely on the same cue. A click opens one.",
    )
    rows = now.cases().named(found)
    by_id = {row["case_id"]: row for row in plain_rows(rows)}
    cards.show("alike", now.run, [by_id[name] for name in found], wanted=state.filters())


def _history(now: Context, case: dict[str, Any]) -> None:
    if isinstance(now.store, AuditorError):
        return
    st.header("Reviews", anchor=False)
    for review in reversed(now.store.events(now.run.name, case["case_id"])):
        note = f" · {plain(review.note)}" if review.note else ""
        st.markdown(
            f"**{REVIEW_WORDS[review.decision]}** by {plain(review.reviewer)}, "
            f"{review.time:%d %B %Y %H:%M} UTC{note}"
        )
    if now.readonly:
        return
    decision = _decision_of_note(now, case)
    with st.form("note", clear_on_submit=True, border=False, width=FORM_WIDTH):
        note = st.text_area(
            "Note",
            height=80,
            max_chars=inbox.MOST_CHARACTERS,
            help="Kept with a decision of yours, for the team.",
        )
        label = f"Save note as “{REVIEW_WORDS[decision].lower()}”"
        if st.form_submit_button(label) and note.strip():
            _save_note(now, case, decision, note.strip())


def _decision_of_note(now: Context, case: dict[str, Any]) -> Decision:
    """A note goes with what stands; where nobody has decided, it asks for another look."""
    standing = now.decided.ledger.standing(case["case_id"])
    return standing.decision if standing else Decision.UNSURE


def _save_note(now: Context, case: dict[str, Any], decision: Decision, note: str) -> None:
    review = Review(now.run.name, case["case_id"], access.decider(), decision, note)
    if not isinstance(now.store, AuditorError):
        now.store.append(review)
    st.rerun()


main()
