"""torchvision without torch's compiler: only in our own processes, and nothing is lost by it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

LEFT_OUT = """
import sys
from auditor.light_imports import import_without_compiler
import_without_compiler()
import torchvision.transforms.v2
from torchvision.models import get_model
assert "torch._dynamo" not in sys.modules and "sympy" not in sys.modules, "imported all the same"
assert torchvision.__version__.startswith(VERSION)
assert torchvision.__spec__.loader is torchvision.__loader__
assert type(torchvision.__loader__).__module__ != "auditor.light_imports"
"""
AFTERWARDS = """
import torch
from torchvision.ops import roi_align
torch.use_deterministic_algorithms(True)
boxes = torch.tensor([[0.0, 0.0, 0.0, 4.0, 4.0]])
assert roi_align(torch.ones(1, 1, 8, 8), boxes, 2).shape == (1, 1, 2, 2)
assert torch.compiler.disable(len) is not len  # the real one
import torch._dynamo.config
assert torch._dynamo.config.suppress_errors is False
"""


def run(program: str) -> None:
    code = program.replace("VERSION", repr(version("torchvision")))
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_torchvision_is_whole_and_the_compiler_comes_when_it_is_asked_for() -> None:
    run(LEFT_OUT + AFTERWARDS)


def test_a_stand_in_hands_what_it_lacks_to_the_real_module() -> None:
    run(
        "import sys\n"
        "from auditor.light_imports import stand_ins\n"
        "with stand_ins():\n"
        "    import torch._dynamo\n"
        "    assert type(torch._dynamo).__name__ == '_StandIn'\n"
        "    import torch._dynamo.config\n"
        "    assert torch._dynamo.config.suppress_errors is False\n"
        "assert type(sys.modules['torch._dynamo']).__name__ == 'module'\n"
    )
