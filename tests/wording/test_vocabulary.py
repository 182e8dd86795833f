"""Code, messages and pages use the terms of the field: nothing in them sits in judgement."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("auditor", "dashboard", "docs", "benchmarks")
SUFFIXES = {".py", ".md", ".js", ".j2", ".po", ".toml"}
COURT = re.compile(r"(?i)\b(accus|acquit|alibi|convict|guilt|innocen|testif|witness)\w*")
"""What is said of defendants. Say confirm, flag, unaffected, cue-reliant."""
ROLES = {"benchmarks/maskless.py"}
"""Reads the role of a class from truth files of other people, in their words."""


def _files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*") if path.suffix in SUFFIXES)
    yield from ROOT.glob("*.md")


@pytest.mark.parametrize("text", ["a map convicts nobody", "Innocent classes", "one witness"])
def test_such_words_are_found(text: str) -> None:
    assert COURT.search(text)


def test_no_such_word_is_left() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in _files()
        if path.relative_to(ROOT).as_posix() not in ROLES
        for hit in COURT.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_a_class_of_one_name_has_one_meaning() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for room in ("auditor", "dashboard"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
