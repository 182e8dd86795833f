"""Signals are survived after networks that OpenVINO compiled are gone."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys

import pytest

from auditor.tensors.signal_stack import StackT, signal_stack_kept

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="sigaltstack of Linux")
TWO_NETWORKS = """
import faulthandler, gc, os, signal
import torch
from torch import nn
from auditor.tensors.fast_networks import OpenVino

faulthandler.enable()
signal.signal(signal.SIGUSR1, lambda *_: print("handled"))
network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
first = OpenVino(network, torch.zeros(2, 3, 16, 16), "float32")
second = OpenVino(network, torch.zeros(2, 3, 16, 16), "float32")
del first
gc.collect()
del second
gc.collect()
os.kill(os.getpid(), signal.SIGUSR1)
"""


@LINUX
def test_a_signal_after_two_compiled_networks_is_handled() -> None:
    pytest.importorskip("openvino")
    done = subprocess.run(
        [sys.executable, "-c", TWO_NETWORKS], capture_output=True, text=True, check=False
    )
    assert done.returncode != -signal.SIGSEGV
    assert (done.returncode, done.stdout) == (0, "handled\n"), done.stderr


def _now() -> tuple[int | None, int]:
    found = StackT()
    assert ctypes.CDLL(None).sigaltstack(None, ctypes.byref(found)) == 0
    return found.ss_sp, found.ss_flags


def _another_and_failed(stack: ctypes.Array[ctypes.c_char]) -> None:
    with signal_stack_kept():
        other = StackT(ctypes.addressof(stack), 0, len(stack))
        assert ctypes.CDLL(None).sigaltstack(ctypes.byref(other), None) == 0
        assert _now() == (ctypes.addressof(stack), 0)
        raise ZeroDivisionError


@LINUX
def test_the_stack_is_put_back_after_an_error_too() -> None:
    before = _now()
    with pytest.raises(ZeroDivisionError):
        _another_and_failed(ctypes.create_string_buffer(1 << 17))
    assert _now() == before
