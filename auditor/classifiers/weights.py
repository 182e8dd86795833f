"""Weights into a network, or a clear word on why they do not fit; their fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from auditor.classifiers.architectures import blueprint, family
from auditor.classifiers.checkpoints import Checkpoint, fitted
from auditor.domain.errors import ModelError

NAMED = 4
"""How many keys a message names."""


def load_weights(
    network: nn.Module, checkpoint: Checkpoint, arch: str | None, input_size: tuple[int, int]
) -> None:
    """Load every weight, converted to the network's own dtype.

    Raises:
        ModelError: a weight is missing, left over or of another shape; the message names some
            of them and, if one is found, an architecture that fits.
    """
    wanted = network.state_dict()
    weights = fitted(checkpoint, wanted)
    faults = misfits(weights, {name: tensor.shape for name, tensor in wanted.items()})
    if faults:
        raise _does_not_fit(checkpoint, arch, arch or type(network).__name__, faults, input_size)
    # Not strict: BatchNorm's num_batches_tracked may be missing in old files.
    network.load_state_dict(weights, strict=False)


def classes_in(checkpoint: Checkpoint, arch: str, input_size: tuple[int, int]) -> int:
    """How many classes the checkpoint's head has: the rows of the weights that `arch` ends in.

    Raises:
        ModelError: the head is not in the checkpoint.
    """
    plan = blueprint(arch, input_size)
    weights = fitted(checkpoint, plan.shapes)
    rows = {weights[head].shape[0] for head in plan.heads if head in weights}
    if len(rows) != 1:
        faults = [f"no last layer {', '.join(plan.heads)}", *misfits(weights, plan.shapes)]
        raise _does_not_fit(checkpoint, arch, arch, faults, input_size)
    return int(rows.pop())


def misfits(weights: Mapping[str, Tensor], wanted: Mapping[str, torch.Size]) -> list[str]:
    """What does not fit, in words: missing, unexpected, other shape; empty if all does."""
    missing = [n for n in wanted if n not in weights and not n.endswith("num_batches_tracked")]
    unexpected = [name for name in weights if name not in wanted]
    shapes = [
        f"{name} {tuple(weights[name].shape)} instead of {tuple(shape)}"
        for name, shape in wanted.items()
        if name in weights and weights[name].shape != shape
    ]
    kinds = (("missing", missing), ("unexpected", unexpected), ("of another shape", shapes))
    return [_listed(kind, names) for kind, names in kinds if names]


def fingerprint(network: nn.Module) -> str:
    """SHA-256 over names, dtypes, shapes and bytes of the state_dict, sorted by name."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(memoryview(flat.view(torch.uint8).numpy()))
    return digest.hexdigest()


def _does_not_fit(
    checkpoint: Checkpoint,
    arch: str | None,
    expected: str,
    faults: Sequence[str],
    input_size: tuple[int, int],
) -> ModelError:
    fits = _fitting_arch(checkpoint, arch, input_size) if arch else None
    return ModelError(
        "The checkpoint does not fit the architecture.",
        expected=f"the weights of {expected}",
        got=f"{checkpoint.path}: " + "; ".join(faults),
        remedy=f"it fits {fits}: use --arch {fits}"
        if fits
        else "name the architecture that it was trained with (--arch, or --model module:function)",
    )


def _fitting_arch(checkpoint: Checkpoint, arch: str, input_size: tuple[int, int]) -> str | None:
    for name in family(arch):
        try:
            plan = blueprint(name, input_size)
        except ModelError:
            # Some cannot be built for this size (ViT, MaxViT): it is not one of them.
            continue
        weights = fitted(checkpoint, plan.shapes)
        body = {key: shape for key, shape in plan.shapes.items() if key not in plan.heads}
        rest = {key: tensor for key, tensor in weights.items() if key not in plan.heads}
        if all(head in weights for head in plan.heads) and not misfits(rest, body):
            return name
    return None


def _listed(kind: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} {kind} ({', '.join(names[:NAMED])}{more})"
