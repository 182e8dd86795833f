"""Copies of a network that compute the same answers faster, for forward passes only."""

from __future__ import annotations

import copy
import warnings

import torch
from torch import Tensor, nn

from auditor.tensors.head import Answering
from auditor.tensors.signal_stack import signal_stack_kept


class InBf16(nn.Module):
    """A copy of a network with bfloat16 weights behind float32 inputs and outputs."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        inner = self.network.inner if isinstance(self.network, Answering) else self.network
        inner.to(torch.bfloat16)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) float32 to (N, C) float32 logits."""
        logits: Tensor = self.network(images.to(torch.bfloat16))
        return logits.float()


class OpenVino(nn.Module):
    """A network compiled by OpenVINO for this processor."""

    def __init__(self, network: nn.Module, example: Tensor, precision: str) -> None:
        super().__init__()
        import openvino

        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "NUM_STREAMS": 1,  # one request at a time: the same numbers each time
        }
        with warnings.catch_warnings():
            # It traces the network as torch.jit did, which torch calls deprecated, and warns of
            # what a trace may get wrong; the answers are compared before the copy is used.
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
            converted = openvino.convert_model(network, example_input=example)
        with signal_stack_kept():
            self._compiled = openvino.compile_model(converted, "CPU", settings)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) float32 to (N, C) float32 logits."""
        found = self._compiled(images.contiguous().numpy())[0]
        return torch.from_numpy(found).float()
