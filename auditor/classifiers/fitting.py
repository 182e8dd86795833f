"""A checkpoint's weights under the names that a network gives them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from auditor.classifiers.checkpoints import Checkpoint
from auditor.domain.messages import coded, coded_n

OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|relu|conv))\.([12])\.")
AUXILIARY = re.compile(r"^(aux1|aux2|AuxLogits)\.")
COUNTER = "num_batches_tracked"


@dataclass(frozen=True)
class Fitted:
    """Weights under a network's names.

    Attributes:
        weights: by the network's names; what does not fit has names of its own.
        prefix: that was taken off.
    """

    weights: dict[str, Tensor]
    prefix: str


def fitted(checkpoint: Checkpoint, wanted: Collection[str]) -> Fitted:
    """The checkpoint's weights under the names that a network gives them.

    Of all prefixes (`module.`, `model.`, `_orig_mod.`, `backbone.` and whatever else stands in
    front) the one is taken off that leaves the most names the network knows; what does not have
    it (a loss's own weights, say) is left out, and so are auxiliary heads of the Inceptions.
    """
    names = {
        OLD_DENSENET.sub(r"\1\2.", name): tensor for name, tensor in checkpoint.weights.items()
    }
    best = max(_prefixes(names, wanted), key=lambda p: (_known(names, wanted, p), -len(p)))
    kept = {
        name.removeprefix(best): tensor for name, tensor in names.items() if name.startswith(best)
    }
    weights = {
        name: tensor for name, tensor in kept.items() if name in wanted or not AUXILIARY.match(name)
    }
    return Fitted(weights, best)


def with_head(
    weights: Mapping[str, Tensor], wanted: Mapping[str, torch.Size], heads: Sequence[str]
) -> dict[str, Tensor]:
    """The weights with the last layer under the name that the architecture gives it.

    People put `Sequential(Dropout, Linear)` where an architecture has a plain linear layer, or the
    other way round: where exactly one layer of the right kind and width is left over in the head's
    place, that is the head. Dropout does nothing in eval mode. Otherwise the weights as they are.

    Args:
        wanted: shapes of the architecture.
        heads: names of its entries with a row a class.
    """
    named = dict(weights)
    main = next((name for name in heads if name.endswith(".weight")), None)
    if main is None or main in named:
        return named
    module = main.removesuffix(".weight")
    first = module.partition(".")[0]
    spare = [name for name in named if name not in wanted and name.partition(".")[0] == first]
    layers = [
        name.removesuffix(".weight")
        for name in spare
        if name.endswith(".weight") and _alike(named[name].shape, wanted[main])
    ]
    if len(layers) != 1 or {name.rpartition(".")[0] for name in spare} != set(layers):
        return named
    for part in ("weight", "bias"):
        old = f"{layers[0]}.{part}"
        if old in named:
            named[f"{module}.{part}"] = named.pop(old)
    return named


def without_extras(
    weights: Mapping[str, Tensor], wanted: Collection[str]
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """What the network knows, and a word on what was left out (`model.strict = false`)."""
    extra = [name for name in weights if name not in wanted]
    kept = {name: tensor for name, tensor in weights.items() if name in wanted}
    if not extra:
        return kept, ()
    names: str = ", ".join(extra[:4])
    if len(extra) > 4:
        names = coded("names.more", "{names} and {n:,} more", names=names, n=len(extra) - 4)
    return kept, (
        coded_n(
            "network.extra_entries",
            "The checkpoint holds {n:,} entry that the network has no place for, left out under"
            " model.strict = false: {names}.",
            "The checkpoint holds {n:,} entries that the network has no place for, left out under"
            " model.strict = false: {names}.",
            len(extra),
            names=names,
        ),
    )


def _alike(shape: torch.Size, head: torch.Size) -> bool:
    """A head for any number of classes: the same but for its rows."""
    return len(shape) == len(head) and shape[1:] == head[1:]


def _prefixes(names: Mapping[str, Tensor], wanted: Collection[str]) -> set[str]:
    before: dict[str, set[str]] = {}
    for name in names:
        for place in (i for i, letter in enumerate(name) if letter == "."):
            before.setdefault(name[place + 1 :], set()).add(name[: place + 1])
    found = {""}
    for suffix in wanted:
        found |= before.get(suffix, set())
        if len(found) > 8:
            break
    return found


def _known(names: Mapping[str, Tensor], wanted: Collection[str], prefix: str) -> int:
    return sum(f"{prefix}{name}" in names for name in wanted)
