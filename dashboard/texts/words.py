"""What the app calls things: verdicts with their colours and signs, the scores it shows.

Words come from `auditor.domain` and `auditor.wording`. Colours are Okabe and Ito's (2008), which
people with colour-blindness tell apart; every colour comes with a sign and a word, so it is never
the only signal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.domain.cues import spec_of
from auditor.domain.measures import MEASURES, Format, Measure, measure
from auditor.domain.messages import N_
from auditor.domain.verdicts import CASE_VERDICTS, CLASS_VERDICTS, VerdictSpec
from auditor.wording.escaping import plain
from auditor.wording.numbers import formatted, interval_text
from auditor.wording.place_words import place_words
from auditor.wording.reasons import action_of_class, reason_of_case, reason_of_class
from dashboard.runs.filters import SCORE_COLUMNS
from dashboard.texts.language import _, current

__all__ = ["CASE_WORDS", "CLASS_WORDS", "FIGURES", "REVIEW_WORDS", "SCORES", "number", "plain"]

_PALETTE = {
    "confirmed": ("#D55E00", "triangle-up", "orange"),
    "misled": ("#CC79A7", "x", "violet"),
    "suspected": ("#E69F00", "diamond", "yellow"),
    "context": ("#56B4E9", "circle", "blue"),
    "clean": ("#009E73", "square", "green"),
    "undetermined": ("#8A8F98", "circle-open", "gray"),
}
"""By tone: colour, marker of charts, and Streamlit's name of the colour that comes closest."""


@dataclass(frozen=True, slots=True)
class VerdictStyle:
    """How a verdict is shown: a word, a sign, a colour (hex), the marker of charts, a meaning."""

    name: str
    sign: str
    colour: str
    marker: str
    meaning: str
    tone: str

    @property
    def badge(self) -> str:
        """For `st.markdown`."""
        return f":{_PALETTE[self.tone][2]}-badge[{self.sign} {self.name}]"


def _style(spec: VerdictSpec) -> VerdictStyle:
    colour, marker, _name = _PALETTE[spec.tone]
    return VerdictStyle(spec.label, spec.sign, colour, marker, spec.meaning, spec.tone)


CASE_WORDS: dict[str, VerdictStyle] = {v: _style(spec) for v, spec in CASE_VERDICTS.items()}
CLASS_WORDS: dict[str, VerdictStyle] = {v: _style(spec) for v, spec in CLASS_VERDICTS.items()}

REVIEW_WORDS: dict[str, str] = {
    "unreviewed": N_("Not reviewed"),
    "confirmed": N_("Shortcut"),
    "dismissed": N_("No shortcut"),
    "unsure": N_("Unsure"),
    "withdrawn": N_("Taken back"),
    "noted": N_("Note"),
}

SCORES: tuple[Measure, ...] = tuple(
    measure("cases", column)
    for column in (
        "severity",
        "confidence",
        "relevance_mass",
        "object_area",
        "relevance_skill",
        "saliency_auroc",
        "peak_ratio",
        "border_mass",
        "background_effect",
        "object_effect",
        "background_suffices",
    )
)
"""For the case view and the filters."""

SORTS: tuple[Measure, ...] = tuple(
    measure for measure in MEASURES["cases"] if measure.column in SCORE_COLUMNS
)
"""By which cases can be listed: every number of a case that has a name."""

SCORE_BY_COLUMN: dict[str, Measure] = {score.column: score for score in SCORES}
SORT_BY_COLUMN: dict[str, Measure] = {measure.column: measure for measure in SORTS}

FIGURES: tuple[Measure, ...] = tuple(
    measure("classes", column)
    for column in (
        "background_effect",
        "capture",
        "shortcut_rate",
        "leak",
        "nominated_rate",
        "accuracy",
    )
)
"""What the page of a class tells in numbers; columns of the classes, some with an interval."""


def case_style(verdict: str) -> VerdictStyle:
    """How a case's verdict is shown, in the reader's language."""
    return _translated(CASE_WORDS[verdict])


def class_style(verdict: str) -> VerdictStyle:
    """How a class's verdict is shown, in the reader's language."""
    return _translated(CLASS_WORDS[verdict])


def _translated(style: VerdictStyle) -> VerdictStyle:
    return replace(style, name=_(style.name), meaning=_(style.meaning))


def review_word(decision: str) -> str:
    """A decision in the reader's language."""
    return _(REVIEW_WORDS[decision])


def reason_text(row: Mapping[str, Any]) -> str:
    """Why a case or a class has its verdict, in the reader's language."""
    told = reason_of_case if "case_id" in row else reason_of_class
    return told(row, current())


def action_text(row: Mapping[str, Any]) -> str:
    """What to do about a class, in the reader's language; "" where nothing is."""
    return action_of_class(dict(row), current()) or ""


def cue_text(cue: str | None) -> str:
    """What a class relies on, in the reader's language; "" where it is not known."""
    spec = None if cue is None else spec_of(cue)
    return (cue or "") if spec is None else _(spec.meaning)


def place_text(place: str | None, code: str | None) -> str:
    """Where it lies, in the reader's language; "" where it is nowhere.

    Args:
        place: in English, `cue_where` or `place`.
        code: the same as a code; None in older runs.
    """
    return "" if place is None else place_words(code or place, current())


def whisker(low: float | None, high: float | None, percent: bool = False) -> str | None:
    """An interval as people read it; None where there is none."""
    return interval_text(low, high, Format.PERCENT if percent else Format.DECIMAL)


def number(value: float | bool | None, percent: bool = False) -> str:
    """A number as people read it; a dash where it is undefined."""
    return formatted(value, Format.PERCENT if percent else Format.RATIO)
