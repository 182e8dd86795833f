"""Tables of specs that have one row for each member of an enumeration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

Key = TypeVar("Key")
Spec = TypeVar("Spec")


def one_row_each(
    keys: Iterable[Key], rows: Iterable[Spec], holds: Callable[[Spec, Key], bool]
) -> Mapping[Key, Spec]:
    """The row of each key.

    Checked as the table is imported, so that a forgotten row is no KeyError at the end of an audit.

    Args:
        holds: whether a row is that of a key.

    Raises:
        LookupError: a key has no row, or several; it names all such keys.
    """
    table = list(rows)
    found = {key: [row for row in table if holds(row, key)] for key in keys}
    wrong = [f"{key!r} has {len(own)}" for key, own in found.items() if len(own) != 1]
    if wrong:
        raise LookupError(f"expected one row each: {', '.join(wrong)}")
    return MappingProxyType({key: own[0] for key, own in found.items()})
