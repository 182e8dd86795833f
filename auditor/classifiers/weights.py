"""Weights into a network, or a clear word on why they do not fit; their fingerprint."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from auditor.classifiers.architectures import Blueprint
from auditor.classifiers.checkpoints import Checkpoint
from auditor.classifiers.fitting import COUNTER, fitted, with_head, without_extras
from auditor.classifiers.known_weights import architecture_of
from auditor.domain.errors import ModelError

NAMED = 4
"""How many keys a message names."""


def load_weights(
    network: nn.Module,
    checkpoint: Checkpoint,
    name: str,
    *,
    heads: Sequence[str] = (),
    strict: bool = True,
) -> tuple[str, ...]:
    """Load every weight, converted to the network's own dtype.

    Args:
        network: takes the weights.
        checkpoint: holds them.
        name: of the network, for messages.
        heads: entries of an architecture's last layer, which may have other names in the file.
        strict: refuse entries that the network has no place for; else they are left out.

    Returns:
        What was left out, in words.

    Raises:
        ModelError: a weight is missing, left over or of another shape; the message names some
            of them, the cause and, if one is known, an architecture that fits.
    """
    wanted = network.state_dict()
    shapes = {name: tensor.shape for name, tensor in wanted.items()}
    found = fitted(checkpoint, wanted)
    weights = with_head(found.weights, shapes, heads)
    left: tuple[str, ...] = ()
    if not strict and architecture_of(checkpoint.weights) in (None, name):
        # A deeper network of the same family has all of a shallower one's entries, too.
        weights, left = without_extras(weights, wanted)
    if misfits(weights, shapes):
        raise does_not_fit(checkpoint, name, weights, shapes)
    known = getattr(wanted, "_metadata", {})
    # Not strict: BatchNorm's num_batches_tracked may be missing in old files.
    network.load_state_dict(_versioned(weights, checkpoint, found.prefix, known), strict=False)
    return left


def classes_in(checkpoint: Checkpoint, arch: str, plan: Blueprint) -> int:
    """How many classes the checkpoint's head has: the rows of the weights that `arch` ends in.

    Args:
        plan: the architecture's.

    Raises:
        ModelError: the head is not in the checkpoint.
    """
    weights = adapted(checkpoint, plan)
    rows = {weights[head].shape[0] for head in plan.heads if head in weights}
    if len(rows) != 1:
        raise does_not_fit(checkpoint, arch, weights, plan.shapes, heads=plan.heads)
    return int(rows.pop())


def adapted(checkpoint: Checkpoint, plan: Blueprint) -> dict[str, Tensor]:
    """The checkpoint's weights under the names of an architecture."""
    return with_head(fitted(checkpoint, plan.shapes).weights, plan.shapes, plan.heads)


def channels_in(checkpoint: Checkpoint, plan: Blueprint) -> int:
    """How many channels the checkpoint's first convolution takes, 3 where nothing else shows."""
    weights = adapted(checkpoint, plan)
    for name, shape in plan.shapes.items():
        own = weights[name].shape if name in weights else shape
        if len(shape) == 4 and len(own) == 4 and shape[1] == 3:
            same = own[0] == shape[0] and own[2:] == shape[2:]
            return int(own[1]) if same else 3
    return 3


def misfits(weights: Mapping[str, Tensor], wanted: Mapping[str, torch.Size]) -> list[str]:
    """What does not fit, in words: missing, unexpected, other shape; empty if all does."""
    missing = [n for n in wanted if n not in weights and not n.endswith(COUNTER)]
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


def does_not_fit(
    checkpoint: Checkpoint,
    expected: str,
    weights: Mapping[str, Tensor],
    wanted: Mapping[str, torch.Size],
    *,
    heads: Sequence[str] = (),
) -> ModelError:
    """The error for weights that are not the network's, with the cause where it shows."""
    faults = misfits(weights, {name: shape for name, shape in wanted.items() if name not in heads})
    if heads and not any(head in weights for head in heads):
        faults = [f"no last layer {', '.join(heads)}", *faults]
    return ModelError(
        "The checkpoint does not fit the architecture.",
        code="checkpoint.does_not_fit",
        expected=f"the weights of {expected}",
        got=f"{checkpoint.path}: " + "; ".join(faults),
        remedy=_remedy(checkpoint, expected, weights, wanted, heads),
    )


def _remedy(
    checkpoint: Checkpoint,
    expected: str,
    weights: Mapping[str, Tensor],
    wanted: Mapping[str, torch.Size],
    heads: Sequence[str],
) -> str:
    """What to do, by the first cause that shows."""
    body = {n: shape for n, shape in wanted.items() if n not in heads and not n.endswith(COUNTER)}
    whole = all(name in weights and weights[name].shape == body[name] for name in body)
    arch = architecture_of(checkpoint.weights)
    return (
        _other_kind(list(checkpoint.weights))
        or (None if arch in (None, expected) else f"it fits {arch}: use --arch {arch}")
        or (_other_head(weights, wanted, heads) if whole else None)
        or _other_names(checkpoint, wanted)
    )


def _other_kind(names: Sequence[str]) -> str | None:
    if any("_packed_params" in n or n.endswith((".scale", ".zero_point")) for n in names):
        return "the weights are quantised: give those of the float network"
    if any("lora_" in name for name in names):
        return "the file holds an adapter (LoRA) only: merge it into the network and save that"
    return None


def _other_head(
    weights: Mapping[str, Tensor], wanted: Mapping[str, torch.Size], heads: Sequence[str]
) -> str | None:
    """The body fits: what is wrong with the rest."""
    spare = [name for name in weights if name not in wanted]
    if all(head in weights for head in heads):
        leave = "leave them out with --set model.strict=false, or return the network from --model"
        return leave if spare else None
    if spare:
        return (
            f"its last layers ({', '.join(spare[:NAMED])}) are its own, and a file does not say "
            "what stands between them: return the network from --model module:function"
        )
    return (
        "all but the last layer fits: these are features without a classifier; give the "
        "checkpoint of the trained classifier"
    )


def _other_names(checkpoint: Checkpoint, wanted: Mapping[str, torch.Size]) -> str:
    if sum(name in wanted for name in checkpoint.weights) > len(checkpoint.weights) / 2:
        return (
            "the names are right and the sizes are not: take the settings (config.json, width, "
            "depth, image size) and the weights of one and the same network"
        )
    if any(".embeddings." in name or ".embedder." in name for name in checkpoint.weights):
        return (
            "the names are those of Hugging Face transformers: use --arch hf:FOLDER with the "
            "folder that holds its config.json"
        )
    return "name the architecture that it was trained with (--arch, or --model module:function)"


def _versioned(
    weights: Mapping[str, Tensor], checkpoint: Checkpoint, prefix: str, known: Mapping[str, Any]
) -> OrderedDict[str, Tensor]:
    """The weights with the versions of the modules that wrote them; MNASNet asks for its own."""
    named: Any = OrderedDict(weights)
    told = {
        key.removeprefix(prefix).removeprefix(prefix.removesuffix(".")): value
        for key, value in checkpoint.metadata.items()
        if key.startswith(prefix) or f"{key}." == prefix
    }
    named._metadata = {**known, **told}
    return named  # type: ignore[no-any-return]


def _listed(kind: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} {kind} ({', '.join(names[:NAMED])}{more})"
