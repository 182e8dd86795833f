"""Images a second of the loader beside a plain PIL loop and torchvision.io, in one run.

    python -m benchmarks.loading [--images 96] [--repeat 8] [--side 500] [--workers 0 2]

Every round runs all contenders, in an order that rotates, on the same JPEG files; what is printed
is the median over rounds of each contender's speed as a multiple of the plain PIL loop's in the
same round, so that a machine that is busy for a while slows all of them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import v2

from auditor.data.loader import Loader
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample, case_id_of

SIDE = 224
BATCH = 32
CROP = v2.Compose([v2.Resize(SIDE, antialias=True), v2.CenterCrop(SIDE)])


def main() -> None:
    """Time all contenders and print a table."""
    arguments = _arguments()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        files = photographs(Path(folder), arguments.images, arguments.side)
        speeds = interleaved(
            _contenders(arguments.workers), files * arguments.repeat, arguments.rounds
        )
    report(speeds)


def photographs(folder: Path, count: int, side: int) -> list[Path]:
    """JPEGs with as much detail as photographs have: noise over all scales, 4:2:0, quality 90."""
    random = np.random.default_rng(0)
    files = []
    for i in range(count):
        layers = [
            np.asarray(
                Image.fromarray(random.integers(0, 256, (n, n, 3), dtype=np.uint8)).resize(
                    (side, side * 3 // 4), Image.Resampling.BICUBIC
                ),
                dtype=np.float32,
            )
            for n in (3, 12, 48, 192)
        ]
        pixels = np.average(layers, axis=0, weights=(8, 4, 2, 1)).astype(np.uint8)
        files.append(folder / f"{i}.jpg")
        Image.fromarray(pixels).save(files[-1], quality=90)
    return files


def plain_pil(files: list[Path]) -> int:
    """What most training scripts do."""
    done = 0
    for start in range(0, len(files), BATCH):
        images = []
        for path in files[start : start + BATCH]:
            with Image.open(path) as image:
                scale = SIDE / min(image.size)
                size = int(image.width * scale), int(image.height * scale)
                small = image.convert("RGB").resize(size, Image.Resampling.BILINEAR)
                left, top = (small.width - SIDE) // 2, (small.height - SIDE) // 2
                images.append(np.asarray(small.crop((left, top, left + SIDE, top + SIDE))))
        done += len(torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous())
    return done


def torchvision_io(files: list[Path]) -> int:
    """torchvision's own decoder and its antialiased resize."""
    done = 0
    for start in range(0, len(files), BATCH):
        chosen = files[start : start + BATCH]
        decoded = (decode_image(p, ImageReadMode.RGB, apply_exif_orientation=True) for p in chosen)
        done += len(torch.stack([CROP(image) for image in decoded]))
    return done


def ours(workers: int, *, hashes: bool = False) -> Callable[[list[Path]], int]:
    """The auditor's loader with so many processes (their start counted)."""
    loader = Loader(
        Preprocess(resize=SIDE, crop=SIDE), batch_size=BATCH, workers=workers, hashes=hashes
    )

    def load(files: list[Path]) -> int:
        samples = [Sample(case_id_of(p.name, "a"), p.name, "a", p) for p in files]
        return sum(len(loaded.batch) for loaded in loader.load(samples) if loaded.batch)

    return load


def interleaved(
    contenders: dict[str, Callable[[list[Path]], int]], files: list[Path], rounds: int
) -> dict[str, list[float]]:
    """Images a second of each contender in each round."""
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            began = time.perf_counter()
            assert contenders[name](files) == len(files)
            if turn:  # the first round warms up
                speeds[name].append(len(files) / (time.perf_counter() - began))
    return speeds


def report(speeds: dict[str, list[float]]) -> None:
    """A table: median images a second, and the ratio to the plain PIL loop with its range."""
    base = speeds["plain PIL"]
    print(f"{'':24}{'img/s':>8}{'ratio':>8}{'from':>8}{'to':>8}")
    for name, values in speeds.items():
        ratios = [value / plain for value, plain in zip(values, base, strict=True)]
        print(
            f"{name:24}{statistics.median(values):8.0f}{statistics.median(ratios):8.2f}"
            f"{min(ratios):8.2f}{max(ratios):8.2f}"
        )


def _contenders(workers: list[int]) -> dict[str, Callable[[list[Path]], int]]:
    named = {f"auditor, {n} workers": ours(n) for n in workers}
    named |= {f"auditor, {n} w., hashes": ours(n, hashes=True) for n in workers}
    return {"plain PIL": plain_pil, "torchvision.io": torchvision_io, **named}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Images a second of the loader.")
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--repeat", type=int, default=8)
    parser.add_argument("--side", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 2])
    return parser.parse_args()


if __name__ == "__main__":
    main()
