"""Batch norms folded into the convolutions before them: fewer operations, the same answers."""

from __future__ import annotations

import copy
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
CLOSE = 1e-4
"""Largest difference of the logits, as a part of the largest logit; rounding makes about 1e-6."""

log = logging.getLogger(__name__)


class Folded(nn.Module):
    """In the place of a batch norm; gives what it gave, so that its name still names a layer."""

    def forward(self, features: Tensor) -> Tensor:
        """The features as they come."""
        return features


@torch.no_grad()
def folded(network: nn.Module, images: Tensor, target_layer: str) -> nn.Module:
    """The network with its batch norms folded into the convolutions before them.

    In eval mode a batch norm is a factor and a shift for each channel, which the convolution can
    apply itself (Jacob et al. 2018, section 3.2). Names of modules stay: a folded norm becomes a
    `Folded`. What the target layer gives stays the same, too: no pair is folded of which only one
    lies in it.

    Args:
        network: in eval mode; left as it is.
        images: (N, 3, H, W) to try it on; one is enough.
        target_layer: qualified name of the layer whose output is explained.

    Returns:
        A changed copy; the network itself where nothing can be folded, its graph cannot be
        traced, or the copy does not give the same logits.
    """
    try:
        other = copy.deepcopy(network)
        pairs = [pair for pair in _pairs(other) if _same_side(target_layer, *pair)]
        for convolution, norm in pairs:
            _fold(other, convolution, norm)
        if pairs and _alike(network(images), other(images)):
            return other
    except Exception as error:  # noqa: BLE001 - somebody's forward, traced: it may raise anything
        log.debug("batch norms are not folded: %r", error)
    return network


def _pairs(network: nn.Module) -> Iterator[tuple[str, str]]:
    """Names of the convolutions whose output goes into a batch norm and nowhere else."""
    graph = fx.symbolic_trace(network).graph
    calls = graph.find_nodes(op="call_module")
    # Whoever reads a weight by itself reads it as it was.
    read = [str(node.target).rpartition(".")[0] for node in graph.find_nodes(op="get_attr")]
    uses = Counter([*(str(node.target) for node in calls), *read])
    for call in calls:
        before = call.args[0] if call.args else None
        if not (isinstance(before, fx.Node) and before.op == "call_module"):
            continue
        convolution, norm = str(before.target), str(call.target)
        if (
            list(before.users) == [call]
            and uses[convolution] == uses[norm] == 1
            and _plain(network.get_submodule(convolution), CONVOLUTIONS)
            and _plain(network.get_submodule(norm), NORMS)
            and network.get_submodule(norm).running_mean is not None
        ):
            yield convolution, norm


def _plain(module: nn.Module, kinds: tuple[type[nn.Module], ...]) -> bool:
    """Of one of these very kinds, and without a hook that would see the difference."""
    hooks = (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks)
    return type(module) in kinds and not any(hooks)


def _same_side(layer: str, *modules: str) -> bool:
    """Whether all of these modules or none of them lie in the layer."""
    inside = [f"{module}.".startswith(f"{layer}.") for module in modules]
    return all(inside) or not any(inside)


def _fold(network: nn.Module, convolution: str, norm: str) -> None:
    fuse: Any = fuse_conv_bn_eval
    fused = fuse(network.get_submodule(convolution), network.get_submodule(norm))
    network.set_submodule(convolution, fused)
    network.set_submodule(norm, Folded().eval())


def _alike(logits: Tensor, others: Tensor) -> bool:
    return bool((logits - others).abs().max() <= CLOSE * logits.abs().max())
