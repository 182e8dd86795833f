"""The logits in whatever a network returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from auditor.domain.errors import ModelError

KEYS = (
    "logits",
    "out",
    "output",
    "outputs",
    "scores",
    "logit",
    "prediction",
    "predictions",
    "pred",
    "preds",
    "probs",
    "probabilities",
)


def logits_of(output: Any) -> Tensor:
    """(N, C) logits of a network that returns a tensor, a mapping, a tuple or a dataclass.

    A mapping or dataclass gives what stands under the first of `KEYS` that it has, else, as a tuple
    does, its first tensor of two dimensions; (N, C, 1, 1) becomes (N, C).

    Raises:
        ModelError: there is no tensor of two dimensions in it.
    """
    found = _tensor_of(output)
    if found is not None and found.ndim > 2 and found.shape[2:].numel() == 1:
        found = found.flatten(1)
    if found is None or found.ndim != 2:
        raise ModelError(
            "The network gives no class scores.",
            code="model.no_scores",
            expected="logits of shape (N, classes), alone or under the key `logits`",
            got=_words(output),
            remedy="wrap the network so that its forward returns the logits",
        )
    return found


def first_tensor(output: Any) -> Tensor | None:
    """A module's output or inputs, or the first tensor in a tuple of them."""
    if isinstance(output, tuple | list):
        return next((part for part in output if isinstance(part, Tensor)), None)
    return output if isinstance(output, Tensor) else None


def _tensor_of(output: Any) -> Tensor | None:
    if isinstance(output, Tensor):
        return output
    fields = output if isinstance(output, Mapping) else getattr(output, "__dict__", {})
    for key in KEYS:
        if isinstance(fields.get(key), Tensor):
            found: Tensor = fields[key]
            return found
        if isinstance(getattr(output, key, None), Tensor):
            attribute: Tensor = getattr(output, key)
            return attribute
    values = output if isinstance(output, tuple | list) else fields.values()
    tensors = [value for value in values if isinstance(value, Tensor)]
    return next((value for value in tensors if value.ndim == 2), next(iter(tensors), None))


def _words(output: Any) -> str:
    if isinstance(output, Tensor):
        return f"a tensor of shape {tuple(output.shape)}"
    if isinstance(output, Mapping):
        return f"{type(output).__name__} with the keys {', '.join(map(str, output))}"
    if isinstance(output, tuple | list):
        return f"{type(output).__name__} of {', '.join(map(_words, output)) or 'nothing'}"
    return type(output).__name__
