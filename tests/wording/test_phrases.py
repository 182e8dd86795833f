"""Tests hold codes, numbers and names: of our sentences only a few assertions may be made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from scripts.messages import catalogues

TESTS = Path(__file__).parents[1]
MOST = 20
"""Lower it with each one that goes. What stays tests the words themselves: what a dossier claims,
the class reasons that the documentation shows."""

WORDS = re.compile(r"[A-Za-z']+(?:[ ,:;.]+[A-Za-z']+){2}")
"""Three words in a row."""
COMMAND = re.compile(r"`.*?`")
"""A reader types it: its words are no sentence."""


def sentences() -> str:
    """Every English text of the catalogues, a line each."""
    (_, catalogue), *_ = catalogues()
    ids = [each.id for each in catalogue if each.id]
    return "\n".join(text for each in ids for text in ([each] if isinstance(each, str) else each))


def phrases(tree: ast.AST, ours: str) -> Iterator[tuple[int, str]]:
    """(line, text) of what is asserted or matched and has three words of one of our sentences."""
    for node in ast.walk(tree):
        parts: list[ast.AST] = [node.test] if isinstance(node, ast.Assert) else []
        if isinstance(node, ast.Call):
            parts += [each.value for each in node.keywords if each.arg == "match"]
        for text in (each for part in parts for each in ast.walk(part)):
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found = WORDS.search(COMMAND.sub("", text.value))
                if found and found[0] in ours:
                    yield text.lineno, text.value


def test_few_assertions_are_made_of_our_sentences() -> None:
    ours = sentences()
    found = [
        f"{path.relative_to(TESTS)}:{line}: {text}"
        for path in sorted(TESTS.rglob("*.py"))
        if path.parent != Path(__file__).parent
        for line, text in phrases(ast.parse(path.read_text("utf-8")), ours)
    ]
    assert len(found) <= MOST, "\n".join(["assert on codes, numbers or names instead:", *found])


def test_what_finds_phrases_finds_them() -> None:
    ours = "the mask is empty, no pixel is object\nno such file"
    code = (
        'assert "the mask is empty" in text\n'
        'with pytest.raises(ValueError, match="no such file"): pass\n'
        'assert text == "skip.no_file"\n'
        'assert "of other words than ours" in text\n'
    )
    assert [line for line, _ in phrases(ast.parse(code), ours)] == [1, 2]
