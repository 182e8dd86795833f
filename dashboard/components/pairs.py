"""What two models make of one picture, side by side: every case that changed, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from auditor.storage.run import Run
from dashboard import pages
from dashboard.components import phrases
from dashboard.components.assets import read
from dashboard.components.layer_values import layer_values
from dashboard.runs import access as run_access
from dashboard.runs import compared, images
from dashboard.runs.filters import Filters
from dashboard.runs.pairs import ARROW, CHANGE_WORDS, PairChange, Pairs
from dashboard.runs.queries import plain_rows
from dashboard.session import address, state
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import case_style, plain, reason_text

KEY = "pairs"
PER_PAGE = 12
OF, CHANGE, TURN = "of", "change", "turn"
"""Names in the URL: classes, kinds of change, verdict before and now."""

_mount = st.components.v2.component(
    "auditor.pairs",
    html='<div class="pairs"><div class="bar"></div><div class="sheet" tabindex="-1"></div>'
    '<div class="dialogs"></div></div>',
    css=read("layers.css", "gallery.css", "pairs.css"),
    js=read("dom.js", "layers.js", "display.js", "keys.js", "card.js", "pairs.js"),
)


def show(now: Context, base: Run) -> None:
    """The pictures whose answer or verdict changed, with what chooses among them."""
    with st.spinner(_("Comparing the runs…"), show_time=True):
        found = compared.pairs(base, now.run)
    st.header(_("Pictures that changed: {n:,}", n=len(found.new)), anchor=False)
    if not len(found.new):
        st.markdown(_("Both models answer every picture alike, with the same verdict."))
        return
    wanted = _choice(found)
    _page(now, base, found, wanted)


def _choice(found: Pairs) -> np.ndarray[Any, np.dtype[np.intp]]:
    counts = found.counts()
    labels = found.labels.categories.tolist()
    turns = found.turns.categories.tolist()
    address.follow_many(OF, labels)
    address.follow_many(CHANGE, list(counts))
    address.follow_one(TURN, turns, None)
    st.pills(
        _("Change"),
        list(counts),
        format_func=lambda change: f"{_(CHANGE_WORDS[PairChange(change)])}: {counts[change]:,}",
        selection_mode="multi",
        key=CHANGE,
    )
    left, right = st.columns(2)
    left.multiselect(_("Class"), labels, key=OF, placeholder=_("All classes"))
    right.selectbox(
        _("Verdict"),
        turns,
        index=None,
        format_func=_turn_in_words,
        key=TURN,
        placeholder=_("Any change of verdict"),
    )
    changes = [PairChange(change) for change in state.widget(CHANGE) or ()]
    return found.among(state.widget(OF) or (), changes, state.widget(TURN))


@st.fragment
def _page(
    now: Context, base: Run, found: Pairs, wanted: np.ndarray[Any, np.dtype[np.intp]]
) -> None:
    """Runs alone when a page is turned."""
    total = len(wanted)
    chosen = (now.run.name, base.name, total, int(wanted.sum()))
    if not total:
        st.info(_("No picture changed in this way."), icon=":material/filter_alt_off:")
        return
    asked = state.component(KEY).get("page")
    if state.once("pairs shown", chosen):
        state.remember("page of pairs", state.page_number() - 1)
    elif isinstance(asked, Mapping) and asked.get("list") == str(chosen):
        state.remember("page of pairs", int(asked.get("number", 0)))
    last = (total - 1) // PER_PAGE
    number = min(max(0, state.restore("page of pairs", 0)), last)
    places = wanted[number * PER_PAGE : (number + 1) * PER_PAGE]
    opened = _mount(
        key=KEY,
        data={
            "list": str(chosen),
            "page": number,
            "pages": last + 1,
            "total": total,
            "pairs": _pairs(now, base, found, places),
            "titles": {"base": base.name, "new": now.run.name},
            "colours": images.colours(),
            "words": phrases.words(),
            "help": phrases.help_rows(phrases.pair_keys()),
        },
        on_page_change=lambda: None,
        on_opened_change=lambda: None,
    ).opened
    known = set(now.cases().page(np.sort(found.new[places]))["case_id"])
    if isinstance(opened, str) and opened in known:
        pages.go(pages.CASE, Filters(), case=opened)


def _pairs(
    now: Context, base: Run, found: Pairs, places: np.ndarray[Any, np.dtype[np.intp]]
) -> list[dict[str, Any]]:
    before, after = _rows(base, found.base[places]), _rows(now.run, found.new[places])
    changes = list(PairChange)
    shown = []
    for place in places:
        old, new = before[int(found.base[place])], after[int(found.new[place])]
        link = urlencode({state.RUN: now.run.name, state.CASE: new["case_id"]})
        shown.append(
            {
                "id": new["case_id"],
                "link": f"case?{link}",
                "label": new["label"],
                "image": new["image"],
                "change": _(CHANGE_WORDS[changes[int(found.changes[place])]]),
                "base": _side(old, base),
                "new": _side(new, now.run),
            }
        )
    return shown


def _rows(run: Run, ranks: np.ndarray[Any, np.dtype[np.int32]]) -> dict[int, dict[str, Any]]:
    cases = run_access.cases(run, run_access.undecided(run))
    return {row["rank"]: row for row in plain_rows(cases.page(np.sort(ranks)))}


def _side(case: Mapping[str, Any], run: Run) -> dict[str, Any]:
    style = case_style(case["verdict"])
    return layer_values(case, run.metadata, images.CARD_SIDE) | {
        "alt": f"{run.name}: {case['label']}: {case['image']}",
        "label": case["label"],
        "predicted": case["predicted"],
        "correct": bool(case["correct"]),
        "confidence": float(case["confidence"]),
        "reason": reason_text(case),
        "verdict": {
            "name": style.name,
            "sign": style.sign,
            "colour": style.colour,
            "meaning": style.meaning,
        },
    }


def _turn_in_words(turn: str) -> str:
    before, _arrow, after = turn.partition(ARROW)
    old, new = case_style(before), case_style(after)
    return plain(f"{old.sign} {old.name} → {new.sign} {new.name}")
