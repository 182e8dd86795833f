"""A configuration's file: read with its paths, changed by dotted keys, written again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import tomli_w

from auditor.config_faults import HUB_FOLDER, PATH_KEYS
from auditor.domain.errors import ConfigError
from auditor.files import is_remote

ONNX: Final = "onnx:"
"""Before the path of a network's file, as `data.auto_mask`."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file, their paths as seen from its folder.

    Raises:
        ConfigError: there is no such file, or it is no TOML.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file"], source=str(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([f"{path}: {error}"], source=str(path)) from None
    return with_paths_from(tree, path.parent)


def with_paths_from(tree: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A configuration's tables, their relative paths as seen from `folder`; URLs stay."""
    found = {name: dict(part) if isinstance(part, Mapping) else part for name, part in tree.items()}
    for section, key in PATH_KEYS:
        table = found.get(section)
        if isinstance(table, dict) and isinstance(table.get(key), str):
            given = Path(table[key])
            table[key] = str(given if is_remote(given) else folder / given.expanduser())
    for section, key, form in (("data", "auto_mask", ONNX), ("model", "arch", HUB_FOLDER)):
        table = found.get(section)
        if isinstance(table, dict) and str(table.get(key)).startswith(form):
            place = Path(table[key].removeprefix(form)).expanduser()
            table[key] = f"{form}{folder / place}"
    return found


def put(tree: dict[str, Any], dotted: str, value: Any) -> None:
    """Set a dotted key (`run.seed`) in place, making its section.

    Raises:
        ConfigError: a part of the key is a value, no section.
    """
    *sections, key = dotted.split(".")
    for section in sections:
        below = tree.setdefault(section, {})
        if not isinstance(below, dict):
            raise ConfigError([f"{dotted}: {section} is no section"], source="the flags")
        tree = below
    tree[key] = value


def toml_of(tree: Mapping[str, Any], prefix: str = "") -> str:
    """A configuration as a file, section by section; None is written as a comment.

    Args:
        tree: of plain values.
        prefix: of the section that it is, with its dot; "" for the whole.
    """
    lines = [
        f"# {key} =" if value is None else tomli_w.dumps({key: value}).rstrip("\n")
        for key, value in tree.items()
        if not isinstance(value, dict)
    ]
    for key, value in tree.items():
        if isinstance(value, dict):
            lines += ["", f"[{prefix}{key}]", toml_of(value, f"{prefix}{key}.")]
    return "\n".join(lines).strip("\n") + ("\n" if not prefix else "")
