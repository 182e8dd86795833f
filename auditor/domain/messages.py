"""Marks texts that are translated when they are shown."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it, which extractors know
    """`message` itself: marks the English text of a constant for the catalogues.

    The reader's words are made by `auditor.wording.catalogue.translator`.
    """
    return message
