"""How far everybody is, and how often each agrees with the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from auditor.reviews.events import person_id
from auditor.reviews.ledger import Ledger
from dashboard.session.context import Context
from dashboard.texts.language import _


def show(now: Context) -> None:
    """One row for everybody who was asked or who decided something."""
    people = _people(now)
    if not people:
        return
    st.header(
        _("Progress"),
        anchor=False,
        help=_(
            "Assigned: cases that are the person's by the assignments below. Agrees: on how many "
            "of the cases that others decided, too, the person says what all of them say."
        ),
    )
    agreeing = agreements(now.decided.ledger)
    st.dataframe(
        pd.DataFrame([_line(now, who, name, agreeing) for who, name in people.items()]),
        hide_index=True,
        column_config={
            _("Progress"): st.column_config.ProgressColumn(
                format="%.0f%%", min_value=0, max_value=100
            ),
            _("Agrees"): st.column_config.NumberColumn(format="%.0f%%"),
        },
    )


def agreements(ledger: Ledger) -> dict[str, tuple[int, int]]:
    """`person_id` -> on how many cases that others decided, too, the person says what all of them
    say, and how many these are. What settles a case is no vote."""
    found: dict[str, tuple[int, int]] = {}
    for case in ledger.said:
        votes = ledger.votes(case)
        if len(votes) < 2:
            continue
        for name, own in votes.items():
            others = {e.decision for other, e in votes.items() if other != name}
            same, several = found.get(person_id(name), (0, 0))
            found[person_id(name)] = (same + (others == {own.decision}), several + 1)
    return found


def _people(now: Context) -> dict[str, str]:
    """`person_id` -> name: those who were asked first, then whoever decided."""
    people = dict(now.assigned.names)
    for said in now.decided.ledger.said.values():
        for event in said:
            people.setdefault(person_id(event.reviewer), event.reviewer)
    return people


def _line(
    now: Context, who: str, name: str, agreeing: Mapping[str, tuple[int, int]]
) -> dict[str, object]:
    own = now.decided.of(who) > 0
    mine = now.assigned.mine.get(who)
    asked = 0 if mine is None else int(np.count_nonzero(mine))
    done = 0 if mine is None else int(np.count_nonzero(mine & own))
    same, several = agreeing.get(who, (0, 0))
    return {
        _("Reviewer"): name,
        _("Assigned"): asked,
        _("Decided of these"): done,
        _("Left"): asked - done,
        _("Progress"): 100 * done / asked if asked else None,
        _("Decided in all"): int(np.count_nonzero(own)),
        _("Agrees"): 100 * same / several if several else None,
    }
