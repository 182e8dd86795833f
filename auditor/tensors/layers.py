"""Which layer Grad-CAM should explain: the last one whose cells the answer depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.tensors.frozen_eval import frozen_eval
from auditor.tensors.grids import to_grid
from auditor.tensors.head import Answering
from auditor.tensors.layer_calls import LayerCall, is_block, last_weighted, recorded
from auditor.tensors.outputs import logits_of


@dataclass(frozen=True)
class GridLayer:
    """A layer whose output lies on the image.

    Attributes:
        name: qualified name in the network.
        grid: rows and columns of its cells.
        reached: the logits depend on at least one of its cells.
        block: it makes features (no pooling, dropout, head or linear layer inside a block).
        calls: how often it ran with a grid; the rest is of its last run that is reached.
    """

    name: str
    grid: tuple[int, int]
    reached: bool
    block: bool
    calls: int = 1


def trace(network: nn.Module, images: Tensor) -> tuple[list[GridLayer], Tensor]:
    """Layers with a grid of at least two cells, as they finish, and the logits (N, C).

    One forward and one backward pass of `images` (one is enough), in eval mode.
    Raises:
        ModelError: the network gives no logits.
    """
    size = (images.shape[-2], images.shape[-1])
    prefix = prefix_tokens(network)
    with torch.inference_mode(False), torch.enable_grad(), frozen_eval(network):
        with recorded(network) as calls:
            # Not the leaf itself: a network may change it in place.
            logits = logits_of(network(images.detach().clone().requires_grad_().clone()))
        head = last_weighted(calls)
        outputs = network.head.outputs if isinstance(network, Answering) else logits.shape[-1]
        on_grid = head is not None and _class_maps(calls[head].output, outputs, size, prefix)
        gradients = _gradients(_answer(logits, calls, head), [call.output for call in calls])
    layers: dict[str, GridLayer] = {}
    for i, (call, gradient) in enumerate(zip(calls, gradients, strict=True)):
        grid = _grid_or_none(call.output, size, prefix)
        if grid is None:
            if gradient is not None:
                layers.pop(call.name, None)  # it ran again, on what is no grid any more
            continue
        reach = None if gradient is None else to_grid(gradient, size, prefix)
        reached = reach is not None and bool((reach != 0).any())
        before = layers.get(call.name)
        runs = 1 if before is None else before.calls + 1
        if before is not None and before.reached and not reached:
            layers[call.name] = replace(before, calls=runs)
            continue
        # A layer that ran before finishes where it ran last.
        layers.pop(call.name, None)
        layers[call.name] = GridLayer(
            name=call.name,
            grid=(grid.shape[2], grid.shape[3]),
            reached=reached,
            calls=runs,
            # SqueezeNet's head is a convolution over the grid, a channel a class.
            block=is_block(call, calls) and not (on_grid and head is not None and i >= head),
        )
    return list(layers.values()), logits.detach()


def last_reached(layers: Sequence[GridLayer]) -> str | None:
    """Name of the last block on whose cells the logits depend, or None.

    The last grid before the pooling: with a linear head behind a mean, Grad-CAM there is the
    exact share of every cell in the logit (Zhou et al. 2016). Where the answer depends on a class
    token alone, the patches of the last blocks carry no gradient, and the last layer that does
    is the norm before the last attention.
    """
    return next((layer.name for layer in reversed(layers) if layer.reached and layer.block), None)


def target_layer(network: nn.Module, layers: Sequence[GridLayer], wanted: str = "auto") -> str:
    """The layer to explain: the one `wanted`, or by `last_reached`.

    Args:
        network: the network traced.
        layers: what `trace` found in it.
        wanted: a qualified name, or `auto`.

    Raises:
        ModelError: no such layer, or none that has cells on the image.
    """
    found = last_reached(layers) if wanted == "auto" else wanted
    if found is None:
        raise ModelError(
            "No target layer can be found.",
            code="layer.none_found",
            expected="a layer with a grid of cells on which the logits depend",
            got=f"none in {type(network).__name__}",
            remedy="name one with --layer (grad_cam: layer=), or use larger images",
        )
    module_named(network, found)
    if all(found != layer.name for layer in layers):
        best = last_reached(layers)
        raise ModelError(
            f"The layer {found!r} has no place on the image.",
            code="layer.no_grid",
            expected="a layer whose output is (N, C, h, w), (N, h, w, C) or (N, tokens, C)",
            got="one without rows and columns, or one that does not run",
            remedy=f"use --layer {best}" if best else "name a block before the pooling",
        )
    return found


def module_named(network: nn.Module, name: str) -> nn.Module:
    """The network's module of that name.

    Raises:
        ModelError: there is none.
    """
    modules = dict(network.named_modules())
    if name in modules and name:
        found: nn.Module = modules[name]
        return found
    close = get_close_matches(name, modules, n=3, cutoff=0.4)
    named = [child for child, _ in network.named_children()]
    raise ModelError(
        f"The network has no layer {name!r}.",
        code="layer.unknown",
        expected="a name from network.named_modules(), or auto",
        got=name or "an empty name",
        remedy=f"use --layer auto, or one like {', '.join(close or named[-3:])}",
    )


def prefix_tokens(network: nn.Module) -> int | None:
    """How many tokens a transformer puts before the image's, where it says so (timm does)."""
    return said if isinstance(said := getattr(network, "num_prefix_tokens", None), int) else None


def _answer(logits: Tensor, calls: list[LayerCall], head: int | None) -> Tensor:
    """What must depend on a layer: the logits, or what the head is fed where it is all zeros, as
    in torchvision's untrained ViT."""
    fed = None if head is None or bool(logits.any()) else calls[head].inputs
    return logits if fed is None else fed


def _gradients(answer: Tensor, outputs: list[Tensor]) -> tuple[Tensor | None, ...]:
    """Gradients of one random combination of the answer, so that no class cancels another."""
    if not answer.requires_grad or not outputs:
        return (None,) * len(outputs)
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(answer.shape[1:], generator=generator).to(answer)
    wanted = [output for output in outputs if output.requires_grad]
    found = iter(torch.autograd.grad((answer * weights).sum(), wanted, allow_unused=True))
    return tuple(next(found) if output.requires_grad else None for output in outputs)


def _grid_or_none(output: Tensor, size: tuple[int, int], prefix: int | None) -> Tensor | None:
    try:
        grid = to_grid(output, size, prefix)
    except ValueError:
        return None
    h, w = grid.shape[2:]
    # More cells than the image has is no grid but, say, an attention matrix.
    return grid if h * w > 1 and h <= size[0] and w <= size[1] else None


def _class_maps(output: Tensor, outputs: int, size: tuple[int, int], prefix: int | None) -> bool:
    """The last layer with weights makes a channel a class; others make features still, which a
    head without weights (a mean, a cosine, a formula) may follow."""
    grid = _grid_or_none(output, size, prefix)
    return grid is not None and grid.shape[1] == outputs
