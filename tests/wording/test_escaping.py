"""Escaped text reads as it was, in CommonMark with GitHub's links and in Streamlit's dialect."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from auditor.wording.escaping import plain

GITHUB = MarkdownIt("gfm-like", {"linkify": False})
STREAMLIT = re.compile(r"(?<!\\):[a-z]|(?<!\\)\$|<-|->|--|<=|>=")


def read(markdown: str) -> str:
    """What a reader sees of one paragraph; tags are kept."""
    rendered = GITHUB.render(markdown).strip()
    return html.unescape(re.sub(r"^<p>(.*)</p>$", r"\1", rendered, flags=re.DOTALL))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1))
def test_any_text_reads_as_it_was(text: str) -> None:
    one_line = " ".join(text.split())
    assert read(plain(text)) == one_line
    assert not STREAMLIT.search(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "![](http://x/y.png)",
        "[x](javascript:y)",
        "<b>x</b>",
        "- item",
        "+ item",
        "12. item",
        "3) item",
        "# heading",
        "> quote",
        "a | b",
        "***",
        "---",
        "===",
        ":red[x] :material/delete:",
        "$x$ and $$y$$",
        "www.example.org",
        "a@example.org",
        "&lt;",
        "~~x~~",
        "`code`",
        "    indented",
    ],
)
def test_nothing_acts(text: str) -> None:
    assert read(plain(text)) == " ".join(text.split())


def test_ordinary_names_stay_readable() -> None:
    assert plain("border collie-cross, 5% to 8% (near)") == "border collie-cross, 5% to 8% (near)"
