"""Checkpoints whose settings hold objects: weights are read, the objects become inert placeholders.

`torch.load(weights_only=True)` stays the reader: it builds tensors and plain values and calls
nothing else. What training scripts put beside the weights (argparse.Namespace, paths, configuration
objects) it refuses; each such name is bound to a class that does nothing and keeps nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from pickle import UnpicklingError
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor, serialization
from torch import _weights_only_unpickler as unpickler
from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

MOST_NAMES: Final = 200
"""Kinds of objects in one file; each may take one more reading of it."""
_SYSTEM: Final = ("builtins", "os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "pty")
_LOADERS: Final = ("importlib", "runpy", "code", "ctypes", "webbrowser", "pickle", "marshal")
RUNNERS: Final = frozenset((*_SYSTEM, *_LOADERS, "multiprocessing"))
"""Modules whose functions run code: a file that names one is refused, though nothing would run."""
PLAIN: Final = ("object", "dict", "list", "int", "float", "str", "bool", "slice", "range", "tuple")
TYPES: Final = frozenset(f"builtins.{name}" for name in (*PLAIN, "frozenset", "bytes"))
MEMBER: Final = "builtins.getattr"
"""How Python 3.11.0 to 3.11.3 write a member of an enum: this of its class and its name."""
MAPPING: Final = re.compile(r"Can only SETITEMS? for .* got <class '([\w.]+)'>")
UNKNOWN: Final = re.compile(r"[Uu]n\w+ (?:global|GLOBAL):?(?: GLOBAL)? (\S+)")


class RefusedError(Exception):
    """The file names something that could run code: its full name."""


class Placeholder:
    """Stands for an object that was not made. Every kind of object has a subclass of its own."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Placeholder:
        return super().__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __setstate__(self, _state: Any) -> None:
        pass


class Member(Placeholder):
    """Stands for `getattr` of a placeholder, and of nothing else."""

    def __new__(cls, owner: Any = None, name: Any = None, *_args: Any, **_kwargs: Any) -> Member:
        inert = isinstance(owner, type) and issubclass(owner, Placeholder)
        if not inert or not isinstance(name, str):
            raise RefusedError(MEMBER.removeprefix("builtins."))
        return object.__new__(cls)


def load_inert(path: Path) -> Any:
    """What a file of `torch.save` holds: tensors, plain values, and placeholders for the rest.

    Raises:
        RefusedError: it names a function that runs code, or is one pickled object and nothing else.
        Exception: it cannot be read, as `torch.load` says.
    """
    names = _unknown(path)
    mappings: set[str] = set()
    for _ in range(MOST_NAMES):
        try:
            with safe_globals([(_stand_in(name, mappings), name) for name in sorted(names)]):
                loaded = torch.load(path, map_location="cpu", weights_only=True)
        except UnpicklingError as error:
            mapping, unknown = MAPPING.search(str(error)), UNKNOWN.search(str(error))
            if mapping and mapping[1] in names - mappings:
                mappings.add(mapping[1])
            elif unknown and _whole(unknown[1]) not in names:
                names.add(_allowed(_whole(unknown[1]), MEMBER))
            else:
                raise
        else:
            if isinstance(loaded, Placeholder):
                raise RefusedError(_name(loaded))
            return loaded
    raise UnpicklingError(f"more than {MOST_NAMES} kinds of objects in the file")


class Kept(Placeholder):
    """Stands for a module of a TorchScript program, and keeps what it holds."""

    held: Mapping[str, Any] = MappingProxyType({})

    def __setstate__(self, state: Any) -> None:
        self.held = state if isinstance(state, Mapping) else {}


def load_scripted(path: Path) -> dict[str, Tensor]:
    """Parameters and buffers of a TorchScript file by name, without its program being loaded.

    Raises:
        RefusedError: it names a function that runs code.
        Exception: it cannot be read.
    """
    with path.open("rb") as file, serialization._open_zipfile_reader(file) as archive:
        data = io.BytesIO(archive.get_record("data.pkl"))
        names = {_allowed(name) for name in unpickler.get_globals_in_pkl(data)}
        known = {name for name in names if name.startswith("torch.") and "jit" not in name}
        with safe_globals([(_kept(name), name) for name in sorted(names - known)]):
            load: Any = serialization._load
            whole = load(archive, "cpu", unpickler, encoding="utf-8")
    return dict(_tensors(whole, ""))


def _kept(name: str) -> Any:
    return type(name.rpartition(".")[2], (Kept,), {"__module__": name.rpartition(".")[0]})


def _tensors(module: Any, prefix: str) -> Iterator[tuple[str, Tensor]]:
    for name, value in getattr(module, "held", {}).items():
        if isinstance(value, Tensor):
            yield f"{prefix}{name}", value
        elif isinstance(value, Kept):
            yield from _tensors(value, f"{prefix}{name}.")


def _unknown(path: Path) -> set[str]:
    """Names that torch would refuse; none of a file in the old format, which tells one by one."""
    if not zipfile.is_zipfile(path):
        return set()
    return {_allowed(name, MEMBER) for name in get_unsafe_globals_in_checkpoint(str(path))}


def _allowed(name: str, *further: str) -> str:
    if name.partition(".")[0] in RUNNERS and name not in (*TYPES, *further):
        raise RefusedError(name.removeprefix("builtins."))
    return name


def _whole(name: str) -> str:
    """torch leaves `builtins` out of its messages."""
    return name if "." in name else f"builtins.{name}"


def _stand_in(name: str, mappings: set[str]) -> Any:
    if name in mappings:
        return OrderedDict
    if name == MEMBER:
        return Member
    module, _, short = name.rpartition(".")
    return type(short, (Placeholder,), {"__module__": module, "__qualname__": short})


def _name(placeholder: Placeholder) -> str:
    kind = type(placeholder)
    return f"{kind.__module__}.{kind.__qualname__}"
