"""What each stage of looking at images takes alone, what all take together, and what bounds.

    python -m benchmarks.stages [--images 512] [--network resnet18] [--workers 1] [--rounds 3]

Decoding (files to batches, by so many processes), computing (network, maps, scores, rows) and
writing (a part to the disk) are timed each by itself on the same JPEGs of 500x375, and then as the
audit runs them, one beside the other. Medians of rounds that take turns. Where all would wait for
each other the times would add up; where nothing is waited for, the slowest one is the whole, unless
stages share cores.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from auditor.config import AuditConfig
from auditor.data.sources.opening import open_source
from auditor.domain.samples import Sample
from auditor.pipeline.background_writer import keep
from auditor.pipeline.saliency_stage import BATCHES_A_PART, ScoredBlock, score_blocks
from auditor.pipeline.worker import Worker
from auditor.ports import Silent
from auditor.storage.parts import Parts
from auditor.tensors.determinism import deterministic
from auditor.worker_building import build_worker
from benchmarks.throughput import write_world


class Stages:
    """One audit's stages, apart and together.

    Args:
        folder: with `data` and `weights.pt`.
        network: torchvision's name.
        workers: decoding processes; None as the audit chooses.
    """

    def __init__(self, folder: Path, network: str, workers: int | None) -> None:
        config = AuditConfig.from_dict(
            {
                "data": {"path": folder / "data"},
                "model": {"arch": network, "checkpoint": folder / "weights.pt"},
                "run": {"workers": workers},
            }
        )
        listing = open_source(folder / "data")
        self.samples = [item for item in listing.items() if isinstance(item, Sample)]
        self.worker = build_worker(
            config, listing.classes, Counter(sample.label for sample in self.samples)
        )
        self.parts = Parts(folder)
        size = BATCHES_A_PART * config.run.batch_size
        starts = range(0, len(self.samples), size)
        self._blocks = [(i, self.samples[at : at + size]) for i, at in enumerate(starts)]
        self._loaded = list(self.worker.loader.load(self.samples))
        held = Worker(config, _Held(self._loaded), self.worker.classifier)  # type: ignore[arg-type]
        self._held = held
        self._looked = list(score_blocks(held, self._blocks, Silent()))

    def decode(self) -> None:
        """Files to batches."""
        for _ in self.worker.loader.load(self.samples):
            pass

    def compute(self) -> None:
        """Batches to rows: the decoded ones are at hand."""
        for _ in score_blocks(self._held, self._blocks, Silent()):
            pass

    def write(self) -> None:
        """Rows to the disk."""
        for index, looked in self._looked:
            self._put(index, looked)

    def whole(self) -> None:
        """All of it, as an audit does it."""
        keep(score_blocks(self.worker, self._blocks, Silent()), self._put)

    def _put(self, index: int, looked: ScoredBlock) -> None:
        self.parts.write("skipped", index, looked.skips)
        self.parts.write("cases", index, looked.cases)


class _Held:
    """A loader whose batches are decoded already."""

    def __init__(self, loaded: list[object]) -> None:
        self._loaded = loaded

    def load(self, samples: object) -> object:
        """The batches; the samples are drawn, as their loader does, so that blocks are noted."""
        for _ in samples:  # type: ignore[attr-defined]
            pass
        return iter(self._loaded)


def in_turns(stages: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median seconds of each, in an order that rotates; a first round warms up."""
    taken: dict[str, list[float]] = {name: [] for name in stages}
    names = list(stages)
    for turn in range(rounds + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            began = time.perf_counter()
            stages[name]()
            if turn:
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def report(seconds: dict[str, float], images: int) -> None:
    """A line a stage, and what bounds."""
    for name, each in seconds.items():
        print(f"{name:8} {1000 * each / images:8.2f} ms an image {images / each:10.1f} images/s")
    alone = {name: each for name, each in seconds.items() if name != "whole"}
    slowest = max(alone, key=lambda name: alone[name])
    print(f"bound by: {slowest}, {alone[slowest] / seconds['whole']:.0%} of the whole;")
    print(f"one after the other: {sum(alone.values()) / seconds['whole']:.2f} times the whole")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=512)
    parser.add_argument("--network", default="resnet18")
    parser.add_argument("--workers", type=int, help="as the audit chooses, without")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, deterministic():
        folder = Path(name)
        write_world(folder, given.images, given.network, masks=False)
        stages = Stages(folder, given.network, given.workers)
        timed = {each: getattr(stages, each) for each in ("decode", "compute", "write", "whole")}
        report(in_turns(timed, given.rounds), given.images)


if __name__ == "__main__":
    main()
