"""Tensors on their way from one process to another.

The memory of each tensor that a worker of torch's DataLoader sends is shared by a handshake:
worth it for pixels, not for a few numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

SMALL = 4096
"""Bytes up to which a tensor is sent as what it holds."""

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Held:
    """What a tensor holds, and the shape that it is spread to."""

    values: np.ndarray[Any, Any]
    shape: tuple[int, ...]


def packed(value: Any) -> Any:
    """A small tensor, or one whose every value is one and the same, as `Held`; else the value."""
    if not isinstance(value, Tensor) or value.device.type != "cpu":
        return value
    held = value[(0,) * value.ndim] if value.numel() and not any(value.stride()) else value
    return Held(held.numpy(), value.shape) if held.nbytes <= SMALL else value


def received(kind: Callable[..., Kind], values: Mapping[str, Any]) -> Kind:
    """What was `packed`, whole again."""
    return kind(**{name: _unpacked(value) for name, value in values.items()})


def _unpacked(value: Any) -> Any:
    return torch.as_tensor(value.values).expand(value.shape) if isinstance(value, Held) else value
