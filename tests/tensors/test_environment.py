"""What computed a run is told in plain values that outlive the machine."""

from __future__ import annotations

import json

import pytest
import torch

from auditor.tensors.environment import environment, processor_name


def test_on_a_processor_nothing_is_said_of_a_gpu() -> None:
    found = environment(torch.device("cpu"))
    assert found["torch_build"] == torch.__version__
    assert found["device_name"] == processor_name() != ""
    assert found["threads"] == torch.get_num_threads()
    assert [found[key] for key in ("cuda", "cudnn", "driver", "capability")] == [None] * 4
    assert json.loads(json.dumps(found)) == found


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_on_a_gpu_cuda_cudnn_and_driver_are_known() -> None:
    found = environment(torch.device("cuda", 0))
    assert found["device_name"] == torch.cuda.get_device_name(0)
    assert all(found[key] for key in ("cuda", "cudnn", "driver", "capability"))
    assert json.loads(json.dumps(found)) == found
