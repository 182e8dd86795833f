"""The reader's language: `?lang=` first, then what was chosen before (a cookie), then English."""

from __future__ import annotations

from typing import Any

from auditor.wording.catalogue import Translator, translator
from auditor.wording.languages import SPOKEN
from dashboard.session import state

NAMES = {each.id: each.name for each in SPOKEN}


def current() -> Translator:
    """The texts of this rerun's reader."""
    return translator(state.language())


def _(message: str, /, **values: Any) -> str:
    """`message` in the reader's language, its {placeholders} filled."""
    return current()(message, **values)


def ngettext(singular: str, plural: str, n: int, /, **values: Any) -> str:
    """The form that goes with `n`, in the reader's language."""
    return current().ngettext(singular, plural, n, **values)


def told(text: str) -> str:
    """A message of ours (an error, a warning, a reason), in the reader's language."""
    return current().told(text)
