"""Which layer Grad-CAM should explain: the last one whose cells the answer depends on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.tensors.grids import to_grid
from auditor.tensors.outputs import logits_of
from auditor.tensors.undisturbed import undisturbed

_NO_TARGET = (
    nn.Identity,
    nn.Linear,
    nn.Flatten,
    nn.Unflatten,
    nn.Dropout,
    nn.Dropout2d,
    nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool2d,
    nn.AvgPool2d,
    nn.MaxPool2d,
)
"""Leaves that make no feature of their own, or (Linear) one on the way inside a token block."""


@dataclass(frozen=True)
class GridLayer:
    """A layer whose output lies on the image.

    Attributes:
        name: qualified name in the network.
        grid: rows and columns of its cells.
        reached: the logits depend on at least one of its cells.
    """

    name: str
    grid: tuple[int, int]
    reached: bool


@dataclass(frozen=True)
class _Call:
    name: str
    module: nn.Module
    output: Tensor


def trace(network: nn.Module, images: Tensor) -> tuple[list[GridLayer], Tensor]:
    """Layers with a grid of at least two cells, as they finish, and the logits (N, C).

    One forward pass and one backward pass of `images` (one is enough), in eval mode. The head
    is left out, also where it is a convolution over the grid (SqueezeNet).

    Raises:
        ModelError: the network gives no logits.
    """
    size = (images.shape[-2], images.shape[-1])
    prefix = prefix_tokens(network)
    with torch.inference_mode(False), torch.enable_grad(), undisturbed(network):
        with _recorded(network) as calls:
            logits = logits_of(network(images.clone().requires_grad_()))
        calls = _without_head(calls, size, prefix)
        gradients = _gradients(logits, [call.output for call in calls])
    layers = {}
    for call, gradient in zip(calls, gradients, strict=True):
        grid = _grid_or_none(call.output, size, prefix)
        if grid is None or not _is_target(call, calls):
            continue
        reach = None if gradient is None else to_grid(gradient, size, prefix)
        layers[call.name] = GridLayer(
            name=call.name,
            grid=(grid.shape[2], grid.shape[3]),
            reached=reach is not None and bool((reach != 0).any()),
        )
    return list(layers.values()), logits.detach()


def last_reached(layers: list[GridLayer]) -> str | None:
    """Name of the last layer on whose cells the logits depend, or None.

    The last grid before the pooling: with a linear head behind a mean, Grad-CAM there is the
    exact share of every cell in the logit (Zhou et al. 2016). Where the answer hangs on a class
    token alone, the patches of the last blocks carry no gradient, and the last layer that does
    is the norm before the last attention.
    """
    return next((layer.name for layer in reversed(layers) if layer.reached), None)


def find_target_layer(network: nn.Module, images: Tensor) -> str:
    """The layer that `auto` means, by `last_reached`.

    Args:
        network: gives logits for (N, 3, H, W) images.
        images: (N, 3, H, W) normalised floats on the network's device; one is enough.

    Raises:
        ModelError: no layer has cells on the image on which the logits depend.
    """
    found = last_reached(trace(network, images)[0])
    if found is None:
        raise ModelError(
            "No target layer can be found.",
            expected="a layer with a grid of cells on which the logits depend",
            got=f"none in {type(network).__name__} for images of {tuple(images.shape[-2:])}",
            remedy="name one with --layer (grad_cam: layer=), or use larger images",
        )
    return found


def module_named(network: nn.Module, name: str) -> nn.Module:
    """The network's module of that name.

    Raises:
        ModelError: there is none; close matches are named.
    """
    modules = dict(network.named_modules())
    if name in modules and name:
        return modules[name]
    close = get_close_matches(name, modules, n=3, cutoff=0.4)
    named = [child for child, _ in network.named_children()]
    raise ModelError(
        f"The network has no layer {name!r}.",
        expected="a name from network.named_modules(), or auto",
        got=name or "an empty name",
        remedy=f"use --layer auto, or one like {', '.join(close or named[-3:])}",
    )


def prefix_tokens(network: nn.Module) -> int | None:
    """How many tokens a transformer puts before the image's, where it says so (timm does)."""
    said = getattr(network, "num_prefix_tokens", None)
    return said if isinstance(said, int) else None


@contextmanager
def _recorded(network: nn.Module) -> Iterator[list[_Call]]:
    calls: list[_Call] = []
    handles = []

    def record(name: str, module: nn.Module, output: Any) -> None:
        first = output[0] if isinstance(output, tuple | list) and output else output
        if isinstance(first, Tensor) and first.is_floating_point():
            calls.append(_Call(name, module, first))

    try:
        for name, module in network.named_modules():
            if name:
                handles.append(
                    module.register_forward_hook(
                        lambda module, _, output, name=name: record(name, module, output)
                    )
                )
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _without_head(
    calls: list[_Call], size: tuple[int, int], prefix: int | None
) -> list[_Call]:
    """What finishes before the head, where the head is a convolution over the grid."""
    owning = [i for i, call in enumerate(calls) if any(True for _ in call.module.parameters(False))]
    if owning and _grid_or_none(calls[owning[-1]].output, size, prefix) is not None:
        return calls[: owning[-1]]
    return calls


def _gradients(logits: Tensor, outputs: list[Tensor]) -> tuple[Tensor | None, ...]:
    """Gradients of one random combination of the logits, so that no class cancels another."""
    if not logits.requires_grad or not outputs:
        return (None,) * len(outputs)
    generator = torch.Generator().manual_seed(0)
    weights = torch.rand(logits.shape[1], generator=generator).to(logits) + 0.5
    wanted = [output for output in outputs if output.requires_grad]
    found = iter(torch.autograd.grad((logits * weights).sum(), wanted, allow_unused=True))
    return tuple(next(found) if output.requires_grad else None for output in outputs)


def _grid_or_none(output: Tensor, size: tuple[int, int], prefix: int | None) -> Tensor | None:
    try:
        grid = to_grid(output, size, prefix)
    except ValueError:
        return None
    h, w = grid.shape[2:]
    # More cells than the image has is no grid but, say, an attention matrix.
    return grid if 1 < h * w and h <= size[0] and w <= size[1] else None


def _is_target(call: _Call, calls: list[_Call]) -> bool:
    """No leaf without features of its own, nor a container that only hands on what one made."""
    return not isinstance(call.module, _NO_TARGET) and not any(
        isinstance(other.module, _NO_TARGET) and other.output is call.output for other in calls
    )
