"""`auditor doctor`: what this machine offers, what is missing, and the remedy."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli.bundle import write_bundle
from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.cli.show_examination import show
from auditor.cli.thread_notes import busy_cores, notes_on_threads
from auditor.domain.messages import phrase
from auditor.threads import thread_settings

PACKAGES = (
    "shortcut-auditor",
    "torch",
    "torchvision",
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "scikit-learn",
    "scipy",
    "streamlit",
    "plotly",
)
OPTIONAL = {
    "timm": phrase("timm architectures (`timm:NAME`): pip install 'shortcut-auditor[timm]'"),
    "transformers": phrase("folders `hf:FOLDER`: pip install 'shortcut-auditor[hf]'"),
    "opencv-python-headless": phrase("--auto-mask: pip install 'shortcut-auditor[automask]'"),
    "openvino": phrase("faster interventions on a CPU: pip install 'shortcut-auditor[openvino]'"),
    "XlsxWriter": phrase("exports as .xlsx: pip install 'shortcut-auditor[xlsx]'"),
    "pydicom": phrase("DICOM images: pip install 'shortcut-auditor[medical]'"),
}
OF_AUDITS = {"torch", "torchvision"}
VIEWER = "shortcut-auditor-dashboard"
"""The same packages in a distribution without torch (decision 22)."""
BOTH = phrase(
    "shortcut-auditor and {viewer} are both installed and own the same files: pip uninstall both,"
    " then install the one that you need",
    viewer=VIEWER,
)
READS_ONLY = phrase(
    "torch is not installed: this environment looks at runs (dashboard, exports, reports, gate) "
    "and cannot audit: pip install torch torchvision"
)
LOW_MEMORY_GIB = 4.0
LOW_DISK_GIB = 2.0


def doctor(
    bundle: Annotated[
        Path | None, typer.Option(metavar="FILE.zip", help="Write what a bug report needs.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Add a run's numbers to the bundle.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add the end of a log to the bundle.")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Say what this machine offers and what is missing."""
    if bundle is None and (run, log) != (None, None):
        raise typer.BadParameter("--run and --log add to a bundle: name one with --bundle FILE.zip")
    _ = spoken(lang)
    found = examination()
    held = [] if bundle is None else write_bundle(bundle, found, run, log)
    if as_json:
        say_json(found)
    elif not quiet:
        show(found, _)
    if held:
        told = _(
            "written: {path} ({files}): read it before you send it",
            path=bundle,
            files=", ".join(held),
        )
        say(told, quiet=quiet, as_json=as_json)
    raise typer.Exit(0 if found["healthy"] else 2)


def examination() -> dict[str, Any]:
    """Versions, devices, driver, memory, and every fault with its remedy."""
    versions = {name: _version(name) for name in PACKAGES}
    viewer = _version(VIEWER)
    both = viewer is not None and versions["shortcut-auditor"] is not None
    versions["shortcut-auditor"] = versions["shortcut-auditor"] or viewer
    optional = {name: _version(name) for name in OPTIONAL}
    device = _device()
    threads = thread_settings()
    memory = _memory_gib()
    disk = shutil.disk_usage(Path.cwd()).free / 2**30
    missing = {name for name, got in versions.items() if got is None}
    # A viewer's environment lacks exactly these on purpose (deploy/dashboard-requirements.txt).
    reads_only = missing == OF_AUDITS
    of_device = device.pop("faults")
    faults: list[str] = [BOTH] if both else []
    faults += [] if reads_only else list(of_device)
    faults += [
        phrase("{name} is not installed: pip install --force-reinstall shortcut-auditor", name=name)
        for name in versions
        if name in missing and not reads_only
    ]
    notes: list[str] = [READS_ONLY] if reads_only else []
    notes += [
        phrase("not installed: {remedy}", remedy=remedy)
        for name, remedy in OPTIONAL.items()
        if not optional[name]
    ]
    if memory is not None and memory < LOW_MEMORY_GIB:
        notes.append(
            phrase(
                "{gib} GiB of memory is little: lower --batch-size and --workers",
                gib=f"{memory:.1f}",
            )
        )
    notes += notes_on_threads(threads, busy_cores())
    if disk < LOW_DISK_GIB:
        notes.append(
            phrase(
                "{gib} GiB of disk is left here: write runs elsewhere with --out",
                gib=f"{disk:.1f}",
            )
        )
    return {
        "healthy": not faults,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": threads.cores,
        "processors": os.cpu_count(),
        "threads": {
            "openmp": threads.threads,
            "passive": threads.passive,
            "given": list(threads.given),
        },
        "memory_gib": memory,
        "disk_free_gib": round(disk, 1),
        "versions": versions,
        "optional": optional,
        "device": device,
        "faults": faults,
        "notes": notes,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _device() -> dict[str, Any]:
    try:
        import torch
        import torchvision  # noqa: F401 - a torchvision of another torch fails here
    except (ImportError, RuntimeError) as error:
        fault = phrase(
            "torch or torchvision cannot be imported: {error}: install a torch and a torchvision"
            " that belong together",
            error=str(error),
        )
        return {"name": None, "faults": [fault]}
    from auditor.tensors.environment import driver_version, processor_name

    if not torch.cuda.is_available():
        faults = []
        if driver_version() is not None:
            faults.append(
                phrase(
                    "there is an NVIDIA driver but torch does not see the GPU: install the torch"
                    " build of your driver's CUDA version"
                )
            )
        return {
            "name": "cpu",
            "processor": processor_name(),
            "torch_build": torch.__version__,
            "threads": torch.get_num_threads(),
            "faults": faults,
        }
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "count": torch.cuda.device_count(),
        "memory_gib": round(properties.total_memory / 2**30, 1),
        "capability": f"{properties.major}.{properties.minor}",
        "torch_build": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        "driver": driver_version(),
        "faults": [],
    }
