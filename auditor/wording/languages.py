"""The languages that are spoken: one row each. A further one needs its row and its catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        id: of `--lang`, `?lang=`, AUDITOR_LANG, and the catalogue's folder.
        name: what it calls itself.
        html: its tag in HTML (BCP 47).
        spaced: whether a space stands between two sentences.
    """

    id: str
    name: str
    html: str
    spaced: bool = True


SPOKEN: Final = (
    Language("en", "English", "en"),
    Language("zh", "简体中文", "zh-Hans", spaced=False),
)
"""The first is the language of the source texts."""

LANGUAGE_OF: Final[Mapping[str, Language]] = {each.id: each for each in SPOKEN}
"""By id."""
LANGUAGES: Final = tuple(LANGUAGE_OF)
"""Their ids."""
