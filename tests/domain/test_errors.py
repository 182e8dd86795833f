"""Errors: every one has a code that programs can rely on."""

from __future__ import annotations

import ast
import pickle
import re
from collections import defaultdict
from pathlib import Path

from auditor.domain import errors
from auditor.domain.errors import AuditorError, NotificationError

ROOT = Path(__file__).parents[2]
KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, AuditorError) and name != "ConfigError"
}
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)?")


def raised() -> list[tuple[str, ast.Call]]:
    """Where each error is made, and its call."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for folder in ("auditor", "dashboard")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in KINDS
        and any(each.arg == "remedy" for each in node.keywords)
    ]


def test_every_error_has_a_code() -> None:
    lacking = []
    for where, call in raised():
        code = next((each.value for each in call.keywords if each.arg == "code"), None)
        fixed = isinstance(code, ast.Constant)
        if code is None or (fixed and not CODE.fullmatch(str(code.value))):  # type: ignore[union-attr]
            lacking.append(where)
    # What nobody foresaw has words of its own and ends as a usage error or an interruption.
    assert [where for where in lacking if "cli/unexpected.py" not in where] == []


def test_a_code_is_of_one_kind_of_error() -> None:
    kinds = defaultdict(set)
    for _, call in raised():
        for each in call.keywords:
            if each.arg == "code" and isinstance(each.value, ast.Constant):
                assert isinstance(call.func, ast.Name)
                kinds[each.value.value].add(call.func.id)
    assert {code: of for code, of in kinds.items() if len(of) > 1} == {}


def test_an_error_of_another_process_keeps_its_code() -> None:
    error = NotificationError("p", expected="e", got="g", remedy="r", code="a.b", again=True)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (back.code, back.again, back.problem) == ("a.b", True, "p")
    assert AuditorError("p", expected="e", got="g", remedy="r").code == ""
