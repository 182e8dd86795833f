"""What a class without masks may rely on: the ranked hypotheses, with their patches."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import streamlit as st

from auditor.domain.cues import spec_of
from auditor.domain.hypotheses import (
    HYPOTHESIS_STATUS_MEANING,
    LOG_ODDS_FLOOR,
    PATCH,
    REGION,
    HypothesisStatus,
)
from auditor.domain.measures import Format
from auditor.domain.messages import N_
from auditor.wording.numbers import change, decimal, interval_text
from auditor.wording.reasons import action_of_hypothesis, reason_of_hypothesis
from dashboard.components import hypothesis_review
from dashboard.session.context import Context
from dashboard.texts.language import _, current
from dashboard.texts.words import number, place_text, plain, whisker

SHOWN = 3
WHAT = {
    PATCH: N_("A patch of the picture"),
    REGION: N_("A part of the picture that lies where it lies in every picture"),
    "colour cast": N_("The tint of the whole picture"),
    "blur": N_("The softness of the whole picture"),
    "border frame": N_("The outer border of the picture"),
}
PATCH_CAPTION = N_(
    "Examples: above the whole picture with the patch bright, below the patch enlarged."
)
REGION_CAPTION = N_("Examples: the whole picture, with what this is about bright.")
COLOURS = {
    HypothesisStatus.CONFIRMED: "red",
    HypothesisStatus.SUSPECTED: "orange",
    HypothesisStatus.OPEN: "gray",
}
HELP = N_(
    "Nobody drew where the object is, so the audit says less. It looks for what lowers the"
    " answer's probability when it is removed and raises it in other pictures when it is added. A"
    " cue does that, and so does the object: only a person can tell which of them a patch shows."
)


def show(rows: Sequence[dict[str, Any]], now: Context) -> None:
    """Show hypotheses of one class, the best shown first.

    Args:
        rows: of the table `hypotheses`, None for null.
        now: of the page.
    """
    if not rows:
        return
    st.header(_("Without outlines: what it may rely on"), anchor=False, help=_(HELP))
    asked = next((row["rank"] for row in rows if row.get("carries") is True), None)
    for row in rows[:SHOWN]:
        one(row, now, keys=row["rank"] == asked)
    left = rows[SHOWN:]
    if left:
        with st.expander(_("{n} weaker ones", n=len(left))):
            for row in left:
                one(row, now, keys=row["rank"] == asked)


def one(row: dict[str, Any], now: Context, *, keys: bool) -> None:
    """Show one hypothesis, and ask whether it is the object where that is the question left.

    Args:
        row: of the table `hypotheses`, None for null.
        now: of the page.
        keys: whether 1, 2 and 3 answer it: of one question of a page alone.
    """
    standing = HypothesisStatus(row["standing"])
    place = place_text(row["place"], row.get("place_code"))
    where = f" · {plain(place)}" if place else ""
    badge = f":{COLOURS[standing]}-badge[{_(standing.value)}]"
    st.markdown(
        f"**{row['rank']}. {what(row['kind'])}**{where} {badge} "
        f"{_(HYPOTHESIS_STATUS_MEANING[standing])}"
    )
    if row["picture"] is not None:
        address = f"data:image/jpeg;base64,{b64encode(bytes(row['picture'])).decode()}"
        st.image(
            address,
            caption=_(PATCH_CAPTION if row["kind"] == PATCH else REGION_CAPTION),
            alt=f"{row['class']}: {what(row['kind'])}",
        )
    with st.container(horizontal=True):
        _figure(
            row,
            "cost",
            _("Costs"),
            _("Probability lost without it, more than without an equal one"),
        )
        _figure(row, "win", _("Wins"), _("Probability that pictures of other classes give to it"))
        _log_odds(row)
        if row["kind"] == PATCH:
            st.metric(
                _("Place of its own"),
                number(row["consistency"], True),
                help=_(
                    "How far its heat keeps to a place where other classes' heat is not: 0% is "
                    "chance, 100% no overlap."
                ),
                width=198,
            )
    st.markdown(plain(reason_of_hypothesis(row, current())))
    hypothesis_review.ask(now, row, keys=keys)
    todo = action_of_hypothesis(row, current())
    if todo is not None:
        st.markdown("**" + _("Next.") + "** " + plain(todo))


def what(kind: str) -> str:
    """What a hypothesis is about, in words."""
    known = WHAT.get(kind)
    if known is not None:
        return _(known)
    spec = spec_of(kind)
    words = kind if spec is None else _(spec.meaning)
    return words[:1].upper() + words[1:]


def _log_odds(row: dict[str, Any]) -> None:
    """What it wins in log odds: a network of many classes shows it there first."""
    win, low, high = (row.get(f"log_odds_win{end}") for end in ("", "_low", "_high"))
    if win is None:
        return
    null = row.get("log_odds_null")
    bar = max(LOG_ODDS_FLOOR, null or 0.0)
    st.metric(
        _("Wins in log odds"),
        change(win, Format.DECIMAL),
        delta=interval_text(low, high, Format.DECIMAL),
        delta_color="off",
        delta_arrow="off",
        help=_(
            "Log odds against the other classes in the data that pictures of other classes give to"
            " it; {bar} and more, surely, shows. Equal control patches stay below. Probabilities of"
            " a network of many classes may hardly move meanwhile.",
            bar=decimal(bar),
        ),
        width=198,
    )


def _figure(row: dict[str, Any], name: str, title: str, words: str) -> None:
    tested = row[f"{name}_images"]
    count = (
        _(", {n} pictures tested", n=tested)
        if tested is not None
        else _("; it could not be tested here")
    )
    st.metric(
        title,
        number(row[name], True),
        delta=whisker(row[f"{name}_low"], row[f"{name}_high"], True),
        delta_color="off",
        delta_arrow="off",
        help=f"{words}{count}.",
        width=198,
    )
