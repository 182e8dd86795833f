"""The map of all pictures: its points travel as bytes, and only when they change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.components import gallery, phrases, session
from dashboard.components.assets import read
from dashboard.components.bulk import MOST_AT_ONCE
from dashboard.runs import images
from dashboard.runs.filters import Filters
from dashboard.runs.picture_map import HIDDEN, VERDICTS, CaseMap, packed
from dashboard.runs.queries import plain_rows
from dashboard.runs.ranks import CODES, Map
from dashboard.session import state
from dashboard.session.context import Context
from dashboard.texts.language import _
from dashboard.texts.words import case_style, review_word

KEY = "atlas"
REVIEW_COLOURS = ("#8A8F98", "#D55E00", "#009E73", "#E69F00")
"""Of `CODES`."""

_points = st.components.v2.component(
    "auditor.map_points", html="", js=read("points.js", "map_points.js")
)
_state = st.components.v2.component(
    "auditor.map_state", html="", js=read("points.js", "map_state.js")
)
_mount = st.components.v2.component(
    "auditor.atlas",
    html=read("atlas.html"),
    css=read("layers.css", "answers.css", "gallery.css", "atlas.css"),
    js=read(
        *("dom.js", "layers.js", "display.js", "keys.js", "outbox.js", "answers.js", "card.js"),
        *("points.js", "region.js", "scatter.js", "atlas.js"),
    ),
)


@dataclass(frozen=True)
class On:
    """What is called before the page runs again: a picture is asked for, many are decided, or that
    is taken back."""

    asked: Callable[[], None]
    decided: Callable[[], None]
    undone: Callable[[], None]


def send_points(now: Context, places: Map, found: CaseMap) -> None:
    """Where every picture lies and what it is; the browser keeps it for as long as it is the same.

    Verdicts of cases that the reader has yet to decide blind are not sent.
    """
    verdicts = np.where(now.hidden_flags(), np.uint8(HIDDEN), found.verdicts)
    styles = [case_style(verdict) for verdict in VERDICTS]
    header = {
        "key": key(now),
        "count": len(verdicts),
        "classes": list(found.classes),
        "words": {"verdicts": [{"name": f"{s.sign} {s.name}", "colour": s.colour} for s in styles]},
    }
    _points(key="map points", data=message(header, *places, found.labels, verdicts))


def send_state(now: Context, wanted: Filters) -> None:
    """Which pictures the filters leave, and what stands on each."""
    count = now.cases().ranking.count
    ranks = now.cases().ranks(wanted)
    flags = np.zeros(count, dtype=bool)
    flags[ranks] = True
    header = {"key": key(now), "count": count, "all": len(ranks) == count}
    codes = np.where(now.hidden_flags(), np.uint8(0), now.decided.codes)
    shown = np.frombuffer(packed(flags), dtype=np.uint8)
    _state(key="map state", data=message(header, shown, codes))


def message(header: Mapping[str, Any], *arrays: NDArray[Any]) -> bytes:
    """A header and arrays as points.js reads them."""
    text = json.dumps(header).encode()
    # The arrays begin at a multiple of 8 bytes.
    text += b" " * (-(len(text) + 4) % 8)
    body = b"".join(np.ascontiguousarray(each).tobytes() for each in arrays)
    return len(text).to_bytes(4, "little") + text + body


def key(now: Context) -> str:
    """Another one for another map."""
    return f"{now.run.name} {now.version()[1]} {state.language()} {now.person.name} {now.blind}"


def show(
    now: Context,
    *,
    region: str,
    focus: int | None,
    ranks: list[int],
    done: Mapping[str, Any] | None,
    on: On,
) -> None:
    """Show the map.

    Args:
        region: to begin with.
        focus: rank of a case that is marked, or None.
        ranks: of cases whose cards are asked for.
        done: what became of the last decision on many.
        on: called for what the reader wants.
    """
    data = {
        "key": key(now),
        "build": f"{state.language()} {now.readonly}",
        "region": region,
        "focus": focus,
        "cards": [_card(now, row) for row in _rows(now, ranks)],
        "done": done,
        "readonly": now.readonly,
        "most": MOST_AT_ONCE,
        "answers": session.answers(),
        "reviews": [
            {"name": review_word(code), "colour": colour}
            for code, colour in zip(CODES, REVIEW_COLOURS, strict=True)
        ],
        "colours": images.colours(),
        "words": phrases.words() | _words(),
        "help": phrases.help_rows(phrases.map_keys()),
    }
    _mount(
        key=KEY,
        data=data,
        on_asked_change=on.asked,
        on_opened_change=_nothing,
        on_go_change=_nothing,
        on_decided_change=on.decided,
        on_undone_change=on.undone,
    )


def _nothing() -> None:
    """The page runs again, and that is what was asked for."""


def _rows(now: Context, ranks: list[int]) -> list[dict[str, Any]]:
    known = [rank for rank in ranks if 0 <= rank < now.cases().ranking.count]
    return plain_rows(now.cases().page(np.array(sorted(set(known)), dtype=np.int32)))


def _card(now: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    link = urlencode({state.RUN: now.run.name, state.CASE: row["case_id"]})
    return gallery.told(now, row) | {"rank": row["rank"], "link": f"case?{link}"}


def _words() -> dict[str, Any]:
    return {
        "map": _("Map of all pictures: alike to the model, close on the map"),
        "colourBy": _("Coloured by"),
        "colourings": {"verdict": _("Verdict"), "label": _("Class"), "review": _("Review")},
        "whole": _("Whole map"),
        "chooseView": _("Choose what is in view"),
        "title": _("Map of all pictures"),
        "draw": _(
            "Draw a line around pictures to choose them. The wheel zooms; ⇧ and the mouse move."
        ),
        "chosen": _("{n} pictures chosen", n="{n}"),
        "undecided": _("{n} of them not reviewed", n="{n}"),
        "toGallery": _("Show in the gallery"),
        "decideAll": _("Decide all that are not reviewed:"),
        "letGo": _("Let go"),
        "more": _("and {n} more", n="{n}"),
        "hidden": _("Hidden"),
        "yes": _("Yes"),
        "sureAll": _("Decide {n} pictures: {answer}?", n="{n}", answer="{answer}"),
        "tooMany": _("At most {n} pictures can be decided at once.", n="{n}"),
    }
