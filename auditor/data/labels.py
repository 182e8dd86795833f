"""Labels as text: one Unicode form, and what is doubtful about a set of them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from auditor.domain.messages import coded

SHOWN: Final = 5
"""Groups or names in a message."""


def canonical(label: str) -> str:
    """The label in Unicode's NFC: macOS decomposes folder names, keyboards compose them."""
    return label if label.isascii() else unicodedata.normalize("NFC", label)


def label_warnings(counts: Mapping[str, int], classes: Collection[str]) -> Iterator[str]:
    """What a user should hear of the labels.

    Args:
        counts: images of each label as it is written.
        classes: all class names.
    """
    alike = defaultdict(list)
    for label in sorted(counts):
        alike[_folded(label)].append(label)
    groups = [several for several in alike.values() if len(several) > 1]
    if groups:
        told = "; ".join(
            ", ".join(f"{label!r} ({counts[label]})" for label in group) for group in groups[:SHOWN]
        )
        more = len(groups) - SHOWN
        yield coded(
            "data.alike_labels",
            "labels differ only in blanks, case or Unicode form: {labels}",
            labels=coded("names.more", "{names} and {n:,} more", names=told, n=more)
            if more > 0
            else told,
        )
    ordered = sorted(classes)
    if len(ordered) > 1 and all(name.isdecimal() and name.isascii() for name in ordered):
        by_number = sorted(ordered, key=int)
        if by_number != ordered:
            yield coded(
                "data.numbers_as_text",
                "the class names are numbers and stand in the order of text ({names}), as"
                " torchvision's ImageFolder has them; for {numbers} give --classes",
                names=_few(ordered),
                numbers=_few(by_number),
            )


def _folded(label: str) -> str:
    """Letters alone: without blanks, case and compatibility forms."""
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + ("..." if len(names) > 4 else "")
