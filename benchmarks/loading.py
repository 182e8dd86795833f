"""Images a second of the loader beside a plain PIL loop and torchvision.io, in one run.

    python -m benchmarks.loading [--images 96] [--repeat 8] [--side 500] [--workers 0 2]

Every round runs all contenders, in an order that rotates, on the same JPEG files; what is printed
is the median over rounds of each contender's speed as a multiple of torchvision.io's in the same
round, so that a machine that is busy for a while slows all of them. `torchvision.io, hashes` has
the auditor's whole output: the pixels, and the library imagehash's hash of each view.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
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
        for workers in arguments.workers:
            contenders = _contenders(workers)
            report(interleaved(contenders, files * arguments.repeat, arguments.rounds), workers)


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


def plain_pil(path: Path) -> Tensor:
    """What most training scripts do."""
    with Image.open(path) as image:
        scale = SIDE / min(image.size)
        size = int(image.width * scale), int(image.height * scale)
        small = image.convert("RGB").resize(size, Image.Resampling.BILINEAR)
    left, top = (small.width - SIDE) // 2, (small.height - SIDE) // 2
    pixels = np.asarray(small.crop((left, top, left + SIDE, top + SIDE)))
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def torchvision_io(path: Path) -> Tensor:
    """torchvision's own decoder and its antialiased resize."""
    view: Tensor = CROP(decode_image(path, ImageReadMode.RGB, apply_exif_orientation=True))
    return view


def torchvision_hashed(path: Path) -> Tensor:
    """The same, and its perceptual hash: all that the auditor's loader gives by default."""
    view = torchvision_io(path)
    imagehash.phash(Image.fromarray(view.permute(1, 2, 0).numpy()), hash_size=16)
    return view


class Files(Dataset[Tensor]):
    """What `read` makes of each file."""

    def __init__(self, files: list[Path], read: Callable[[Path], Tensor]) -> None:
        self._files = files
        self._read = read

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Tensor:
        return self._read(self._files[index])


def theirs(read: Callable[[Path], Tensor], workers: int) -> Callable[[list[Path]], int]:
    """A plain DataLoader with so many processes (their start counted); 0 is a loop."""
    return lambda files: sum(map(len, DataLoader(Files(files, read), BATCH, num_workers=workers)))


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


def report(speeds: dict[str, list[float]], workers: int) -> None:
    """A table: median images a second, and the ratio to torchvision.io with its range."""
    print(f"\n{f'{workers} workers':24}{'img/s':>8}{'ratio':>8}{'from':>8}{'to':>8}")
    for name, values in speeds.items():
        pairs = zip(values, speeds["torchvision.io"], strict=True)
        ratios = [value / base for value, base in pairs]
        print(
            f"{name:24}{statistics.median(values):8.0f}{statistics.median(ratios):8.2f}"
            f"{min(ratios):8.2f}{max(ratios):8.2f}",
            flush=True,
        )


def _contenders(workers: int) -> dict[str, Callable[[list[Path]], int]]:
    return {
        "plain PIL": theirs(plain_pil, workers),
        "torchvision.io": theirs(torchvision_io, workers),
        "torchvision.io, hashes": theirs(torchvision_hashed, workers),
        "auditor": ours(workers),
        "auditor, hashes": ours(workers, hashes=True),
    }


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
