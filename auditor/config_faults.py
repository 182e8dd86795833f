"""What is wrong with a configuration: every fault in words, with the key it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.domain.errors import AuditInterrupted
from auditor.files import exists, words

HUB_FOLDER = "hf:"
"""Before the path of a folder with config.json, as `model.arch`."""
PATH_KEYS = (
    ("data", "path"),
    ("data", "masks"),
    ("data", "corrected_masks"),
    ("data", "classes"),
    ("data", "audit"),
    ("model", "checkpoint"),
    ("saliency", "random_labels"),
    ("run", "out"),
)


def missing_paths(tree: Mapping[str, Any]) -> list[str]:
    """A fault for every file or folder that a configuration reads and that is not there."""
    named = {
        f"{section}.{key}": table.get(key)
        for section, key in PATH_KEYS
        if isinstance(table := tree.get(section), Mapping) and (section, key) != ("run", "out")
    }
    missing = []
    for dotted, path in named.items():
        try:
            if isinstance(path, str | Path) and not exists(Path(path)):
                missing.append(f"{dotted}: no such file or folder (got {words(Path(path))!r})")
        except AuditInterrupted as error:
            missing.append(f"{dotted}: {error.got}")
    return missing


def network_faults(model: Mapping[str, Any]) -> list[str]:
    """What [model] says too much or too little of."""
    arch, factory, checkpoint = (model.get(key) for key in ("arch", "factory", "checkpoint"))
    faults = []
    if arch is not None and factory is not None:
        faults.append("give exactly one of arch (--arch) and factory (--model)")
    if arch is None and factory is None and checkpoint is None:
        faults.append(
            "give exactly one of arch (--arch) and factory (--model), or an exported program "
            "alone (--checkpoint)"
        )
    if arch is not None and checkpoint is None and not str(arch).startswith(HUB_FOLDER):
        faults.append("arch needs a checkpoint (--checkpoint) with trained weights")
    if factory is not None and ":" not in str(factory):
        faults.append("factory is written module:function")
    return faults


def schema_faults(error: ValidationError) -> list[str]:
    """One fault a key: what is wrong with its value."""
    faults: dict[str, str] = {}
    for fault in error.errors():
        where = ".".join(_key_path(fault["loc"]))
        said = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            said = "unknown key"
        got = fault["input"]
        shown = "" if fault["type"] == "missing" or isinstance(got, dict) else f" (got {got!r})"
        faults.setdefault(where, f"{where}: {said}{shown}")
    return list(faults.values())


def _key_path(location: tuple[int | str, ...]) -> list[str]:
    """The keys alone: pydantic adds the branch of a union (`path`, `tuple[str, ...]`) behind."""
    branches = {"int", "constrained-int", "path"}
    return [
        str(part)
        for depth, part in enumerate(location)
        if depth < 2 or not (str(part) in branches or "[" in str(part))
    ]
