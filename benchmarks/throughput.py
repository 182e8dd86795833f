"""A whole `auditor run --no-interventions` beside a bare DataLoader + inference loop.

    python -m benchmarks.throughput [--images 2000] [--network resnet18] [--rounds 3] [--masks]

Both read the same JPEG files of 500x375 in class folders and are commands of their own, from the
start of the interpreter to the last byte written. The bare loop is what an engineer would write:
ImageFolder, torchvision's transforms, worker processes, a channels-last network under
inference_mode, and nothing kept but the predicted class. Rounds alternate (AB, BA, ...). Beside the
wall clock stands processor time, of the command and its workers, which a busy machine disturbs
less.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torchvision
from PIL import Image
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

from auditor.domain.preprocess import IMAGENET_MEAN, IMAGENET_STD
from benchmarks.loading import photographs

CLASSES = 10
BATCH = 32
WIDTH = 500


@dataclass(frozen=True)
class Cost:
    """What a command took, in seconds: by the clock on the wall, and of processors."""

    wall: float
    processor: float


def main() -> None:
    """Time both in turns, or be the bare loop."""
    arguments = _arguments()
    if arguments.bare is not None:
        bare_loop(arguments.bare, arguments.network, arguments.workers)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder, arguments.images, arguments.network, masks=arguments.masks)
        commands = {
            "bare loop": _bare(folder, arguments),
            "auditor run": _audit(folder, arguments),
        }
        report(alternately(commands, folder / "run", arguments.rounds), arguments.images)


def write_world(folder: Path, images: int, network: str, *, masks: bool) -> None:
    """Class folders of JPEGs, masks that mirror them, and a checkpoint with random weights."""
    (folder / "made").mkdir()
    for i, path in enumerate(photographs(folder / "made", images, WIDTH)):
        place = folder / "data" / f"class{i % CLASSES}"
        place.mkdir(parents=True, exist_ok=True)
        path.rename(place / path.name)
        if masks:
            mask = Image.new("L", (WIDTH, WIDTH * 3 // 4))
            mask.paste(255, (150, 100, 350, 280))
            beside = folder / "masks" / f"class{i % CLASSES}"
            beside.mkdir(parents=True, exist_ok=True)
            mask.save(beside / f"{path.stem}.png")
    torch.manual_seed(0)
    made = torchvision.models.get_model(network, weights=None, num_classes=CLASSES)
    torch.save(made.state_dict(), folder / "weights.pt")


def bare_loop(folder: Path, network: str, workers: int) -> None:
    """Classify every image, and print how often each class was answered."""
    transform = v2.Compose(
        [
            v2.Resize(224),
            v2.CenterCrop(224),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(IMAGENET_MEAN, IMAGENET_STD),
        ]
    )
    data = DataLoader(
        ImageFolder(str(folder / "data"), transform), batch_size=BATCH, num_workers=workers
    )
    model = torchvision.models.get_model(network, weights=None, num_classes=CLASSES)
    model.load_state_dict(torch.load(folder / "weights.pt", weights_only=True))
    model = model.eval().to(memory_format=torch.channels_last)
    counts = torch.zeros(CLASSES, dtype=torch.int64)
    with torch.inference_mode():
        for images, _ in data:
            logits = model(images.contiguous(memory_format=torch.channels_last))
            counts += torch.bincount(logits.argmax(dim=1), minlength=CLASSES)
    print(counts.tolist())


def alternately(commands: dict[str, list[str]], out: Path, rounds: int) -> dict[str, list[Cost]]:
    """The cost of every command in every round, in turning order."""
    taken: dict[str, list[Cost]] = {name: [] for name in commands}
    names = list(commands)
    for turn in range(rounds):
        for name in names[:: 1 if turn % 2 == 0 else -1]:
            shutil.rmtree(out, ignore_errors=True)
            taken[name].append(cost(commands[name]))
            one = taken[name][-1]
            print(
                f"  {name:12} {one.wall:7.1f} s, {one.processor:7.1f} s of processors", flush=True
            )
    return taken


def cost(command: list[str]) -> Cost:
    """Run it to its end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, spent)


def report(taken: dict[str, list[Cost]], images: int) -> None:
    """Images a second, and the audit's share of the bare loop's throughput."""
    for name, costs in taken.items():
        print(f"{name:12} {images / statistics.median(one.wall for one in costs):7.1f} images/s")
    pairs = list(zip(taken["bare loop"], taken["auditor run"], strict=True))
    walls = [bare.wall / ours.wall for bare, ours in pairs]
    processors = [bare.processor / ours.processor for bare, ours in pairs]
    print(f"share of the bare loop's throughput: {statistics.median(walls):.2f} by the wall clock,")
    print(f"  {statistics.median(processors):.2f} by processor time")


def _bare(folder: Path, arguments: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "benchmarks.throughput", "--bare", str(folder)]
    return [*command, "--network", arguments.network, "--workers", str(arguments.workers)]


def _audit(folder: Path, arguments: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "auditor", "run", "--no-interventions", "--quiet"]
    command += ["--data", str(folder / "data"), "--arch", arguments.network]
    command += ["--checkpoint", str(folder / "weights.pt"), "--out", str(folder / "run")]
    return command + (["--masks", str(folder / "masks")] if arguments.masks else [])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--network", default="resnet18")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--masks", action="store_true")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="of the bare loop")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
