"""What a layer says and what the answer owes to it, from one forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.tensors.grids import to_grid
from auditor.tensors.layers import module_named, prefix_tokens
from auditor.tensors.outputs import logits_of

Targets = Callable[[Tensor, slice], Tensor]
"""Logits (n, C) of a part of the images, and which part, to class indices (n,) or (n, T)."""


@dataclass(frozen=True)
class Features:
    """The layer's features with the part of the graph that leads from them to the logits.

    Attributes:
        leaf: the layer's output in its own layout; it requires grad if the graph was kept.
        logits: (N, C) float32.
        image_size: height and width of the network's input.
        prefix: tokens before the image's, where the network tells.
        layer: qualified name, for messages.
    """

    leaf: Tensor
    logits: Tensor
    image_size: tuple[int, int]
    prefix: int | None
    layer: str

    @property
    def activation(self) -> Tensor:
        """(N, C, h, w) float32, detached."""
        return self._grid(self.leaf.detach())

    def gradients(self, targets: Tensor) -> Iterator[Tensor]:
        """(N, C, h, w) float32 gradient of the logit, for each column of `targets` (N, T).

        Raises:
            ModelError: the logits do not depend on the layer.
        """
        with torch.enable_grad():
            # Images do not mix in eval mode: the gradient of a sum holds that of every image.
            scores = self.logits.gather(1, targets).sum(dim=0).unbind()
        for left, score in zip(reversed(range(len(scores))), scores, strict=True):
            found = None
            if score.requires_grad:
                (found,) = torch.autograd.grad(
                    score, self.leaf, retain_graph=left > 0, allow_unused=True
                )
            if found is None:
                raise ModelError(
                    f"The logits do not depend on the layer {self.layer!r}.",
                    code="layer.no_gradient",
                    expected="a layer between the image and the logits, used with gradient",
                    got="no path from the logits back to it",
                    remedy="use --layer auto (grad_cam: layer=None), or name another layer; "
                    "check that the network's forward does not run under torch.no_grad",
                )
            yield self._grid(found)

    def _grid(self, features: Tensor) -> Tensor:
        try:
            return to_grid(features, self.image_size, self.prefix).float()
        except ValueError as error:
            raise ModelError(
                f"The layer {self.layer!r} has no place on the image.",
                code="layer.no_grid",
                expected="an output (N, C, h, w), (N, h, w, C) or (N, tokens, C)",
                got=str(error),
                remedy="use --layer auto (grad_cam: layer=None), or a block before the pooling",
            ) from None


def forward(network: nn.Module, layer: str, inputs: Tensor, *, with_graph: bool) -> Features:
    """One forward pass that keeps the layer's output and, `with_graph`, the graph above it.

    The hook hands on a clone, so that an in-place operation after the layer changes neither the
    kept features nor their gradient. Below the layer no graph is built, provided that the
    parameters are frozen (`tensors.frozen_eval`). A layer that runs several times in one pass
    counts as it ran last, of the runs that the logits depend on.

    Raises:
        ModelError: the layer did not run.
    """
    with torch.set_grad_enabled(with_graph), _tapped(network, layer, with_graph) as tapped:
        logits = logits_of(network(inputs)).float()
    if not tapped:
        raise ModelError(
            f"The layer {layer!r} took no part in the answer.",
            code="layer.unused",
            expected="a layer that runs in the forward pass and gives a tensor",
            got="it did not run, or gave none",
            remedy="use --layer auto (grad_cam: layer=None), or name another layer",
        )
    size = (inputs.shape[-2], inputs.shape[-1])
    leaf = _last_used(tapped, logits) if len(tapped) > 1 and with_graph else tapped[-1]
    return Features(leaf, logits, size, prefix_tokens(network), layer)


def _last_used(leaves: list[Tensor], logits: Tensor) -> Tensor:
    """The last of a layer's runs on which the logits depend; the last of all if on none."""
    if not logits.requires_grad:
        return leaves[-1]
    with torch.enable_grad():
        found = torch.autograd.grad(logits.sum(), leaves, retain_graph=True, allow_unused=True)
    used = [leaf for leaf, one in zip(leaves, found, strict=True) if one is not None]
    return (used or leaves)[-1]


@contextmanager
def _tapped(network: nn.Module, layer: str, with_graph: bool) -> Iterator[list[Tensor]]:
    """Put a leaf in the place of the layer's output; the leaves seen, last one last."""
    leaves: list[Tensor] = []

    def replace(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        def hand_on(made: Tensor) -> Tensor:
            leaves.append(made.detach().requires_grad_(with_graph))
            return leaves[-1].clone()

        return with_first_tensor(output, hand_on)

    handle = module_named(network, layer).register_forward_hook(replace)
    try:
        yield leaves
    finally:
        handle.remove()


def with_first_tensor(output: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The output with its tensor, or the first one of a tuple or list, changed."""
    if isinstance(output, Tensor):
        return change(output)
    if isinstance(output, tuple | list):
        for i, part in enumerate(output):
            if isinstance(part, Tensor):
                parts = [*output[:i], change(part), *output[i + 1 :]]
                return type(output)(*parts) if hasattr(output, "_fields") else type(output)(parts)
    return output


def refuse_not_finite(logits: Tensor) -> None:
    """Raise ModelError if any of (N, C) logits is NaN or infinite."""
    broken = int((~torch.isfinite(logits).all(dim=1)).sum())
    if broken:
        raise not_finite(broken, len(logits))


def not_finite(broken: int, images: int) -> ModelError:
    """The error for a network that answers with NaN or infinity to too many images."""
    return ModelError(
        "The network answers with NaN or infinity.",
        code="model.not_finite",
        expected="finite logits",
        got=f"not finite for {broken:,} of {images:,} images",
        remedy="check the checkpoint and the preprocessing (mean, std); "
        "with fp16 use --set run.precision=bf16 or float32",
    )
