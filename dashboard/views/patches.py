"""The queue of patches and regions that carry a class: is it the object, or something else?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import pages
from dashboard.components import hypotheses, hypothesis_review
from dashboard.session import context, state
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import place_text, plain

LATER = "patches put off"


def main() -> None:
    """The page."""
    state.enter("patches")
    now = context.current()
    asked = hypothesis_review.queue(now)
    if not asked:
        _none()
        return
    left = hypothesis_review.unanswered(now, asked)
    if left:
        _ask(now, _first(now, left), len(left), len(asked))
    else:
        st.title(_("Object or not: nothing is left to say"), anchor=False)
    _answered(now, [row for row in asked if row not in left])


def _none() -> None:
    st.title(_("Object or not: nothing to say"), anchor=False)
    st.markdown(
        _(
            "Where classes have no outlines and changed pictures prove that a patch or a region "
            "carries one, this page asks whether it is the object. This run has none."
        )
    )


def _first(now: Context, left: list[dict[str, Any]]) -> dict[str, Any]:
    """The first that was not put off; what was put off comes last."""
    put_off = list(state.restore(LATER, ()))
    keyed = [(hypothesis_review.key_of(now, row), row) for row in left]
    order = {key: place for place, key in enumerate(put_off)}
    return min(keyed, key=lambda each: order.get(each[0], -1))[1]


def _ask(now: Context, row: dict[str, Any], left: int, everything: int) -> None:
    st.title(_("Object or not: {name}", name=plain(row["class"])), anchor=False)
    st.caption(
        _(
            "{left:,} of {all:,} are left. Key 1: not the object, 2: part of the object, 3: "
            "unsure. The next one follows by itself.",
            left=left,
            all=everything,
        )
    )
    hypotheses.one(row, now, keys=True)
    with st.container(horizontal=True):
        if left > 1:
            st.button(_("Later"), shortcut="l", on_click=_put_off, args=(now, row))
        st.page_link(
            pages.CLASSES,
            label=_("Its class"),
            icon=":material/category:",
            query_params={state.NAME: row["class"]},
        )


def _put_off(now: Context, row: dict[str, Any]) -> None:
    key = hypothesis_review.key_of(now, row)
    kept = [each for each in state.restore(LATER, ()) if each != key]
    state.remember(LATER, (*kept, key))


def _answered(now: Context, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    st.header(_("Answered ({n:,})", n=len(rows)), anchor=False)
    for row in rows:
        place = place_text(row["place"], row.get("place_code"))
        where = f" · {plain(place)}" if place else ""
        st.markdown(f"**{plain(row['class'])}** · {hypotheses.what(row['kind'])}{where}")
        hypothesis_review.ask(now, row, keys=False, question=False)


main()
