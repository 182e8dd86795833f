"""fastai's networks: an architecture's body under `0.` and fastai's own head under `1.`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from auditor.classifiers.architectures import TIMM, build
from auditor.classifiers.checkpoints import Checkpoint
from auditor.domain.errors import ModelError

ENTRY: Final = re.compile(r"^1\.(\d+)\.(weight|running_mean)$")
FEATURES: Final = 2
"""Modules at the start of a head that have no weights: a pooling and a flattening."""


class ConcatPool(nn.Module):
    """Maximum and mean over the grid, one after the other: fastai's AdaptiveConcatPool2d."""

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, h, w) to (N, 2 C, 1, 1)."""
        return torch.cat([features.amax((2, 3), True), features.mean((2, 3), True)], dim=1)


def is_fastai(checkpoint: Checkpoint) -> bool:
    """Whether the names are those of fastai's `vision_learner`."""
    names = checkpoint.weights
    return any(name.startswith("0.") for name in names) and any(
        ENTRY.match(name) and checkpoint.weights[name].ndim == 2 for name in names
    )


def build_fastai(checkpoint: Checkpoint, arch: str, size: tuple[int, int]) -> nn.Module:
    """The network that the checkpoint is of, with random weights.

    The head is read off its entries: fastai builds it of batch norm, dropout, linear, ReLU, in
    that order (`create_head`); what has no weights stands in the gaps.

    Raises:
        ModelError: the body is not the architecture's, or the head is no head of fastai's.
    """
    head = {n: t for n, t in checkpoint.weights.items() if n.startswith("1.")}
    return nn.Sequential(_body(checkpoint, arch, size), _head(head, checkpoint))


def _body(checkpoint: Checkpoint, arch: str, size: tuple[int, int]) -> nn.Module:
    whole = build(arch, 2, size)
    own = {n.removeprefix("0.") for n in checkpoint.weights if n.startswith("0.")}
    if arch.startswith(TIMM):
        bodies = [_timm_body(whole)]
    else:
        parts = list(whole.children())
        # The shortest that has all the weights: a pooling after them is the head's own.
        bodies = [nn.Sequential(*parts[:cut]) for cut in range(1, len(parts))]
    for body in bodies:
        wanted = {name for name in body.state_dict() if not name.endswith("num_batches_tracked")}
        if wanted == {name for name in own if not name.endswith("num_batches_tracked")}:
            return body
    raise ModelError(
        "The checkpoint does not fit the architecture.",
        code="checkpoint.does_not_fit",
        expected=f"a body of {arch} under the names 0.*, as fastai saves it",
        got=f"{checkpoint.path}: {', '.join(sorted(own)[:4])}",
        remedy="name the architecture that the learner was made with (--arch), or return its "
        "network from --model module:function",
    )


class _TimmBody(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.model = network

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.model.forward_features(images)  # type: ignore[operator]
        return features


def _timm_body(network: nn.Module) -> nn.Module:
    reset = getattr(network, "reset_classifier", None)
    if callable(reset):
        reset(0, "")
    return _TimmBody(network)


def _head(entries: Mapping[str, Tensor], checkpoint: Checkpoint) -> nn.Sequential:
    layers = {
        int(found[1]): tensor.shape
        for name, tensor in entries.items()
        if (found := ENTRY.match(name)) and found[2] == "weight"
    }
    norms = {int(f[1]) for name in entries if (f := ENTRY.match(name)) and f[2] == "running_mean"}
    positions = sorted(layers)
    features = _features(checkpoint)
    first = layers[positions[0]][-1]
    pool: nn.Module = ConcatPool() if first == 2 * features else nn.AdaptiveAvgPool2d(1)
    modules: list[nn.Module] = [pool, nn.Flatten()]
    for position in positions:
        gap = position - len(modules)
        after_linear = isinstance(modules[-1], nn.Linear)
        if gap == 2 and after_linear:
            modules += [nn.ReLU(), nn.Dropout()]
        elif gap == 1:
            modules.append(nn.ReLU() if after_linear else nn.Dropout())
        elif gap != 0:
            raise _unknown_head(checkpoint)
        shape = layers[position]
        bias = f"1.{position}.bias" in entries
        if position in norms:
            modules.append(nn.BatchNorm1d(shape[0]))
        else:
            modules.append(nn.Linear(shape[1], shape[0], bias=bias))
    if first not in (features, 2 * features) or not isinstance(modules[-1], nn.Linear):
        raise _unknown_head(checkpoint)
    return nn.Sequential(*modules)


def _features(checkpoint: Checkpoint) -> int:
    """Channels that the body gives: those of its last entry that has one number a channel."""
    flat = [t for n, t in checkpoint.weights.items() if n.startswith("0.") and t.ndim == 1]
    return len(flat[-1]) if flat else 0


def _unknown_head(checkpoint: Checkpoint) -> ModelError:
    return ModelError(
        "The head of this fastai network is its user's own.",
        code="checkpoint.custom_head",
        expected="batch norm, dropout, linear and ReLU, as fastai's create_head stacks them",
        got=f"{checkpoint.path}: {', '.join(n for n in checkpoint.weights if n[:2] == '1.')}",
        remedy="return the network from --model module:function",
    )
