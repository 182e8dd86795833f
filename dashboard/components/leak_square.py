"""Whether the data give classes away, and whether the model uses it: a square of four answers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from auditor.domain.messages import N_
from auditor.domain.summary import Summary
from auditor.reports.leaks import ANSWERS, LeakLine, baseline_words, leak_lines
from auditor.reports.rows import rows_of
from dashboard.texts import headlines, language
from dashboard.texts.language import _
from dashboard.texts.words import (
    number,
    plain,
    whisker,
)

MOST_NAMED = 6
LEAKS = {"yes": N_("The data give it away"), "no": N_("The data do not")}


USES = {"yes": N_("The model uses it"), "no": N_("The model does not")}


def leak_and_use(classes: pd.DataFrame, summary: Summary) -> None:
    st.header(
        _("Two questions: do the data give the class away, and does the model use it?"),
        anchor=False,
        help=_(
            "The data leak a class if it can be told from what is not the object: the whole 95% "
            "interval above 0.6, and told from the one class that looks most like it, too. Where "
            "other classes leak, an unaffected class lies above 0.5 as well: not to look like them "
            "is a hint. The model uses it if the class is confirmed. A class is open where one of "
            "the two cannot be said."
        ),
    )
    lines = leak_lines(rows_of(classes))
    if not lines:
        st.markdown(
            _(
                "This run did not measure whether the data give a class away, so only the second "
                "question is answered, below."
            )
        )
        return
    if baseline := baseline_words(summary, language.current()):
        st.caption(baseline)
    for leaks, title in LEAKS.items():
        cells = st.columns([1, 2, 2], vertical_alignment="center")
        cells[0].markdown(f"**{_(title)}**")
        for place, (used, column) in zip(cells[1:], USES.items(), strict=True):
            with place.container(border=True, height="stretch"):
                _cell(lines, leaks, used, column)
    open_ones = [line.row["class"] for line in lines if "open" in line.state]
    if open_ones:
        st.caption(_("Open: {names}.", names=plain(headlines.listed(open_ones))))


def _cell(lines: list[LeakLine], leaks: str, used: str, title: str) -> None:
    names = [line.row["class"] for line in lines if line.state == (leaks, used)]
    st.caption(_(title))
    st.markdown(f"**{plain(headlines.listed(names))}**" if names else _("no class"))
    if names:
        st.markdown(_(ANSWERS[leaks, used]))
        own = [line.row for line in lines if line.row["class"] in names]
        st.caption(_("Leak (95% interval)") + ": " + "; ".join(map(_measured, own[:MOST_NAMED])))


def _measured(row: dict[str, Any]) -> str:
    within = whisker(row["leak_low"], row["leak_high"])
    return f"{plain(row['class'])} {number(row['leak'])}" + (f" ({within})" if within else "")
