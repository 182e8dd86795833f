"""The numbers of a reason as a sentence takes them."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.domain.measures import Format
from auditor.domain.reasons import Reason, Value
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import formatted, listed, p_value, share
from auditor.wording.place_words import place_words

TEXTS = frozenset({"what", "what_part", "where"})
"""Numbers that are texts of ours, not names from the data: they are translated."""
LOG_ODDS = frozenset({"odds_cost", "odds_win", "odds_bar"})
"""Numbers that are no shares. Earlier versions stored them, and `p`, as texts."""
P_VALUES = frozenset({"p"})
CLASSES = frozenset({"places", "rest", "shares"})
"""Lists of class names. A name may hold a comma or an `and`, so each stands in quotes."""


def told(reason: Reason, _: Translator) -> dict[str, str]:
    """Every number by name: shares, or log odds, with their interval where `_low` and `_high` stand
    beside them, lists of names or shares, counts with separators. Texts stay; undefined is a
    dash."""
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
    return tuple(map(str, found)) if isinstance(found, tuple) else ()


def _told(name: str, numbers: Mapping[str, Value], _: Translator) -> str:
    value = numbers[name]
    if isinstance(value, tuple):
        words = [each if isinstance(each, str) else share(each) for each in value]
        quoted = [_("'{name}'", name=word) for word in words] if name in CLASSES else words
        return listed(quoted, _=_)
    if isinstance(value, str):
        return place_words(value, _) if name in TEXTS else value
    if value is None or isinstance(value, float):
        if name in P_VALUES:
            return p_value(value)
        low, high = (_float(numbers.get(f"{name}_{end}")) for end in ("low", "high"))
        return formatted(value, Format.DECIMAL if name in LOG_ODDS else Format.PERCENT, low, high)
    return f"{value:,}"


def _float(value: Value) -> float | None:
    return value if isinstance(value, float) else None
