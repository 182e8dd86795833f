"""Calls of a network's layers, recorded as they finish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torchvision.ops import Permute

from auditor.tensors.outputs import first_tensor

NO_TARGET = (
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
    Permute,
)
"""Leaves that make no feature of their own, or (Linear) one on the way inside a token block."""


@dataclass(frozen=True)
class LayerCall:
    """One run of a layer: its first tensor in and out; `several`: it gave several maps."""

    name: str
    module: nn.Module
    inputs: Tensor | None
    output: Tensor
    several: bool


@contextmanager
def recorded(network: nn.Module) -> Iterator[list[LayerCall]]:
    """A list that the calls of every named layer are appended to as they finish."""
    calls: list[LayerCall] = []
    handles = []

    def recorder(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def record(module: nn.Module, inputs: Any, output: Any) -> None:
            made = first_tensor(output)
            if made is not None and made.is_floating_point():
                parts = output if isinstance(output, tuple | list) else ()
                several = sum(isinstance(part, Tensor) and part.ndim > 2 for part in parts) > 1
                calls.append(LayerCall(name, module, first_tensor(inputs), made, several))

        return record

    try:
        for name, module in network.named_modules():
            if name:
                handles.append(module.register_forward_hook(recorder(name)))
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def last_weighted(calls: list[LayerCall]) -> int | None:
    """Index of the last call of a layer with weights of its own."""
    own = [i for i, call in enumerate(calls) if any(True for _ in call.module.parameters(False))]
    return own[-1] if own else None


def is_block(call: LayerCall, calls: list[LayerCall]) -> bool:
    """No leaf without features of its own, nor a container that only hands on what one made, nor
    one that hands on several maps, of which the first need not be the one that is used."""
    return not (call.several or isinstance(call.module, NO_TARGET)) and not any(
        isinstance(other.module, NO_TARGET)
        and other.output is call.output
        and other.name.startswith(f"{call.name}.")
        for other in calls
    )
