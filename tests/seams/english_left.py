"""Finds English in what a Chinese reader sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,]+[A-Za-z][A-Za-z'’-]*){2,}")
"""Three words or more in a row."""
ALLOWED = re.compile(
    r"""(?x)
    (kingfisher|lighthouse|sailboat|teapot|tractor|bicycle|class|,|\s)+   # names of the fake runs
    | auditor\ (\w|[-.])+.*                                               # commands
    | (EU\ AI\ Act|NIST\ AI\ RMF|ISO).*                                   # titles of laws
    | Either\ the\ file\ is\ corrupted.*|Parquet\ magic\ bytes.*             # pyarrow's words
    | zh\ [\w\ ]+                                                         # a session's key
    """
)
"""Names, commands, and titles that have no translation."""


def english(texts: Iterable[str]) -> list[str]:
    """Runs of three English words or more that are not allowed."""
    found = (each for text in texts for each in WORDS.findall(" ".join(text.split())))
    return sorted({each for each in found if not ALLOWED.fullmatch(each)})


def page_texts(html: str) -> Iterator[str]:
    """What a page shows: text between tags, and attributes that are read out."""
    html = re.sub(r"<style.*?</style>|<script.*?</script>", "", html, flags=re.DOTALL)
    yield from re.findall(r'(?:alt|title|aria-label)="([^"]*)"', html)
    yield from re.split(r"<[^>]+>", html)


def app_texts(app: AppTest) -> Iterator[str]:
    """Every text that was sent to the browser for a page."""
    for block in (app.main, app.sidebar):
        for node in block:
            proto = getattr(node, "proto", None)
            if proto is not None:
                yield from _texts(MessageToDict(proto))


HIDDEN = frozenset(
    (
        *("id", "icon", "name", "componentName", "jsContent", "cssContent", "htmlContent", "spec"),
        *("url", "urlPath", "pageScriptHash", "mimeType", "formId", "queryParams", "element"),
    )
)
"""Keys whose values nobody reads."""


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if key in HIDDEN:
        return
    match value:
        case dict():
            for name, inner in value.items():
                yield from _texts(inner, name)
        case list():
            for inner in value:
                yield from _texts(inner, key)
        case str() if value[:1] in "{[":
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                yield value
        case str():
            yield re.sub(r"`[^`]*`|https?:\S+|:material/\w+:", "", value)
