"""Nothing here unpickles: a checkpoint or a cache from elsewhere must not be able to run code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BANNED = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
HARMLESS = {"UnpicklingError"}
READERS = {"read_pickle", "to_pickle"}


def faults(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in BANNED]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in BANNED:
            found += [alias.name for alias in node.names if alias.name not in HARMLESS]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found += _call(node, node.func)
    return found


def _call(node: ast.Call, called: ast.Attribute) -> list[str]:
    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
    owner = called.value.id if isinstance(called.value, ast.Name) else ""
    name = f"{owner}.{called.attr}"
    if given.get("allow_pickle") == "True" or called.attr in READERS:
        return [name]
    if (owner, called.attr) == ("torch", "load") and given.get("weights_only") != "True":
        return [name]
    return []


@pytest.mark.parametrize(
    ("source", "bad"),
    [
        ("import pickle", True),
        ("from pickle import loads", True),
        ("from pickle import UnpicklingError", False),
        ("import joblib.numpy_pickle", True),
        ("torch.load(path)", True),
        ("torch.load(path, weights_only=False)", True),
        ("torch.load(path, weights_only=True)", False),
        ("np.load(path, allow_pickle=True)", True),
        ("pd.read_pickle(path)", True),
        ("import json", False),
    ],
)
def test_the_scan_sees_what_it_looks_for(source: str, bad: bool) -> None:
    assert bool(faults(source)) is bad


@pytest.mark.parametrize("package", ["auditor", "dashboard"])
def test_no_module_unpickles(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert len(modules) > 20
    found = {str(path): faults(path.read_text("utf-8")) for path in modules}
    assert {path: words for path, words in found.items() if words} == {}
