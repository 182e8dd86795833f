"""JPEGs decoded on the device beside the auditor's loader: how fast, and how far the pixels differ.

    python -m benchmarks.decoding [--device cuda] [--images 256] [--side 500] [--workers 0 4 16]

Both end with batches of 224x224 on the device. The loader decodes, resizes and crops on the CPU in
so many processes; the other one reads files, hands them to torchvision's `decode_jpeg(device=...)`
a batch at a time, and resizes and crops there. Rounds take turns, and only their ratio counts. Then
every file is decoded both ways and twice on the device: an audit's numbers must not depend on who
decodes (docs/decisions/0017). `--device cpu` tries the benchmark itself; it says nothing of a GPU.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torchvision.io import ImageReadMode, decode_jpeg

from auditor.data.loader import Loader
from auditor.data.pixels import read_pixels
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample, case_id_of
from benchmarks.loading import BATCH, CROP, SIDE, interleaved, photographs

Contender = Callable[[list[Path]], int]


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    arguments = _arguments(given)
    device: torch.device = arguments.device
    torch.set_num_threads(1)
    print(f"device: {_name(device)}; torch {torch.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        files = photographs(Path(folder), arguments.images, arguments.side)
        on_device = f"decode_jpeg({device.type})"
        contenders = {on_device: there(device)}
        contenders |= {f"loader, {n} workers": here(n, device) for n in arguments.workers}
        report(interleaved(contenders, files, arguments.rounds), on_device)
        print(differences(files, device))


def usable(name: str) -> torch.device:
    """The device of that name, if it is here.

    Raises:
        ArgumentTypeError: it is not, or it is no device; says what was expected and got.
    """
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(str(error).splitlines()[0]) from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise argparse.ArgumentTypeError(
            f"expected a CUDA device, got none that torch {torch.__version__} (CUDA "
            f"{torch.version.cuda or 'not built in'}) sees: run it where a GPU is; --device cpu "
            "tries the benchmark itself and says nothing of a GPU"
        )
    return device


def here(workers: int, device: torch.device) -> Contender:
    """The auditor's loader, its batches moved to the device."""
    preprocess = Preprocess(resize=SIDE, crop=SIDE)
    pinned = device.type == "cuda"
    loader = Loader(preprocess, batch_size=BATCH, workers=workers, pin_memory=pinned)

    def load(files: list[Path]) -> int:
        samples = [Sample(case_id_of(p.name, "a"), p.name, "a", p) for p in files]
        loaded = (each.batch for each in loader.load(samples) if each.batch)
        done = sum(len(batch.images.to(device, non_blocking=True)) for batch in loaded)
        return _finished(done, device)

    return load


def there(device: torch.device) -> Contender:
    """Files read here, decoded, resized and cropped on the device."""

    def load(files: list[Path]) -> int:
        views = (torch.stack([CROP(each) for each in part]) for part in decoded(files, device))
        return _finished(sum(len(view) for view in views), device)

    return load


def decoded(files: Sequence[Path], device: torch.device) -> Iterator[list[Tensor]]:
    """Batches of (3, H, W) uint8 on the device, as torchvision decodes them."""
    for start in range(0, len(files), BATCH):
        part = files[start : start + BATCH]
        contents = [torch.from_numpy(np.fromfile(path, dtype=np.uint8)) for path in part]
        yield decode_jpeg(contents, mode=ImageReadMode.RGB, device=device)


@dataclass(frozen=True)
class Differences:
    """How far the device's pixels are from the loader's, over all files.

    Attributes:
        share: of values that differ, 0..1.
        mean, most: levels of 255 between them.
        view: the same mean of the resized and cropped views.
        repeats: decoding twice on the device gives the same.
    """

    share: float
    mean: float
    most: int
    view: float
    repeats: bool

    def __str__(self) -> str:
        again = "the same" if self.repeats else "ANOTHER"
        return (
            f"pixels: {self.share:.1%} differ, by {self.mean:.3f} of 255 in the mean and "
            f"{self.most} at most; views by {self.view:.3f}; decoded twice: {again}"
        )


def differences(files: Sequence[Path], device: torch.device) -> Differences:
    """Every file decoded both ways, and twice on the device."""
    rows = []
    twice = zip(decoded(files, device), decoded(files, device), strict=True)
    pairs = (pair for one, other in twice for pair in zip(one, other, strict=True))
    for path, (first, second) in zip(files, pairs, strict=True):
        ours, theirs = read_pixels(path), first.cpu()
        apart = (ours.int() - theirs.int()).abs()
        views = (CROP(ours).int() - CROP(theirs).int()).abs()
        same = torch.equal(first, second)
        rows.append(
            (
                apart.bool().double().mean().item(),
                apart.double().mean().item(),
                int(apart.max()),
                views.double().mean().item(),
                same,
            )
        )
    share, mean, most, view, same = zip(*rows, strict=True)
    return Differences(
        statistics.fmean(share),
        statistics.fmean(mean),
        max(most),
        statistics.fmean(view),
        all(same),
    )


def report(speeds: dict[str, list[float]], base: str) -> None:
    """A line a contender: median images a second, and the device's multiple of it."""
    print(f"{'':24}{'img/s':>8}{f'{base} is':>24}")
    for name, values in speeds.items():
        ratios = [theirs / own for theirs, own in zip(speeds[base], values, strict=True)]
        times = f"{statistics.median(ratios):.2f} times"
        print(f"{name:24}{statistics.median(values):8.0f}{times:>24}")


def _finished(done: int, device: torch.device) -> int:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return done


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", type=usable, default="cuda")
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--side", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 4, 16])
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
