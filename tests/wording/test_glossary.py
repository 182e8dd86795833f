"""The Chinese catalogue uses the glossary's terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message

from scripts.messages import catalogues

GLOSSARY = Path(__file__).parents[2] / "docs" / "chinese.md"
ROW = re.compile(r"^\| (?P<english>[^|]+) \| (?P<chinese>[^|]+) \| (?P<avoided>[^|]+) \|$", re.M)


def rows() -> list[re.Match[str]]:
    return [row for row in ROW.finditer(GLOSSARY.read_text("utf-8")) if row["english"] != "English"]


def translations() -> Iterator[tuple[Message, str]]:
    for _, catalogue in catalogues():
        for message in catalogue:
            if message.id:
                several = not isinstance(message.string, str)
                forms = message.string if several else (message.string,)
                yield from ((message, form) for form in forms)


def test_no_translation_uses_a_word_that_the_glossary_replaces() -> None:
    avoided = [word for row in rows() for word in row["avoided"].split("、")]
    assert len(avoided) > 25
    found = [(word, text) for _, text in translations() for word in avoided if word in text]
    assert found == []


def test_terms_of_the_glossary_are_used() -> None:
    everything = "\n".join(text for _, text in translations())
    terms = [term for row in rows() for term in row["chinese"].split("，")]
    assert [term for term in terms if term not in everything] == []
