"""The repairs beside the runs: a cue's effect over their rounds."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from auditor.repairs.effect_floor import effect_floor
from auditor.repairs.outcome_words import chosen_words, end_words
from auditor.repairs.records import Repair, repairs_in
from dashboard.charts.repairs import repair_chart
from dashboard.texts.language import _, current
from dashboard.texts.words import number, plain


def show(runs: Path) -> None:
    """A card for each repair in the folder of runs; nothing where there is none."""
    for name, repair in repairs_in(runs).items():
        with st.container(border=True):
            title = _("Repair: {name}", name=plain(name))
            st.markdown(f"## {title}")
            _outcome(repair)
            st.plotly_chart(
                repair_chart(repair, effect_floor(repair), current()),
                key=f"repair {name}",
                config={"displayModeBar": False},
            )
            _rounds(repair)


def _outcome(repair: Repair) -> None:
    ended = end_words(repair, current()) or _("It has not ended yet: call it again to go on.")
    st.markdown(plain(ended))
    before, after = repair.before, repair.last
    st.caption(
        _(
            "Accuracy {before} before, {after} now.",
            before=number(before.accuracy, True),
            after=number(after.accuracy, True),
        )
    )


def _rounds(repair: Repair) -> None:
    for each in repair.rounds:
        told = _("round {n}: {method}", n=each.number, method=chosen_words(each, current()))
        st.caption(plain(told))
