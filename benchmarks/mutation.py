"""Do a room's own tests notice when its code is wrong? A sample of mutants, each tested by itself.

    python -m benchmarks.mutation auditor/storage tests/storage tests/verification --mutants 60

A mutant is one small change of one file: a comparison turned, a boundary moved, `and` for `or`, a
condition negated, a constant changed, a `return` emptied. Mutants are drawn by a seed, made in a
copy of the tree, and killed if the given tests fail or do not end. Survivors are printed with their
line: each is a test that is missing, or a change that changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("auditor", "dashboard", "tests", "deploy", "pyproject.toml", "sample_data")
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
class Mutant:
    """One change.

    Attributes:
        path: the file, relative to the repository.
        line: where in it.
        what: before and after.
        source: of the whole changed file.
    """

    path: Path
    line: int
    what: str
    source: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file, whatever they are worth; annotations and docstrings are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = [node for node in _code(tree) if list(_changes(node))]
    for place in places:
        for number in range(len(list(_changes(place)))):
            changed = copy.deepcopy(tree)
            twin = next(n for n in _code(changed) if _same_place(n, place))
            before = ast.unparse(twin)
            list(_changes(twin))[number]()
            after = ast.unparse(twin)
            line = getattr(place, "lineno", 0)
            what = f"{before[:70]} -> {after[:70]}"
            yield Mutant(path.relative_to(ROOT), line, what, ast.unparse(changed))


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, (ast.Compare, ast.BoolOp, ast.BinOp, ast.Return, ast.If)) or (
                    isinstance(child, ast.Constant) and not isinstance(node, ast.Expr)
                ):
                    yield child


def _same_place(one: ast.AST, other: ast.AST) -> bool:
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    return type(one) is type(other) and all(
        getattr(one, name, None) == getattr(other, name, None) for name in names
    )


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


def is_killed(mutant: Mutant, home: Path, tests: list[str], patience: float) -> bool:
    """Whether the tests notice it; the file in `home` is as it was afterwards."""
    target = home / mutant.path
    whole = target.read_text(encoding="utf-8")
    target.write_text(mutant.source, encoding="utf-8")
    try:
        return _failed(home, tests, patience)
    finally:
        target.write_text(whole, encoding="utf-8")


def _failed(home: Path, tests: list[str], patience: float) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n0", *tests]
    own = {"PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=home,
            env=os.environ | own,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> int:
    """Print survivors as they are found, and the share of killed mutants as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", type=Path, help="a folder or file below the repository")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--patience", type=float, default=600.0, help="seconds a mutant")
    given = parser.parse_args()
    room = ROOT / given.room
    files = [room] if room.is_file() else sorted(room.rglob("*.py"))
    every = [mutant for path in files for mutant in mutants(path)]
    drawn = random.Random(given.seed).sample(every, min(given.mutants, len(every)))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in COPIED:
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copied(ROOT / name, home / name)
        if _failed(home, given.tests, 10 * given.patience):
            raise SystemExit("the tests fail without any mutant")
        killed = 0
        for mutant in drawn:
            dead = is_killed(mutant, home, given.tests, given.patience)
            killed += dead
            if not dead:
                print(f"survived: {mutant.path}:{mutant.line}: {mutant.what}", flush=True)
    share = round(killed / max(1, len(drawn)), 3)
    print(
        json.dumps({"mutants": len(every), "tested": len(drawn), "killed": killed, "share": share})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
