"""Networks saved as programs: TorchScript and torch.export."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from auditor.classifiers.inert import load_scripted
from auditor.domain.errors import ModelError
from auditor.tensors.outputs import logits_of

TORCHSCRIPT: Final = "a TorchScript program"
EXPORTED: Final = "an ExportedProgram"
COMPILED: Final = "a compiled package"
MAP_AXES: Final = 4
FEATURELESS: Final = (
    *("view", "transpose", "permute", "contiguous", "getitem", "reshape", "clone"),
    *("dropout", "max_pool", "avg_pool", "adaptive"),
)
"""Operations whose results are those of others in another order, or pooled."""


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


def load_program(path: Path, size: tuple[int, int]) -> nn.Module:
    """The network in an exported or TorchScript program, with its modules under their names.

    Loading a program can run code: only from a file that its user names as the network itself.

    Args:
        path: of the file.
        size: height and width of its images.

    Raises:
        ModelError: another kind of file, or it cannot be read.
    """
    kind = program_in(path)
    if kind == TORCHSCRIPT:
        return _of_torchscript(path, size)
    if kind != EXPORTED:
        raise ModelError(
            "The checkpoint is not a network by itself.",
            code="checkpoint.no_network",
            expected="an ExportedProgram (.pt2), a TorchScript program, or weights beside --arch "
            "or --model",
            got=f"{path}: {kind or 'weights alone'}",
            remedy="name the architecture with --arch, or --model module:function",
        )
    try:
        program = torch.export.load(path)
    except Exception as error:  # noqa: BLE001 - a file of another version fails in many ways
        raise _unreadable(path, EXPORTED, error) from None
    return torch.export.unflatten(program)


def _of_torchscript(path: Path, size: tuple[int, int]) -> nn.Module:
    """A TorchScript program as an exported one: it runs outside of Python, where no layer can be
    watched, so torch's converter writes it anew.

    Raises:
        ModelError: it cannot be read or converted, or what it becomes answers otherwise.
    """
    load: Any = torch.jit.load  # without annotations
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = load(path, map_location="cpu").eval()
    except Exception as error:  # noqa: BLE001 - a file of another version fails in many ways
        raise _unreadable(path, TORCHSCRIPT, error) from None
    said = ""
    for channels in (3, 1):
        # Three images: one or two would be taken for a size that is fixed.
        images = torch.randn(3, channels, *size, generator=torch.Generator().manual_seed(0))
        try:
            return _converted(program, images)
        except Exception as error:  # noqa: BLE001 - somebody's forward, converted
            said = said or f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
    raise ModelError(
        "The TorchScript program cannot be turned into layers, so nothing of it can be explained.",
        code="checkpoint.torchscript",
        expected="a program that torch's converter reads, or an ExportedProgram "
        "(torch.export.save)",
        got=f"{path}: {said}",
        remedy="name its architecture with --arch: its weights are taken from this file; or "
        "return the eager network from --model module:function; or set [model.preprocess] to the "
        "size of its images",
    )


def _converted(program: Any, images: torch.Tensor) -> nn.Module:
    """Raise `ValueError` where it takes one number of images, or answers otherwise converted."""
    from torch._export.converter import TS2EPConverter  # no public name has it

    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = _with_layers(TS2EPConverter(program, (images,)).convert().module())
        for part in (images, images[:1]):
            one, other = (logits_of(each(part)) for each in (program, network))
            if len(one) != len(part):
                raise ValueError(f"{len(one)} answers for {len(part)} images")
            if not torch.allclose(one, other, rtol=1e-3, atol=1e-3):
                raise ValueError("the converted program gives other answers")
    return network


def _with_layers(network: torch.fx.GraphModule) -> nn.Module:
    """A flat program with a layer after every operation that gives a map: it does nothing, but can
    be watched. Layers are named after their operations (`convolution_19`, `relu_16`)."""
    for node in list(network.graph.nodes):
        value = node.meta.get("val")
        gives_map = isinstance(value, torch.Tensor) and value.ndim == MAP_AXES
        if node.op != "call_function" or not gives_map or node.name.startswith(FEATURELESS):
            continue
        network.add_submodule(node.name, Layer())
        with network.graph.inserting_after(node):
            watched = network.graph.call_module(node.name, (node,))
        node.replace_all_uses_with(watched, delete_user_cb=watched.__ne__)
    # A module of its own: an exported one refuses eval().
    return torch.fx.GraphModule(network, network.graph)


class Layer(nn.Module):
    """Hands on what an operation gives: what can be watched of a flat program."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The same."""
        return values


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
