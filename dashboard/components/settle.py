"""The list of cases that a reviewer goes through, settled when a filter is set.

A page turn after ten decisions must not skip the ten cases that have moved up, so what matches is
settled once and stays as it is while the reviewer decides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from dashboard.runs.filters import DIFFER, MINE, Filters
from dashboard.runs.queries import Tally
from dashboard.runs.ranks import Ranks
from dashboard.session import state
from dashboard.session.context import Context

PER_PAGE = 24
WORKLIST = Filters(flagged=True)
"""What the gallery opens with."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A list of cases.

    Attributes:
        key: another one for another list, the same after a reload.
        ranks: its cases, in the order in which they are listed.
        wanted: the filters that it answers.
        widened: nothing is flagged among what the filters leave, so all of it is listed.
    """

    key: str
    ranks: Ranks
    wanted: Filters
    widened: bool = False

    def place(self, rank: int) -> float:
        """Place of a case, from 0; at a half, between its neighbours, where it is not listed.

        In an order of the reader's own a case that is not listed lies before the first.
        """
        if self.wanted.sort is not None:
            found = np.flatnonzero(self.ranks == rank)
            return float(found[0]) if len(found) else -0.5
        at = int(np.searchsorted(self.ranks, rank))
        listed = at < len(self.ranks) and int(self.ranks[at]) == rank
        return float(at) if listed else at - 0.5


def tally(now: Context, listed: Settled) -> Tally:
    """How many cases the list has and how many wait. A queue of disagreements stays as long as it
    was when it was settled, however few still differ."""
    if listed.wanted.queue == DIFFER:
        waiting = now.cases().undecided(listed.wanted, listed.ranks)
        return Tally(len(listed.ranks), len(waiting))
    return now.cases().tally(listed.wanted)


def left_to_review(now: Context) -> tuple[Tally, bool]:
    """What the gallery opens with, and whether that is the flagged cases: it is all cases where
    nothing is flagged. Every page that says how much is left says this number."""
    listed = _settle(now, WORKLIST)
    return tally(now, listed), listed.wanted.flagged


def settled(now: Context, wanted: Filters) -> Settled:
    """The list for these filters, kept for the session."""
    key = (now.version(), wanted, _dealt(now, wanted))
    found: Settled = state.cached("settled", key, partial(_settle, now, wanted))
    return found


def _dealt(now: Context, wanted: Filters) -> object:
    """What a list depends on beside the run: who looks, whether still blind; of one's own queue
    the rules; of disagreements the visit, since others make new ones all the time."""
    mine = now.assigned.rules if wanted.queue == MINE else ()
    visit = state.visit() if wanted.queue == DIFFER else None
    return now.person.name, bool(now.blind_left), tuple(rule.token for rule in mine), visit


def _settle(now: Context, wanted: Filters) -> Settled:
    ranks = now.cases().ranks(wanted)
    widened = wanted.flagged and len(ranks) == 0
    if widened:
        wanted = replace(wanted, flagged=False)
        ranks = now.cases().ranks(wanted)
    # Another name alone is not another list: the browser would go back to its beginning.
    reader = now.person.name if now.decides_blind else None
    said: Any = (now.version(), wanted, reader, bool(now.blind_left))
    digest = hashlib.sha256(repr(said).encode() + ranks.tobytes()).hexdigest()
    return Settled(digest[:20], ranks, wanted, widened)
