"""Everything that docs/performance.md wants to know of a GPU, by one command, within 8 minutes.

    python -m benchmarks.gpu [--out table.md] [--networks resnet50 ...] [--batch 64] [--rounds 9]

Maps beside plain bfloat16 inference (goal: at least .9 of its images a second), a further target,
interventions in every way that `run.accelerate` knows beside float32, peak memory, how far the
device's numbers are from the processor's, and decoding on the device. Contestants take turns and
ratios are of one round. `--device cpu` with small sizes tries the benchmark itself.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from auditor.saliency.engine import Explanation, explain
from auditor.tensors.acceleration import Asked, Capabilities, accelerated, capabilities, decide
from auditor.tensors.classifier import Classifier
from auditor.tensors.environment import environment
from benchmarks import decoding
from benchmarks.decoding import usable
from benchmarks.saliency import MIB, SIDE, classifier_of, interleaved, marginal

GOAL = 0.9
KINDS: tuple[Asked, ...] = ("bf16", "openvino", "compile")
AGREEING = 8
"""Images that are computed on both devices."""


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured of which network, and the value in words."""

    network: str
    measured: str
    value: str


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print and write the table."""
    arguments = _arguments(given)
    device: torch.device = arguments.device
    rows = [
        row
        for name in arguments.networks
        for row in rows_of(name, device, batch=arguments.batch, rounds=arguments.rounds)
    ]
    table = markdown(device, rows)
    print(table)
    if arguments.out is not None:
        arguments.out.write_text(table, encoding="utf-8")
    if arguments.decode:
        workers = ["--workers", "0"] if device.type == "cpu" else []
        decoding.main(["--device", device.type, "--images", str(arguments.decode), *workers])


def rows_of(name: str, device: torch.device, *, batch: int, rounds: int) -> Iterator[Row]:
    """Every figure of one network."""
    images = torch.randint(0, 256, (batch, 3, SIDE, SIDE), dtype=torch.uint8).to(device)
    mixed = classifier_of(name, device, torch.bfloat16)
    works = {"plain": partial(_plain, mixed, images), "maps": partial(_maps, mixed, images)}
    taken = interleaved(works, device, rounds)
    plain = statistics.median(taken["plain"])
    share = _ratio(taken["plain"], taken["maps"])
    verdict = "reached" if share >= GOAL else "missed"
    yield Row(name, "plain bfloat16 inference", f"{batch / plain:.0f} images/s")
    yield Row(name, f"maps beside it (goal {GOAL})", f"{share:.2f} of its images/s: {verdict}")
    further = statistics.median(marginal(mixed, batch, rounds))
    yield Row(name, "a further target", f"{further / plain:.2%} of the plain pass")
    yield from _memory(name, works, device)
    plain_float = classifier_of(name, device, None)
    yield from _interventions(name, plain_float, images, rounds)
    yield from _agreement(name, plain_float, images)


def _interventions(name: str, classifier: Classifier, images: Tensor, rounds: int) -> Iterator[Row]:
    ways = {"float32": partial(classifier.trial_probabilities, images)}
    found = capabilities(classifier)
    chosen = decide("auto", found).kind
    for kind in KINDS:
        if not _possible(kind, found):
            continue
        fast = accelerated(classifier, decide(kind, found), (SIDE, SIDE))
        ways[kind] = partial(fast.trial_probabilities, images)
    taken = interleaved(ways, classifier.device, rounds)
    base = ways["float32"]()
    for kind, spent in taken.items():
        apart = float((ways[kind]() - base).abs().max())
        ratio = 1 / _ratio(taken["float32"], spent)
        rule = " (auto)" if kind == chosen else ""
        told = f"{ratio:.2f} of float32's time, probabilities up to {apart:.1e} apart"
        yield Row(name, f"interventions, {kind}{rule}", told)


def _possible(kind: Asked, found: Capabilities) -> bool:
    if kind == "openvino":
        return found.device == "cpu" and found.openvino is not None
    return found.bf16 if kind == "bf16" else found.device == "cuda"


def _agreement(name: str, classifier: Classifier, images: Tensor) -> Iterator[Row]:
    few = images[:AGREEING]
    there = _maps(classifier, few)
    processor = classifier_of(name, torch.device("cpu"), None)
    here = _maps(processor, few.cpu())
    logits = float((there.logits.cpu() - here.logits).abs().max() / here.logits.abs().max())
    maps = float((there.maps.cpu() - here.maps).abs().max() / here.maps.abs().max())
    told = f"logits {logits:.1e}, maps {maps:.1e} of the largest value"
    yield Row(name, "float32 from the processor's", told)


def _memory(
    name: str, works: dict[str, Callable[[], object]], device: torch.device
) -> Iterator[Row]:
    if device.type != "cuda":
        return
    for who, work in works.items():
        torch.cuda.empty_cache()
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        work()
        rise = torch.cuda.max_memory_allocated(device) - before
        yield Row(name, f"peak memory above the network, {who}", f"{rise / MIB:.0f} MiB")


def _plain(classifier: Classifier, images: Tensor) -> Tensor:
    with torch.inference_mode(), classifier.mixed():
        found: Tensor = classifier.network(classifier.inputs(images))
    return found


def _maps(classifier: Classifier, images: Tensor) -> Explanation:
    return explain(classifier, images, lambda logits, _: logits.argmax(dim=1, keepdim=True))


def _ratio(base: list[float], other: list[float]) -> float:
    """Median over the rounds of how many times as fast the other one is."""
    return statistics.median(one / two for one, two in zip(base, other, strict=True))


def markdown(device: torch.device, rows: Sequence[Row]) -> str:
    """The table, with what it was measured on above it."""
    where = environment(device)
    head = f"{where['device_name']}, torch {where['torch_build']}, {where['threads']} threads"
    lines = [f"{head}:", "", "| network | measured | value |", "|---|---|---|"]
    lines += [f"| {row.network} | {row.measured} | {row.value} |" for row in rows]
    return "\n".join(lines) + "\n"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", type=usable, default="cuda")
    parser.add_argument("--networks", nargs="+", default=["resnet50", "vit_b_16"])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--decode", type=int, default=256, help="JPEGs to decode; 0 for none")
    parser.add_argument("--out", type=Path, help="file for the table")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
