"""Networks saved as programs: TorchScript and torch.export."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from auditor.classifiers.inert import load_scripted
from auditor.domain.errors import ModelError

TORCHSCRIPT: Final = "a TorchScript program"
EXPORTED: Final = "an ExportedProgram"
COMPILED: Final = "a compiled package"


def program_in(path: Path) -> str | None:
    """Which kind of program a file holds, None for any other file."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        names = [name.partition("/")[2] for name in archive.namelist()]
    if any(name.startswith("code/") for name in names):
        return TORCHSCRIPT
    if any(name.startswith("data/aotinductor") for name in names):
        return COMPILED
    if any("exported_program" in name or name.startswith("models/") for name in names):
        return EXPORTED
    return None


def scripted_weights(path: Path) -> dict[str, Any]:
    """The weights of a TorchScript file; the program is neither loaded nor run.

    Raises:
        ModelError: it cannot be read, or names what could run code.
    """
    try:
        return dict(load_scripted(path))
    except Exception as error:  # noqa: BLE001 - a corrupted file fails in many ways
        raise _unreadable(path, TORCHSCRIPT, error) from None


def load_program(path: Path) -> nn.Module:
    """The network in an exported program, with its modules under their names.

    Loading a program can run code: only from a file that its user names as the network itself.

    Raises:
        ModelError: another kind of file, or it cannot be read.
    """
    kind = program_in(path)
    if kind == TORCHSCRIPT:
        raise ModelError(
            "A TorchScript program runs outside of Python: no layer of it can be explained.",
            code="checkpoint.torchscript",
            expected="an ExportedProgram (torch.export.save), or the eager network",
            got=f"{path}: {TORCHSCRIPT}",
            remedy="name its architecture with --arch: its weights are taken from this file; or "
            "return the eager network from --model module:function",
        )
    if kind != EXPORTED:
        raise ModelError(
            "The checkpoint is not a network by itself.",
            code="checkpoint.no_network",
            expected="an ExportedProgram (.pt2), or weights beside --arch or --model",
            got=f"{path}: {kind or 'weights alone'}",
            remedy="name the architecture with --arch, or --model module:function",
        )
    try:
        program = torch.export.load(path)
    except Exception as error:  # noqa: BLE001 - a file of another version fails in many ways
        raise _unreadable(path, EXPORTED, error) from None
    return torch.export.unflatten(program)


def is_program(path: Path, kind: str) -> ModelError:
    """The error for a program where weights are asked for."""
    return ModelError(
        f"The checkpoint is {kind}, not weights alone.",
        code="checkpoint.not_weights",
        expected="a state_dict beside the name of its architecture",
        got=f"{path}: {kind}",
        remedy="leave --arch out to audit the exported program itself, if you trust the file "
        "(loading it can run code); or save the eager network's weights with "
        "torch.save(network.state_dict(), FILE); or return torch.export.load(FILE) from --model"
        if kind == EXPORTED
        else "save the eager network's weights with torch.save(network.state_dict(), FILE) and "
        "name --arch, or return the eager network from --model module:function",
    )


def _unreadable(path: Path, kind: str, error: Exception) -> ModelError:
    said = str(error).splitlines()[0] if str(error) else ""
    return ModelError(
        "The program cannot be read.",
        code="checkpoint.program_unreadable",
        expected=f"a whole file of {kind}, of this version of torch",
        got=f"{path}: {type(error).__name__}: {said[:200]}",
        remedy="save it again with the torch that is installed here",
    )
