"""What the app calls things: verdicts with their colours and signs, scores in plain words.

Colours are Okabe and Ito's (2008), which people with colour-blindness tell apart; every colour
comes with a sign and a word, so it is never the only signal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan

from auditor.domain.verdicts import (
    CASE_VERDICT_MEANING,
    CLASS_VERDICT_MEANING,
    CaseVerdict,
    ClassVerdict,
)

_TONES = {
    "#D55E00": "orange",
    "#CC79A7": "violet",
    "#E69F00": "yellow",
    "#56B4E9": "blue",
    "#009E73": "green",
    "#8A8F98": "gray",
}
"""Streamlit's names of the colours that come closest."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@])")


@dataclass(frozen=True, slots=True)
class VerdictStyle:
    """How a verdict is shown: a word, a sign, a colour (hex), the marker of charts, a meaning."""

    name: str
    sign: str
    colour: str
    marker: str
    meaning: str

    @property
    def badge(self) -> str:
        """The word and its sign as a coloured Markdown badge."""
        return f":{_TONES[self.colour]}-badge[{self.sign} {self.name}]"


def _case(verdict: CaseVerdict, name: str, sign: str, colour: str, marker: str) -> VerdictStyle:
    return VerdictStyle(name, sign, colour, marker, CASE_VERDICT_MEANING[verdict])


def _class(verdict: ClassVerdict, name: str, sign: str, colour: str, marker: str) -> VerdictStyle:
    return VerdictStyle(name, sign, colour, marker, CLASS_VERDICT_MEANING[verdict])


CASE_WORDS: dict[str, VerdictStyle] = {
    "shortcut": _case(CaseVerdict.SHORTCUT, "Shortcut", "▲", "#D55E00", "triangle-up"),
    "misled": _case(CaseVerdict.MISLED, "Misled", "✕", "#CC79A7", "x"),
    "suspected": _case(CaseVerdict.SUSPECTED, "Suspected", "◆", "#E69F00", "diamond"),
    "context": _case(CaseVerdict.CONTEXT, "Context", "●", "#56B4E9", "circle"),
    "object": _case(CaseVerdict.OBJECT, "Object", "■", "#009E73", "square"),
    "undetermined": _case(CaseVerdict.UNDETERMINED, "Undetermined", "?", "#8A8F98", "circle-open"),
}

CLASS_WORDS: dict[str, VerdictStyle] = {
    "confirmed": _class(ClassVerdict.CONFIRMED, "Confirmed", "▲", "#D55E00", "triangle-up"),
    "suspected": _class(ClassVerdict.SUSPECTED, "Suspected", "◆", "#E69F00", "diamond"),
    "context": _class(ClassVerdict.CONTEXT, "Context", "●", "#56B4E9", "circle"),
    "clean": _class(ClassVerdict.CLEAN, "Clean", "■", "#009E73", "square"),
    "undetermined": _class(
        ClassVerdict.UNDETERMINED, "Undetermined", "?", "#8A8F98", "circle-open"
    ),
}

REVIEW_WORDS: dict[str, str] = {
    "unreviewed": "Not reviewed",
    "confirmed": "Confirmed",
    "dismissed": "Dismissed",
    "unsure": "Unsure",
    "withdrawn": "Taken back",
}


@dataclass(frozen=True, slots=True)
class Score:
    """A score for the case view and the filters: column, short name, help in plain words."""

    column: str
    name: str
    help: str
    percent: bool = False


SCORES: tuple[Score, ...] = (
    Score(
        "severity",
        "Severity",
        "How urgent this case is, from 0 to 1. The gallery is sorted by it.",
    ),
    Score(
        "confidence",
        "Confidence",
        "How sure the model is of its answer.",
        percent=True,
    ),
    Score(
        "relevance_mass",
        "Heat on the object",
        "Share of the heat map that lies inside the object's outline. Compare it with the "
        "object's share of the picture: a map that knows nothing reaches just that.",
        percent=True,
    ),
    Score(
        "object_area",
        "Object's share",
        "How much of the picture the object covers.",
        percent=True,
    ),
    Score(
        "relevance_skill",
        "Focus",
        "Heat on the object against chance: 0 is what a map that knows nothing reaches, 1 is a "
        "map shaped exactly like the object, below 0 the model avoids the object.",
    ),
    Score(
        "saliency_auroc",
        "Ranking",
        "How well the heat map tells the object from the rest. 0.5 is chance, 1 is perfect, "
        "below 0.5 the background is hotter.",
    ),
    Score(
        "peak_ratio",
        "Hottest spot ratio",
        "Hottest spot outside the object divided by the hottest inside. Above 1 the model's "
        "strongest evidence is not the object.",
    ),
    Score(
        "border_mass",
        "Heat at the border",
        "Share of heat in the outer tenth of the picture, beyond what that frame would get by "
        "chance (0). High values hint at tags, frames and watermarks.",
        percent=True,
    ),
    Score(
        "background_effect",
        "Loss on other backgrounds",
        "How much probability of the right answer is lost when the object is pasted on other "
        "classes' backgrounds, compared with backgrounds of its own class. 0: no loss.",
        percent=True,
    ),
    Score(
        "object_effect",
        "Loss without the object",
        "How much probability is lost when the object is removed, compared with an equal hole "
        "elsewhere. Near 0: the model does not miss the object.",
        percent=True,
    ),
    Score(
        "background_suffices",
        "Pull of the background",
        "How much the picture without its object still speaks for the label, compared with empty "
        "pictures of other classes. 0: not at all.",
        percent=True,
    ),
)

SCORE_BY_COLUMN: dict[str, Score] = {score.column: score for score in SCORES}

FIGURES: tuple[Score, ...] = (
    Score(
        "background_effect",
        "Lost elsewhere",
        "Probability of the right answer that is lost when the object stands on innocent classes' "
        "backgrounds instead of its own class's. 0: nothing.",
        percent=True,
    ),
    Score(
        "capture",
        "Won by backgrounds",
        "Probability that the class wins when other classes' objects stand on its backgrounds. "
        "0: nothing.",
        percent=True,
    ),
    Score(
        "shortcut_rate",
        "Shortcut cases",
        "Share of its tested pictures that are answered right because of the background.",
        percent=True,
    ),
    Score(
        "leak",
        "Leak in the data",
        "How well the class can be told from what is not the object, whatever the model does. 0.5 "
        "is chance, 1: the surroundings give the class away.",
    ),
    Score(
        "nominated_rate",
        "Map on background",
        "Share of its pictures whose heat map prefers the background. A suspicion, no proof.",
        percent=True,
    ),
    Score("accuracy", "Right answers", "Share of its pictures answered right.", percent=True),
)
"""What the page of a class tells in numbers; columns of the classes, some with an interval."""


def plain(text: object) -> str:
    """`text` for a Markdown element, so that it shows as it is and does nothing."""
    one_line = " ".join(str(text).split())
    return _MARKDOWN.sub(r"\\\1", one_line)


def whisker(low: float | None, high: float | None, percent: bool = False) -> str | None:
    """An interval as people read it; None where there is none."""
    if low is None or high is None or isnan(low) or isnan(high):
        return None
    return f"{number(low, percent)} to {number(high, percent)}"


def number(value: float | bool | None, percent: bool = False) -> str:
    """A score as people read it; a dash where it is undefined."""
    if value is None or isnan(value):
        return "–"
    digits = 0 if abs(value) >= 10 else 2
    text = f"{value:.0%}" if percent else f"{value:.{digits}f}"
    return text.replace("-", "−")
