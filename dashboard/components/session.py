"""What the browser's decision session (session.js) is told: the list, the answers, the words."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from auditor.reviews.events import ReviewDecision, ReviewReason
from dashboard.components import phrases
from dashboard.components.settle import PER_PAGE, Settled
from dashboard.runs import images
from dashboard.runs.filters import DIFFER
from dashboard.session import access, filtering, state
from dashboard.session.context import Context
from dashboard.texts.language import _

FILES = ("dom.js", "outbox.js", "said.js", "worklist.js", "departure.js", "session.js")
"""Scripts of whatever speaks with the session."""
VIEW_FILES = (
    *FILES,
    *("layers.js", "display.js", "keys.js", "address.js", "answers.js", "card.js"),
)
"""Scripts of what shows cases and decides them."""


def scope(
    now: Context,
    listed: Settled,
    index: float,
    *,
    visit: int,
    outside: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The list and where to begin in it, as plain values.

    Args:
        index: place of the case to begin with; at a half for one that is not listed.
        visit: another number where the browser shall go to `index`.
        outside: the card of a case that is not listed.
    """
    language = state.language()
    readonly = now.readonly
    query: dict[str, Any] = {state.RUN: now.run.name, **filtering.parameters(listed.wanted)}
    if language != "en":
        query[state.LANG] = language
    return {
        "home": home(now),
        "run": now.run.name,
        "key": listed.key,
        "build": f"{language} {readonly}",
        "visit": visit,
        "total": len(listed.ranks),
        "perPage": PER_PAGE,
        "index": index,
        "outside": outside,
        "reviewer": now.person.name,
        "solo": not access.team(),
        "readonly": readonly,
        "arbitrates": listed.wanted.queue == DIFFER and now.settles,
        "query": urlencode(query, doseq=True),
        "answers": answers(),
        "reasons": [{"id": reason.value, "name": name} for reason, name in reasons().items()],
        "words": phrases.words(),
        "colours": images.colours(),
    }


def home(now: Context) -> str:
    """A name for the folder of runs, by which the browser keeps what waits for it apart."""
    return hashlib.sha256(str(now.catalog.folder).encode()).hexdigest()[:12]


def answers() -> list[dict[str, Any]]:
    """The answers to the question, by key. Where outline or label is wrong nothing is said of the
    model: the case stays open as "unsure", with the reason, until the data are repaired."""
    return [
        {
            "key": "1",
            "decision": ReviewDecision.CONFIRMED.value,
            "reasons": [],
            "long": _("Yes, shortcut"),
            "short": _("Yes"),
            "done": _("Shortcut"),
            "sign": "✓",
        },
        {
            "key": "2",
            "decision": ReviewDecision.DISMISSED.value,
            "reasons": [],
            "long": _("No, it uses the object"),
            "short": _("No"),
            "done": _("No shortcut"),
            "sign": "✕",
        },
        {
            "key": "3",
            "decision": ReviewDecision.UNSURE.value,
            "reasons": [],
            "long": _("Unsure"),
            "short": _("Unsure"),
            "done": _("Unsure"),
            "sign": "?",
        },
        {
            "key": "4",
            "decision": ReviewDecision.UNSURE.value,
            "reasons": [ReviewReason.MASK_WRONG.value],
            "long": _("Mask or label is wrong"),
            "short": _("Data"),
            "done": _("Data wrong"),
            "sign": "!",
        },
    ]


def reasons() -> dict[ReviewReason, str]:
    """Reasons to tick, in words."""
    return {
        ReviewReason.SCENE: _("Scene or background"),
        ReviewReason.MARK: _("Mark, tag or text"),
        ReviewReason.OTHER_OBJECT: _("Another object"),
        ReviewReason.BORDER: _("Border or frame"),
        ReviewReason.APPEARANCE: _("Colour or lighting"),
        ReviewReason.LEGITIMATE: _("Belongs to the class"),
        ReviewReason.MASK_WRONG: _("Outline is wrong"),
        ReviewReason.LABEL_WRONG: _("Label is wrong"),
    }
