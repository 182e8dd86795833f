"""Batches between processes: the same values, with as few shared tensors as can be."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from torch import Tensor

from auditor.tensors.batch import Batch
from auditor.tensors.tensor_ipc import Held, packed
from tests.data.making import sample


def batch(masks: Tensor) -> Batch:
    return Batch(
        samples=(sample(Path("a.png")), sample(Path("b.png"))),
        images=torch.arange(2 * 3 * 64 * 64).to(torch.uint8).view(2, 64, 64, 3).permute(0, 3, 1, 2),
        masks=masks,
        ignored=torch.zeros((), dtype=torch.bool).expand(2, 64, 64),
        has_mask=torch.tensor([True, False]),
        object_cropped=torch.tensor([0.25, float("nan")]),
        original_sizes=torch.tensor([[64, 70], [64, 64]]),
    )


@pytest.mark.parametrize(
    "masks", [torch.zeros((), dtype=torch.bool).expand(2, 64, 64), torch.rand(2, 64, 64) > 0.5]
)
def test_a_batch_arrives_as_it_was_sent(masks: Tensor) -> None:
    sent = batch(masks)
    came = copy.copy(sent)  # by `__reduce__`, as on the way between processes
    assert came.samples == sent.samples
    for name, value in vars(sent).items():
        if isinstance(value, Tensor):
            there = getattr(came, name)
            assert (there.dtype, there.stride()) == (value.dtype, value.stride()), name
            torch.testing.assert_close(there, value, rtol=0, atol=0, equal_nan=True)


def test_only_pixels_are_worth_a_handshake() -> None:
    sent = batch(torch.rand(2, 64, 64) > 0.5)
    shared = {name for name, value in vars(sent).items() if isinstance(packed(value), Tensor)}
    assert shared == {"images", "masks"}
    nothing_marked = packed(sent.ignored)
    assert isinstance(nothing_marked, Held)
    assert nothing_marked.values.nbytes == 1
    assert packed(torch.zeros(0, 5)).shape == (0, 5)
