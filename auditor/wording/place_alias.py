"""Where a cue lies, in the English of runs from before `auditor.domain.locations`: an alias."""

from __future__ import annotations

import re

from auditor.domain.messages import N_
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import listed

MOST_REGIONS = 9
SIDES = (
    *(N_("top"), N_("bottom"), N_("left"), N_("right")),
    *(N_("top and bottom"), N_("left and right")),
    *(N_("top left"), N_("top centre"), N_("top right")),
    *(N_("middle left"), N_("middle centre"), N_("middle right")),
    *(N_("bottom left"), N_("bottom centre"), N_("bottom right")),
)
_SIDE = "(?P<side>" + "|".join(sorted(SIDES, key=len, reverse=True)) + ")"
_IN_SHARE = re.compile(_SIDE + r" in (?P<share>\d+%)")
WHOLE = (
    N_("all around the object"),
    N_("beside the object"),
    N_("the corners of the picture"),
)
"""What was written without a number."""
_SHARES = (
    (
        re.compile(r"a corner of the picture: (.+) of its images"),
        N_("a corner of the picture: {shares} of its images"),
    ),
    (re.compile(r"(.+) of its images"), N_("{shares} of its images")),
)
_DEEP = r", the outer (?P<depth>\d+%)"
_ALONG = (
    (
        re.compile(f"along the {_SIDE} of the picture{_DEEP}"),
        N_("along the {side} of the picture, the outer {depth}"),
    ),
    (
        re.compile(f"along {_SIDE} of the picture{_DEEP} of each"),
        N_("along {side} of the picture, the outer {depth} of each"),
    ),
    (
        re.compile(r"the outer edge of the picture, (?P<depth>\d+%) deep"),
        N_("the outer edge of the picture, {depth} deep"),
    ),
    (re.compile(f"the {_SIDE} corner of the picture"), N_("the {side} corner of the picture")),
)


def alias_words(text: str, _: Translator) -> str:
    """An English place (columns `cue_where`, `place`; number `where`) in the reader's language.

    A text that is none of those stays as the catalogue has it, else as it is.
    """
    for pattern, message in _SHARES:
        if (found := pattern.fullmatch(text)) and _IN_SHARE.search(found[1]):
            told = [
                _("{side} in {share}", side=_(each["side"]), share=each["share"])
                for each in _IN_SHARE.finditer(found[1])
            ]
            return _(message, shares=listed(told, MOST_REGIONS, _))
    for pattern, message in _ALONG:
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            sides = {"side": _(values["side"])} if "side" in values else {}
            return _(message, **values | sides)
    return _(text)
