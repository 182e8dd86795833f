"""Mutants: one small change of one file each, drawn by number and made when it is needed."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
EXCHANGED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}


@dataclass(frozen=True)
class Key:
    """A function of a file, as its code object tells it: the same in every process."""

    path: str
    name: str
    line: int


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        path: the file, relative to the root.
        line: where in it.
        what: before and after.
        tree: of the whole changed file.
        function: whose code it changes, None for what runs when the file is imported.
        code: of that function as changed.
    """

    path: Path
    line: int
    what: str
    tree: ast.Module
    function: Key | None
    code: CodeType | None


def drawn(root: Path, files: Sequence[Path], count: int, seed: int) -> tuple[list[Mutant], int]:
    """`count` mutants of the files below `root`, and how many there would be.

    Annotations, decorators and docstrings are left out.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    places = [
        (path, place, change)
        for path, tree in trees.items()
        for place, node in enumerate(_code(tree))
        for change in range(len(_changes(node)))
    ]
    chosen = random.Random(seed).sample(places, min(count, len(places)))
    return [_made(root, *each) for each in chosen], len(places)


def _made(root: Path, path: Path, place: int, change: int) -> Mutant:
    text = path.read_text(encoding="utf-8")
    whole, changed = ast.parse(text), ast.parse(text)
    node = list(_code(changed))[place]
    before = ast.unparse(node)
    _changes(node)[change]()
    # A replaced part has no place in the file yet.
    ast.fix_missing_locations(changed)
    what = f"{before[:70]} -> {ast.unparse(node)[:70]}"
    found = _differing(
        *(compile(each, str(path), "exec", dont_inherit=True) for each in (whole, changed))
    )
    function, code = (None, None) if found is None else found
    line = getattr(node, "lineno", 0)
    return Mutant(path.relative_to(root), line, what, changed, function, code)


def _differing(old: CodeType, new: CodeType) -> tuple[Key, CodeType] | None:
    """The outermost function that differs; None if what runs at import does."""
    if _own(old) != _own(new):
        return None
    for before, after in zip(_inside(old), _inside(new), strict=True):
        if _all(before) == _all(after):
            continue
        if before.co_flags & FUNCTION:
            return Key(before.co_filename, before.co_qualname, before.co_firstlineno), after
        return _differing(before, after)
    return None


FUNCTION = 0x0002
"""CO_NEWLOCALS: the code of a function, not of a class body."""


def _inside(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    plain = [repr(each) for each in code.co_consts if not isinstance(each, CodeType)]
    return code.co_code, plain, code.co_names, code.co_varnames


def _all(code: CodeType) -> tuple[object, ...]:
    return _own(code), [_all(each) for each in _inside(code)]


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """What can be changed, below a node, in the order of the file."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            plain = isinstance(child, ast.Compare | ast.BoolOp | ast.BinOp | ast.Return | ast.If)
            # The text of an expression that stands alone is a docstring.
            if plain or (isinstance(child, ast.Constant) and not isinstance(tree, ast.Expr)):
                yield child
            yield from _code(child)


def _changes(node: ast.AST) -> list[Callable[[], None]]:  # noqa: PLR0911 - a kind of node each
    match node:
        case ast.Compare(ops=[op]) if type(op) in TURNED:
            return [lambda: setattr(node, "ops", [TURNED[type(op)]()])]
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            return [lambda: setattr(node, "op", other)]
        case ast.BinOp(op=op) if type(op) in EXCHANGED:
            return [lambda: setattr(node, "op", EXCHANGED[type(op)]())]
        case ast.If(test=test):
            return [lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))]
        case ast.Return(value=value) if value is not None and not _is_none(value):
            return [lambda: setattr(node, "value", ast.Constant(None))]
        case ast.Constant(value=bool(value)):
            return [lambda: setattr(node, "value", not value)]
        case ast.Constant(value=int(value) | float(value)):
            return [lambda: setattr(node, "value", value + 1)]
    return []


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
