"""The stack that a thread's signal handlers run on, kept over calls into OpenVINO.

OpenVINO gives the thread that compiles a network an alternate signal stack, puts the one before
back when the network goes, and unmaps its own. Of two networks the first to go unmaps a stack that
the second one puts back later; in another thread nothing is put back at all. The next signal with a
handler of Python's (Ctrl-C, the end of a data loader's worker) then ends the process with SIGSEGV,
and no traceback is written.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

DISABLED = 2
"""SS_DISABLE of <signal.h>: handlers run on the thread's ordinary stack."""


class StackT(ctypes.Structure):
    """`stack_t` of Linux's <signal.h>."""

    _fields_ = (
        ("ss_sp", ctypes.c_void_p),
        ("ss_flags", ctypes.c_int),
        ("ss_size", ctypes.c_size_t),
    )


@contextmanager
def signal_stack_kept() -> Iterator[None]:
    """This thread's alternate signal stack is afterwards what it was, also after an error.

    Where the kernel finds the former one too small for what the processor has to save by now (AMX
    tiles), there is none afterwards. Does nothing on other systems than Linux.
    """
    if sys.platform != "linux":
        yield
        return
    call = ctypes.CDLL(None).sigaltstack
    before = StackT()
    call(None, ctypes.byref(before))
    try:
        yield
    finally:
        if call(ctypes.byref(before), None) != 0:
            call(ctypes.byref(StackT(None, DISABLED, 0)), None)
