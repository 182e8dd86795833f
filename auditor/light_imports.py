"""torchvision without torch's compiler: a second of processor time less at the start of a command.

torchvision imports `torch._dynamo`, and with it sympy and a good part of torch, for a decorator
that keeps two functions out of compiled code and for a question that `roi_align` may ask. A command
of ours compiles networks alone, and only where `run.accelerate` says so; then torch imports its
compiler by itself. So while torchvision is imported a stand-in answers in its place.

Only for processes that are ours (`auditor.cli`): in somebody's own program torchvision is imported
as he imports it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

COMPILER = "torch._dynamo"
UTILS = "torch._dynamo.utils"
IMPORTER = "torchvision"
SECOND = "torchvision.transforms.v2"
"""Imports the compiler, too, and is not imported with the rest."""


def import_without_compiler() -> None:
    """From now on, the first import of torchvision leaves torch's compiler out. Calling it again,
    or after torchvision was imported, is harmless."""
    known = any(isinstance(finder, _Finder) for finder in sys.meta_path)
    if not known and IMPORTER not in sys.modules:
        sys.meta_path.insert(0, _Finder())


@contextmanager
def stand_ins() -> Iterator[None]:
    """The compiler's two modules replaced while the block runs; nothing where it is imported."""
    import torch  # noqa: F401 - whole, before anything of it is replaced

    if COMPILER in sys.modules:
        yield
        return
    compiler, utils = _StandIn(COMPILER), _StandIn(UTILS)
    compiler.__dict__.update(disable=_as_it_is, utils=utils)
    utils.__dict__.update(is_compile_supported=_is_compile_supported)
    sys.modules |= {COMPILER: compiler, UTILS: utils}
    try:
        yield
    finally:
        _take_away()


class _StandIn(ModuleType):
    """What it lacks is asked of the real module, which takes its place."""

    def __getattr__(self, name: str) -> Any:
        package = self.__name__ == COMPILER and name == "__path__"
        if name.startswith("__") and not package:
            raise AttributeError(name)
        _take_away()
        return getattr(importlib.import_module(self.__name__), name)


class _Finder(MetaPathFinder):
    """Finds torchvision as everybody does, once, and has it imported beside the stand-ins."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of torchvision with a loader around its own; None for all others."""
        del path, target
        if fullname != IMPORTER:
            return None
        sys.meta_path.remove(self)
        found = find_spec(fullname)
        if found is not None and found.loader is not None:
            found.loader = _BesideStandIns(found.loader)
        return found


class _BesideStandIns(Loader):
    """A module's own loader, which gets its place back once the module is imported."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As its own loader does."""
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As its own loader does, beside the stand-ins."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._own
        module.__loader__ = self._own
        with stand_ins():
            self._own.exec_module(module)
            importlib.import_module(SECOND)


def _as_it_is(function: Any = None, *_: Any, **__: Any) -> Any:
    """In the place of a decorator, with or without arguments."""
    return _as_it_is if function is None else function


def _is_compile_supported(device: str) -> bool:
    """As the compiler says, which is imported where somebody asks."""
    return bool(importlib.import_module(UTILS).is_compile_supported(device))


def _take_away() -> None:
    for name in (COMPILER, UTILS):
        if isinstance(sys.modules.get(name), _StandIn):
            del sys.modules[name]
