"""Networks by name: torchvision's, timm's, and a user's own factory."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import nn

from auditor.domain.errors import ModelError

TIMM = "timm:"
TELLTALE = 1009
"""A number of classes (a prime) that is the width of no layer: it shows which weights are head."""


@dataclass(frozen=True)
class Blueprint:
    """An architecture's state_dict, for `TELLTALE` classes, without the weights.

    Attributes:
        shapes: of every entry.
        heads: names of the entries with a row a class.
    """

    shapes: dict[str, torch.Size]
    heads: tuple[str, ...]


def known_architectures() -> list[str]:
    """Names of torchvision's image classifiers."""
    names: list[str] = torchvision.models.list_models(module=torchvision.models)
    return names


def build(arch: str, classes: int, input_size: tuple[int, int], channels: int = 3) -> nn.Module:
    """An architecture with random weights and `classes` logits.

    Args:
        arch: a torchvision name, or `timm:NAME`.
        classes: number of logits.
        input_size: height and width of the inputs, for networks that fix it (ViT, MaxViT).
        channels: of the inputs.

    Raises:
        ModelError: no such architecture, none for this size, or timm is not installed.
    """
    if arch.startswith(TIMM):
        return _build_timm(arch.removeprefix(TIMM), classes, input_size, channels)
    names = known_architectures()
    if arch not in names:
        raise _unknown(arch, names, "a torchvision classifier, or timm:NAME")
    try:
        network: nn.Module = torchvision.models.get_model(
            arch, weights=None, num_classes=classes, **_settings(arch, input_size)
        )
    except (AssertionError, ValueError) as error:
        raise _no_such_size(arch, input_size, error) from None
    return network if channels == 3 else _with_channels(network, channels)


def _no_such_size(arch: str, size: tuple[int, int], error: Exception) -> ModelError:
    return ModelError(
        f"The architecture {arch} cannot be built for images of this size.",
        code="model.image_size",
        expected="a height and width that its patches or windows divide",
        got=f"{size[0]}x{size[1]}: {str(error).splitlines()[0]}",
        remedy="set [model.preprocess] resize and crop to what it was trained with",
    )


def _with_channels(network: nn.Module, channels: int) -> nn.Module:
    """The network with a first convolution that takes so many channels."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            other = nn.Conv2d(
                channels,
                module.out_channels,
                module.kernel_size,  # type: ignore[arg-type]
                module.stride,  # type: ignore[arg-type]
                module.padding,  # type: ignore[arg-type]
                bias=module.bias is not None,
            )
            network.set_submodule(name, other)
            break
    return network


def blueprint(arch: str, input_size: tuple[int, int]) -> Blueprint:
    """What a checkpoint of this architecture holds; costs no memory (but for RegNets).

    Raises:
        ModelError: no such architecture, or none for this size.
    """
    try:
        with torch.device("meta"):
            network = build(arch, TELLTALE, input_size)
    except NotImplementedError:
        # RegNets compute with a tensor while they are built, which meta tensors cannot.
        network = build(arch, TELLTALE, input_size)
    shapes = {name: tensor.shape for name, tensor in network.state_dict().items()}
    return Blueprint(
        shapes=shapes,
        heads=tuple(name for name, shape in shapes.items() if shape[:1] == (TELLTALE,)),
    )


def call_factory(factory: str) -> nn.Module:
    """The network that `module:function` returns, or that is in the exported program it returns.

    The module may lie in the current folder.

    This runs the user's code.

    Raises:
        ModelError: it cannot be imported, fails, or gives no network.
    """
    module_name, _, function_name = factory.partition(":")
    with _current_folder_importable():
        try:
            function = getattr(importlib.import_module(module_name), function_name)
            network = function()
        except Exception as error:
            raise ModelError(
                f"The factory {factory} does not give a network.",
                code="model.factory_no_network",
                expected="module:function, importable here, called without arguments",
                got=f"{type(error).__name__}: {error}",
                remedy="fix it, or run from the folder that holds the module",
            ) from error
    if isinstance(network, torch.export.ExportedProgram):
        # Its modules back under their names: layers can be hooked, gradients reach them.
        network = torch.export.unflatten(network)
    if isinstance(network, torch.jit.ScriptModule) or not isinstance(network, nn.Module):
        raise ModelError(
            f"The factory {factory} does not give a network that can be explained.",
            code="model.factory_not_explainable",
            expected="an eager nn.Module or an ExportedProgram",
            got=type(network).__name__,
            remedy="return the nn.Module itself, not a scripted or wrapped one",
        )
    return network


def _settings(arch: str, input_size: tuple[int, int]) -> dict[str, Any]:
    if arch in ("googlenet", "inception_v3"):
        # Auxiliary heads answer in training alone.
        return {"aux_logits": False, "init_weights": False}
    if arch.startswith("vit_"):
        return {"image_size": input_size[0]}
    if arch.startswith("maxvit"):
        return {"input_size": input_size}
    return {}


def _build_timm(name: str, classes: int, size: tuple[int, int], channels: int) -> nn.Module:
    timm = timm_module(name)
    if not timm.is_model(name):
        raise _unknown(name, timm.list_models(), "an architecture that timm knows")
    settings: dict[str, Any] = {} if channels == 3 else {"in_chans": channels}
    stated = timm.get_pretrained_cfg(name)
    if stated is not None and stated.fixed_input_size and tuple(stated.input_size[-2:]) != size:
        settings["img_size"] = size
    try:
        network: nn.Module = timm.create_model(
            name, pretrained=False, num_classes=classes, **settings
        )
    except (AssertionError, TypeError, ValueError) as error:
        raise _no_such_size(f"{TIMM}{name}", size, error) from None
    return network


def timm_module(name: str) -> Any:
    """The package timm.

    Raises:
        ModelError: it is not installed.
    """
    try:
        return importlib.import_module("timm")
    except ImportError:
        raise ModelError(
            "timm is not installed.",
            code="extra.timm",
            expected="the timm extra for architectures timm:NAME",
            got=f"timm:{name} without timm",
            remedy="pip install 'shortcut-auditor[timm]'",
        ) from None


def suggestion(arch: str, names: Sequence[str]) -> str:
    """What to write instead of an architecture that nobody knows."""
    close = get_close_matches(arch.lower(), names, n=3, cutoff=0.4)
    if not close:
        return "see `torchvision.models.list_models()`"
    return f"did you mean {', '.join(close)}?"


def _unknown(arch: str, names: list[str], expected: str) -> ModelError:
    return ModelError(
        f"There is no architecture {arch!r}.",
        code="model.unknown_architecture",
        expected=expected,
        got=arch,
        remedy=suggestion(arch, names),
    )


@contextmanager
def _current_folder_importable() -> Iterator[None]:
    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
