"""A network looked at without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from auditor.domain.errors import ModelError


@contextmanager
def frozen_eval(network: nn.Module) -> Iterator[None]:
    """Eval mode and frozen parameters inside; mode and `requires_grad` as they were after it.

    With frozen parameters autograd records nothing below a leaf that a hook puts in. `.grad` is
    never touched. All is restored also on error.
    """
    training = [module for module in network.modules() if module.training]
    wanting = [parameter for parameter in network.parameters() if parameter.requires_grad]
    try:
        # Flags, not .eval(): networks override train() with effects of their own.
        for module in training:
            module.training = False
        for parameter in wanting:
            parameter.requires_grad_(False)
        yield
    finally:
        for module in training:
            module.training = True
        for parameter in wanting:
            parameter.requires_grad_(True)


def refuse_inference_tensors(network: nn.Module) -> None:
    """Raise ModelError if the network was made under `torch.inference_mode`."""
    for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
        if torch.is_inference(tensor):
            raise ModelError(
                "The network's weights are inference tensors, which carry no gradient.",
                code="model.inference_tensors",
                expected="a network built and loaded outside torch.inference_mode()",
                got=f"{name} was made under torch.inference_mode()",
                remedy="build the network outside of it (run it there as you like), "
                "or use copy.deepcopy(network) made outside of it",
            )
