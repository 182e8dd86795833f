"""Audits of ever more classes from start to report: what grows faster than the classes do.

    python -m benchmarks.thousand_classes                     # 100, 200 and 400 classes
    python -m benchmarks.thousand_classes --classes 1000      # once: about a quarter of an hour
    python -m benchmarks.thousand_classes --stages            # processor time and memory by stage
    python -m benchmarks.thousand_classes --no-masks          # the same pictures, objects unknown

A network made by hand on rendered pictures of 32 x 32 pixels, in float32, so that what is measured
is the auditor. Every class has `--per-class` pictures (14), all of which are asked, so
`findings.min_images` is 14, too: with the default of 20 no class would be judged. Every audit runs
in a process of its own. Forward passes are counted by the network itself. `--stages` tells of every
stage of the audit its processor time, and the resident memory at its beginning and at its most.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass
class Stage:
    """One stage of an audit as it was lived through.

    Attributes:
        name: as progress tells it, without numbers.
        began, processor_s: processor seconds of the process, at its beginning and spent in it.
        rss, most: resident MiB at its beginning and at its most.
    """

    name: str
    began: float
    rss: float
    most: float
    processor_s: float = 0.0


class StageLog:
    """A `Progress` that notes processor time and memory by stage, looked at ten times a second."""

    EVERY_S = 0.1

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.stage("set-up", None)
        self._watcher.start()

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins, and the one before it ends."""
        del total
        self._close()
        rss = resident_mib()
        self.stages.append(Stage(name.partition(" (")[0], time.process_time(), rss, rss))

    def advance(self, steps: int = 1) -> None:
        """Nothing: memory is looked at by the clock."""

    def end(self) -> list[Stage]:
        """All stages; the last one ends."""
        self._close()
        self._done.set()
        self._watcher.join()
        return self.stages

    def _close(self) -> None:
        if self.stages:
            last = self.stages[-1]
            last.processor_s = time.process_time() - last.began

    def _watch(self) -> None:
        while not self._done.wait(self.EVERY_S):
            last = self.stages[-1]
            last.most = max(last.most, resident_mib())


def resident_mib() -> float:
    """MiB of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MIB


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


def measure(folder: Path, classes: int, per_class: int, *, masks: bool = True) -> dict[str, Any]:
    """One audit in a process of its own: seconds, passes, memory and sizes."""
    write_dataset(folder, classes, per_class)
    command = [sys.executable, "-m", "benchmarks.thousand_classes"]
    command += [*([] if masks else ["--no-masks"]), "--audit", str(per_class)]
    began = time.perf_counter()
    root = Path(__file__).resolve().parent.parent
    told = subprocess.run(
        [*command, str(folder), str(root)], check=True, stdout=subprocess.PIPE, text=True
    )
    seconds = time.perf_counter() - began
    run = folder / "run"
    made = json.loads((run / "manifest.json").read_text())
    found: dict[str, Any] = json.loads(told.stdout.strip().splitlines()[-1])
    return {
        "classes": classes,
        "seconds": round(seconds, 1),
        **found,
        **{name: round(value, 1) for name, value in made["timings"].items()},
        "report_mib": round((run / "report.html").stat().st_size / MIB, 2),
        "run_mib": round(sum(p.stat().st_size for p in run.rglob("*")) / MIB, 1),
    }


def _audit_here(folder: Path, per_class: int, *, masks: bool) -> None:
    """Audit the dataset of the current folder and print what it took, as JSON."""
    from auditor import wiring
    from auditor.config import AuditConfig
    from benchmarks import thousand_classes

    made: list[Network] = []
    build = thousand_classes.build_network

    def counted() -> nn.Module:
        network = build()
        made.append(network)  # type: ignore[arg-type]
        return network

    thousand_classes.build_network = counted
    began = time.process_time()
    log = StageLog()
    config = AuditConfig.from_dict(
        {
            "data": {"path": "images", "classes": "classes.txt"}
            | ({"masks": "masks"} if masks else {}),
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
    run = wiring.audit(config, resume=False, overwrite=False, progress=log)
    stages = log.end()
    verdicts = run.classes()["verdict"].value_counts().to_dict()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "processor_s": round(time.process_time() - began, 1),
                "passes": sum(network.passes for network in made),
                "peak_mib": round(peak),
                **verdicts,
                "stages": [
                    {
                        "stage": each.name,
                        "processor_s": round(each.processor_s, 1),
                        "mib": round(each.rss),
                        "most_mib": round(each.most),
                    }
                    for each in stages
                ],
            }
        )
    )


def _show_stages(stages: list[dict[str, Any]]) -> None:
    for each in stages:
        print(
            f"  {each['stage']:<40} {each['processor_s']:8.1f} s"
            f" {each['mib']:6} MiB, at most {each['most_mib']:6}",
            flush=True,
        )


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 where the largest of the audits breaks a limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--classes", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--per-class", type=int, default=PER_CLASS)
    parser.add_argument("--keep", type=Path, help="folder for data and runs; else they go")
    parser.add_argument("--stages", action="store_true", help="print every stage of every audit")
    parser.add_argument("--no-masks", dest="masks", action="store_false")
    parser.add_argument("--audit", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.audit:
        per_class, folder, root = asked.audit
        sys.path.insert(0, root)
        os.chdir(folder)
        _audit_here(Path(folder), int(per_class), masks=asked.masks)
        return 0
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for classes in asked.classes:
            folder = (asked.keep or Path(scratch)) / f"classes-{classes}"
            rows.append(measure(folder.absolute(), classes, asked.per_class, masks=asked.masks))
            stages = rows[-1].pop("stages")
            each = {k: round(v / classes, 4) for k, v in rows[-1].items() if k.endswith("_s")}
            print(json.dumps(rows[-1]), flush=True)
            print(f"  a class: {each}", flush=True)
            if asked.stages:
                _show_stages(stages)
    last = rows[-1]
    broken = last["passes"] > MOST_PASSES or last["report_mib"] * MIB > MOST_REPORT
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())
