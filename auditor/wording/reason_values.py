"""The numbers of a reason as a sentence takes them."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.domain.reasons import Reason, Value
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import interval, listed, share
from auditor.wording.place_words import place_words

TEXTS = frozenset({"what", "where"})
"""Numbers that are texts of ours, not names from the data: they are translated."""
BEGINNING = frozenset({"what_part"})
"""Such texts at the beginning of a sentence."""


def told(reason: Reason, _: Translator) -> dict[str, str]:
    """Every number by name: shares with their interval where `_low` and `_high` stand beside them,
    lists of names, counts with separators. Texts stay; undefined is a dash."""
    return {name: _told(name, reason.numbers, _) for name in reason.numbers}


def sentences(
    codes: tuple[str, ...], templates: Mapping[str, str], reason: Reason, _: Translator
) -> str:
    """The templates of some codes, filled and joined."""
    values = told(reason, _)
    return _.joined(_(templates[code], **values) for code in codes if code in templates)


def notes_of(reason: Reason) -> tuple[str, ...]:
    """The codes of the sentences that follow the first: number `notes`."""
    found = reason.numbers.get("notes")
    return found if isinstance(found, tuple) else ()


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(name: str, numbers: Mapping[str, Value], _: Translator) -> str:
    value = numbers[name]
    if isinstance(value, tuple):
        return listed(value, _=_)
    if isinstance(value, str):
        if name in BEGINNING:
            return _begun(place_words(value, _))
        return place_words(value, _) if name in TEXTS else value
    if value is None or isinstance(value, float):
        low, high = (numbers.get(f"{name}_{end}") for end in ("low", "high"))
        if isinstance(low, float) and isinstance(high, float):
            return interval(value, low, high)
        return share(value)
    return f"{value:,}"
