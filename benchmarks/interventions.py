"""What composing changed images costs over the forward passes that have to be made anyway.

    python -m benchmarks.interventions [--network resnet18] [--images 12] [--rounds 5]

The interventions of an audit and as many plain forward passes take turns, so that whatever else the
machine does falls on both; processor time is counted. At most 1.15 is promised.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision

from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.interventions.donor_assignment import assess_eligibility, assign_donors
from auditor.interventions.edges import PLACES
from auditor.interventions.trials import run_trials
from auditor.ports import Silent
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier

SIDE = 224
CLASSES = ("a", "b", "c")
BATCH = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="resnet18")
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    classifier, subjects = _network(given.network), _subjects(given.images)
    everyone = frozenset(sample.case_id for sample in subjects.samples)
    assignment = assign_donors(assess_eligibility([subjects]), sampled=everyone, swaps=3, seed=0)
    maps = torch.rand(len(subjects), 7, 7, generator=torch.Generator().manual_seed(1))

    def intervene() -> int:
        return len(
            run_trials(
                classifier,
                subjects,
                assignment,
                asked=everyone,
                swaps=3,
                batch_size=BATCH,
                progress=Silent(),
                maps=maps,
            )
        )

    # The search of the outlines asks, too, and leaves no trial.
    asked = intervene() + PLACES * len(subjects)
    plain = subjects.images[torch.arange(BATCH) % len(subjects)]
    whole, rest = divmod(asked, BATCH)

    def forward() -> None:
        for _ in range(whole):
            classifier.probabilities(plain)
        if rest:
            classifier.probabilities(plain[:rest])

    forward()
    turns = [(_seconds(intervene), _seconds(forward)) for _ in range(given.rounds)]
    changed, bare = (statistics.median(side) for side in zip(*turns, strict=True))
    ratios = sorted(a / b for a, b in turns)
    print(f"{given.network}: {asked} changed images, {changed:.2f} s; forward alone {bare:.2f} s")
    print(f"ratio {changed / bare:.3f} (rounds {ratios[0]:.3f} to {ratios[-1]:.3f})")


def _seconds(work: Callable[[], object]) -> float:
    # Processor time: other processes of the machine do not count.
    began = time.process_time()
    work()
    return time.process_time() - began


def _network(name: str) -> Classifier:
    torch.manual_seed(0)
    network = torchvision.models.get_model(name, num_classes=len(CLASSES)).eval()
    return Classifier(
        network=network,
        classes=CLASSES,
        preprocess=Preprocess(resize=None, crop=None, mean=(0.5,) * 3, std=(0.25,) * 3),
        target_layer="",
        device=torch.device("cpu"),
        weights_sha256="",
    )


def _subjects(count: int) -> Batch:
    """Noise with an object of about a tenth of the image each."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, 3, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    masks = torch.zeros(count, SIDE, SIDE, dtype=torch.bool)
    for i in range(count):
        top, left = (int(torch.randint(0, SIDE - 72, (1,), generator=generator)) for _ in "yx")
        masks[i, top : top + 72, left : left + 72] = True
    samples = tuple(
        Sample(f"case{i}", f"{i}.png", CLASSES[i % len(CLASSES)], path=Path(f"{i}.png"))
        for i in range(count)
    )
    return Batch(
        samples=samples,
        images=images,
        masks=masks,
        ignored=torch.zeros_like(masks),
        has_mask=torch.ones(count, dtype=torch.bool),
        object_cropped=torch.zeros(count),
        original_sizes=torch.full((count, 2), SIDE),
    )


if __name__ == "__main__":
    main()
