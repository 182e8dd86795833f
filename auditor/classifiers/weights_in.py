"""Where in a loaded checkpoint the weights are, and which were taken where there are several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from auditor.domain.messages import coded

WRAPPERS = (
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "weights",
    "params",
    "module",
    "encoder",
    "backbone",
)
CLASS_KEYS = ("classes", "class_names", "idx_to_class", "class_to_idx", "labels", "names")
AVERAGED = re.compile(r"(^|[_.])(ema|averaged|swa|shadow|teacher)([_.]|$)|ema_?model|model_?ema")
NOT_WEIGHTS = re.compile(
    r"^(optim|opt$|opt_|lr_sched|sched|scaler|amp|callbacks|loops|hyper_param|hparams|args|config|"
    r"criterion|loss|grad_|rng|metrics|history|best_|torch_rng)"
)
DEPTH = 4
COMPARABLE = 0.5
"""Collections of at least this share of the largest one's tensors could be meant."""


@dataclass(frozen=True)
class Found:
    """Some weights in a checkpoint.

    Attributes:
        key: where they are, with dots; empty for the file itself.
        tensors: by name.
        metadata: versions of the modules that wrote them, by module, as torch keeps them.
    """

    key: str
    tensors: dict[str, Tensor]
    metadata: Mapping[str, Any]

    @property
    def averaged(self) -> bool:
        """They are moving averages (EMA) of those trained."""
        return AVERAGED.search(self.key) is not None


def candidates(loaded: Mapping[str, Any]) -> list[Found]:
    """Collections of weights that could be meant, the one to take first.

    Weights before their moving averages, then under a known key before any other, then the
    outermost.
    """
    found = list(_walk(loaded, "", DEPTH))
    largest = max((len(each.tensors) for each in found), default=0)
    likely = [each for each in found if len(each.tensors) >= COMPARABLE * largest]
    return sorted(likely, key=_preference)


def at_key(loaded: Mapping[str, Any], key: str) -> Found | None:
    """The weights under a key, or a path of keys with dots."""
    inside: Any = loaded
    for part in [key] if key in loaded else key.split("."):
        inside = inside.get(part) if isinstance(inside, Mapping) else None
    if not isinstance(inside, Mapping):
        return None
    below = candidates(inside)
    return _found(inside, key) or (below[0] if below else None)


def told(chosen: Found, others: list[Found]) -> tuple[str, ...]:
    """What to say of the choice."""
    if others:
        names = ", ".join(repr(each.key or ".") for each in others[:4])
        averaged = any(each.averaged for each in others)
        values = {"key": repr(chosen.key or "."), "others": names}
        return (
            coded(
                "network.weights_averaged",
                "The checkpoint holds several sets of weights: {key} was taken; it also holds"
                " {others} (moving averages), which --set model.checkpoint_key=KEY takes.",
                **values,
            )
            if averaged
            else coded(
                "network.weights",
                "The checkpoint holds several sets of weights: {key} was taken; it also holds"
                " {others}, which --set model.checkpoint_key=KEY takes.",
                **values,
            ),
        )
    if chosen.averaged:
        return (
            coded(
                "network.only_averages",
                "The weights under {key} were taken: moving averages (EMA) of those trained, which"
                " are the only ones in the file.",
                key=repr(chosen.key),
            ),
        )
    return ()


def class_names(holder: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Names in the order of the logits, if they are told in a form that is complete."""
    for key in CLASS_KEYS:
        names = in_order(holder.get(key))
        if names:
            return names
    return None


def in_order(names: Any) -> tuple[str, ...] | None:
    """A list of names, or a mapping of indices and names either way, as names in order."""
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
        return tuple(names)
    if not isinstance(names, Mapping):
        return None
    pairs = list(names.items())
    if all(isinstance(value, int) for _, value in pairs):
        pairs = [(index, name) for name, index in pairs]
    try:
        by_index = {int(index): str(name) for index, name in pairs}
    except (TypeError, ValueError):
        return None
    if sorted(by_index) != list(range(len(pairs))):
        return None
    return tuple(by_index[i] for i in range(len(pairs)))


def _walk(holder: Mapping[Any, Any], key: str, depth: int) -> Iterator[Found]:
    found = _found(holder, key)
    if found is not None:
        yield found
    if depth == 0:
        return
    for name, value in holder.items():
        if isinstance(name, str) and isinstance(value, Mapping) and not NOT_WEIGHTS.match(name):
            yield from _walk(value, f"{key}.{name}" if key else name, depth - 1)


def _found(holder: Mapping[Any, Any], key: str) -> Found | None:
    tensors = {
        name: value
        for name, value in holder.items()
        if isinstance(name, str) and isinstance(value, Tensor)
    }
    if not any(value.ndim for value in tensors.values()):
        return None
    return Found(key, tensors, getattr(holder, "_metadata", None) or {})


def _preference(found: Found) -> tuple[bool, int, int, str]:
    last = found.key.rpartition(".")[2]
    known = WRAPPERS.index(last) if last in WRAPPERS else len(WRAPPERS)
    return found.averaged, -1 if not found.key else known, found.key.count("."), found.key
