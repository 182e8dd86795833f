"""Peak memory of an audit against the number of images: it must not grow with them.

    python -m benchmarks.memory                      # 20,000 and 200,000 images
    python -m benchmarks.memory --images 5000 50000

A tiny network on tiny images, so that what is measured is the auditor: lists, tables, joins,
sorting. Every audit runs in a process of its own; the figure is what the system says of its peak.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.fakes.planted import CLASSES, COLOURS

SIDE, OBJECT = 32, 12
SITES = 5


def write_dataset(folder: Path, images: int) -> Path:
    """Images, each another one, and a manifest with their boxes and a column to slice by."""
    rng = np.random.default_rng(0)
    lines = ["image,label,box,site"]
    for label in CLASSES:
        (folder / label).mkdir(parents=True)
    for n in range(images):
        label = CLASSES[n % len(CLASSES)]
        top, left = rng.integers(0, SIDE - OBJECT, size=2).tolist()
        pixels = rng.integers(100, 150, (SIDE, SIDE, 3), dtype=np.uint8)
        pixels[..., :2] += np.uint8(60 * (label == "cued"))
        pixels[top : top + OBJECT, left : left + OBJECT] = COLOURS[label]
        name = f"{label}/{n:08}.bmp"
        Image.fromarray(pixels).save(folder / name)
        box = f"{left} {top} {left + OBJECT} {top + OBJECT}"
        lines.append(f"{name},{label},{box},site {n % SITES}")
    manifest = folder / "manifest.csv"
    manifest.write_text("\n".join(lines))
    return manifest


def audit(manifest: Path, out: Path) -> dict[str, float]:
    """Peak memory (MiB) and seconds of one audit in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", "--audit", str(manifest), str(out)]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - began
    made = json.loads((out / "manifest.json").read_text())
    return {
        "images": made["counts"]["audited"],
        "peak_mib": round(made["peak_memory"]["host"] / 2**20, 1),
        "seconds": round(seconds, 1),
        **{f"{name}_s": value for name, value in made["timings"].items()},
    }


def _audit_here(manifest: Path, out: Path) -> None:
    import auditor

    auditor.audit(
        {
            "data": {"path": manifest},
            "model": {
                "factory": "tests.fakes.planted:build_network",
                "preprocess": {"resize": False, "crop": False, "mean": [0.5] * 3, "std": [0.5] * 3},
                "layer": "0",
            },
            "run": {"out": out, "device": "cpu", "workers": 0, "batch_size": 128},
        }
    )


def main() -> None:
    """Audit each size and print a JSON line for it, then the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--audit", type=Path, nargs=2)
    given = parser.parse_args()
    if given.audit:
        _audit_here(*given.audit)
        return
    peaks = []
    for images in given.images:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            row = audit(write_dataset(home / "data", images), home / "run")
            print(json.dumps(row), flush=True)
            peaks.append(row["peak_mib"])
    print(json.dumps({"ratio": round(peaks[-1] / peaks[0], 3)}), flush=True)


if __name__ == "__main__":
    main()
