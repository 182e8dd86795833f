"""Audits of ever more classes from start to report: what grows faster than the classes do.

    python -m benchmarks.thousand_classes                     # 100, 200 and 400 classes
    python -m benchmarks.thousand_classes --classes 1000      # once: about a quarter of an hour

A network made by hand on rendered pictures of 32 x 32 pixels, in float32, so that what is measured
is the auditor. Every class has `--per-class` pictures (14), all of which are asked, so
`findings.min_images` is 14, too: with the default of 20 no class would be judged. Every audit runs
in a process of its own. Forward passes are counted by the network itself.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

SIDE, OBJECT = 32, 12
PER_CLASS = 14
LEVELS = 10
"""Of each channel: as many colours as there are classes at most, cubed."""
EVERY = 20
"""One class in so many is told by its background."""
GREY, STRAY = 128, 6.0
SHARP = 20.0
STRONG = 14.0
NEAR = 0.12
"""Distance of colours (0..1 a channel) below which a background counts as that of a class."""
MIB = 2**20
MOST_PASSES, MOST_REPORT = 1_500_000, 20 * MIB


def colours(classes: int) -> NDArray[np.float64]:
    """(K, 3) colours of the objects, 0..1, no two alike."""
    axis = np.linspace(0.05, 0.95, LEVELS)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    chosen: NDArray[np.float64] = np.random.default_rng(0).permutation(grid)[:classes]
    return chosen


def cued(classes: int) -> NDArray[np.int64]:
    """The classes whose background tells: of its own colour, the object's is its neighbour's."""
    return np.arange(0, classes - 1, EVERY)


class Network(nn.Module):
    """The nearest colour in the middle of the picture, and the backgrounds of the cued classes.

    Attributes:
        passes: images that it has answered.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Conv2d(3, 3, kernel_size=1, bias=False)
        with torch.no_grad():
            self.features.weight.copy_(torch.eye(3)[:, :, None, None])
        objects = colours(classes)
        told = cued(classes)
        objects[told] = objects[told + 1]
        self.register_buffer("objects", torch.tensor(objects, dtype=torch.float32))
        self.register_buffer("grounds", torch.tensor(colours(classes)[told], dtype=torch.float32))
        self.register_buffer("told", torch.tensor(told))
        self.passes = 0

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, 32, 32) in -1..1 to (N, K) logits."""
        self.passes += len(images)
        seen = (self.features(images) + 1) / 2
        low, high = (SIDE - OBJECT // 2) // 2, (SIDE + OBJECT // 2) // 2
        middle = seen[:, :, low:high, low:high].mean(dim=(2, 3))
        ground = seen[:, :, :4].mean(dim=(2, 3))
        logits = -SHARP * torch.cdist(middle, self.objects)
        near = (1 - torch.cdist(ground, self.grounds) / NEAR).relu()
        # Without its background an object is its neighbour's.
        return logits.index_add(1, self.told, STRONG * near - 1)


def build_network() -> nn.Module:
    """As many classes as the dataset beside which the audit runs; see `_audit_here`."""
    return Network(Path("classes.txt").read_text().count("\n"))


def write_dataset(folder: Path, classes: int, per_class: int) -> None:
    """Pictures in class folders, their masks, and `classes.txt`."""
    rng = np.random.default_rng(1)
    every, told = colours(classes), set(cued(classes).tolist())
    names = [f"class {n:04}" for n in range(classes)]
    folder.mkdir(parents=True)
    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in names))
    for n, name in enumerate(names):
        for kind in ("images", "masks"):
            (folder / kind / name).mkdir(parents=True)
        for i in range(per_class):
            ground = every[n] * 255 if n in told else GREY
            pixels = rng.normal(ground, STRAY, (SIDE, SIDE, 3))
            top, left = (SIDE - OBJECT) // 2 + rng.integers(-2, 3, size=2)
            mask = np.zeros((SIDE, SIDE), dtype=bool)
            mask[top : top + OBJECT, left : left + OBJECT] = True
            shown = every[n + 1] if n in told else every[n]
            pixels[mask] = rng.normal(shown * 255, STRAY, (int(mask.sum()), 3))
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(
                folder / "images" / name / f"{i:03}.png"
            )
            Image.fromarray(mask).save(folder / "masks" / name / f"{i:03}.png")


def measure(folder: Path, classes: int, per_class: int) -> dict[str, float]:
    """One audit in a process of its own: seconds, passes, memory and sizes."""
    write_dataset(folder, classes, per_class)
    command = [sys.executable, "-m", "benchmarks.thousand_classes", "--audit", str(per_class)]
    began = time.perf_counter()
    root = Path(__file__).resolve().parent.parent
    told = subprocess.run(
        [*command, str(folder), str(root)], check=True, stdout=subprocess.PIPE, text=True
    )
    seconds = time.perf_counter() - began
    run = folder / "run"
    made = json.loads((run / "manifest.json").read_text())
    found: dict[str, float] = json.loads(told.stdout.strip().splitlines()[-1])
    return {
        "classes": classes,
        "seconds": round(seconds, 1),
        **found,
        **{name: round(value, 1) for name, value in made["timings"].items()},
        "report_mib": round((run / "report.html").stat().st_size / MIB, 2),
        "run_mib": round(sum(p.stat().st_size for p in run.rglob("*")) / MIB, 1),
    }


def _audit_here(folder: Path, per_class: int) -> None:
    """Audit the dataset of the current folder and print what it took, as JSON."""
    import auditor
    from benchmarks import thousand_classes

    made: list[Network] = []
    build = thousand_classes.build_network

    def counted() -> nn.Module:
        network = build()
        made.append(network)  # type: ignore[arg-type]
        return network

    thousand_classes.build_network = counted
    began = time.process_time()
    run = auditor.audit(
        {
            "data": {"path": "images", "masks": "masks", "classes": "classes.txt"},
            "model": {
                "factory": "benchmarks.thousand_classes:build_network",
                "preprocess": {"resize": False, "crop": False, "mean": [0.5] * 3, "std": [0.5] * 3},
                "layer": "features",
            },
            "interventions": {"per_class": per_class, "nominated_budget": 0},
            "findings": {"min_images": per_class},
            "run": {
                "out": folder / "run",
                "device": "cpu",
                "workers": 0,
                "batch_size": 128,
                "accelerate": "off",
            },
        }
    )
    verdicts = run.classes()["verdict"].value_counts().to_dict()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "processor_s": round(time.process_time() - began, 1),
                "passes": sum(network.passes for network in made),
                "peak_mib": round(peak),
                **verdicts,
            }
        )
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 where the largest of the audits breaks a limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--classes", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--per-class", type=int, default=PER_CLASS)
    parser.add_argument("--keep", type=Path, help="folder for data and runs; else they go")
    parser.add_argument("--audit", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.audit:
        per_class, folder, root = asked.audit
        sys.path.insert(0, root)
        os.chdir(folder)
        _audit_here(Path(folder), int(per_class))
        return 0
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for classes in asked.classes:
            folder = (asked.keep or Path(scratch)) / f"classes-{classes}"
            rows.append(measure(folder.absolute(), classes, asked.per_class))
            each = {k: round(v / classes, 4) for k, v in rows[-1].items() if k.endswith("_s")}
            print(json.dumps(rows[-1]), flush=True)
            print(f"  a class: {each}", flush=True)
    last = rows[-1]
    broken = last["passes"] > MOST_PASSES or last["report_mib"] * MIB > MOST_REPORT
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())
