"""What computed the numbers: the build of torch, the device, the libraries beneath it."""

from __future__ import annotations

import platform
from pathlib import Path

import torch

DRIVER = Path("/proc/driver/nvidia/version")
PROCESSOR = Path("/proc/cpuinfo")


def environment(device: torch.device) -> dict[str, str | int | None]:
    """What can move a number by rounding beside the versions of the packages, as plain values.

    Args:
        device: that the network runs on.

    Returns:
        `torch_build` (with its local part, such as "2.9.0+cu130"), `device_name`, `system`,
        `instructions` (of the processor, as torch uses them), `threads`; and `cuda`, `cudnn`,
        `driver`, `capability`, null where no GPU is used.
    """
    on_gpu = device.type == "cuda"
    return {
        "torch_build": torch.__version__,
        "device_name": torch.cuda.get_device_name(device) if on_gpu else processor_name(),
        "system": f"{platform.system()} {platform.machine()}",
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "cuda": torch.version.cuda if on_gpu else None,
        "cudnn": torch.backends.cudnn.version() if on_gpu else None,  # type: ignore[no-untyped-call]
        "driver": driver_version() if on_gpu else None,
        "capability": _capability(device) if on_gpu else None,
    }


def processor_name() -> str:
    """The processor in its maker's words, or its architecture where nobody tells."""
    for line in _lines(PROCESSOR):
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def driver_version() -> str | None:
    """Version of the NVIDIA driver, None where there is none."""
    lines = _lines(DRIVER)
    return lines[0].split("Kernel Module")[-1].split()[0] if lines else None


def _capability(device: torch.device) -> str:
    major, minor = torch.cuda.get_device_capability(device)
    return f"{major}.{minor}"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
