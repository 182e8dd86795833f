"""Trains the network of the demo on pictures with planted correlations."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models

from sample_data.making import objects, recipes
from sample_data.making.scenes import Library

ARCH = "shufflenet_v2_x0_5"
INPUT = 128
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CHUNK = 250


@dataclass(frozen=True)
class Phase:
    """`pictures` new pictures of `size` pixels, seen `epochs` times. `every_design`: drawings
    of the audit set too, in other renderings and on other scenes than there."""

    size: int
    pictures: int
    epochs: int
    rate: float
    every_design: bool = False
    batch: int = 64


PHASES = (
    Phase(128, 10000, 4, 3e-3),
    Phase(128, 10000, 3, 2e-3),
    Phase(192, 6000, 2, 6e-4),
    Phase(96, 6000, 5, 2e-3, every_design=True),
    Phase(128, 6000, 4, 1.5e-3, every_design=True, batch=32),
    Phase(128, 12000, 5, 2e-3, every_design=True),
)


def network() -> nn.Module:
    """The architecture, not trained."""
    built: nn.Module = getattr(models, ARCH)(weights=None, num_classes=len(objects.CLASSES))
    return built


def train(material: Path, seed: int, phases: tuple[Phase, ...] = PHASES) -> nn.Module:
    """The trained network."""
    torch.manual_seed(seed)
    net = network().to(memory_format=torch.channels_last)
    for number, phase in enumerate(phases):
        pixels, labels = pictures(material, phase, (seed, number))
        _fit(net, torch.from_numpy(pixels), torch.from_numpy(labels), phase)
    return net.eval()


def pictures(
    material: Path, phase: Phase, seed: tuple[int, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Training pictures, rendered in two processes."""
    tasks = [
        (material, phase.size, phase.every_design, (*seed, chunk))
        for chunk in range(phase.pictures // CHUNK)
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(_chunk, tasks))
    return np.concatenate([d[0] for d in done]), np.concatenate([d[1] for d in done])


def normalise(pixels: Tensor) -> Tensor:
    """uint8 NHWC to the network's input."""
    image = pixels.permute(0, 3, 1, 2).float() / 255
    mean, std = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(STD).view(3, 1, 1)
    return ((image - mean) / std).contiguous(memory_format=torch.channels_last)


def shrink(image: Tensor) -> Tensor:
    """To the network's input size, as `resize` in demo.toml does."""
    return functional.interpolate(
        image, (INPUT, INPUT), mode="bilinear", align_corners=False, antialias=True
    )


def _fit(net: nn.Module, pixels: Tensor, labels: Tensor, phase: Phase) -> None:
    batch = phase.batch
    steps = phase.epochs * (len(labels) // batch)
    decay = torch.optim.AdamW(net.parameters(), lr=phase.rate, weight_decay=0.03)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        decay, max_lr=phase.rate, total_steps=steps, pct_start=0.15
    )
    net.train()
    for epoch in range(phase.epochs):
        begun, hits = time.perf_counter(), 0
        for chosen in torch.randperm(len(labels))[: steps // phase.epochs * batch].split(batch):  # type: ignore[no-untyped-call]
            target = labels[chosen]
            output = net(normalise(_augment(pixels[chosen])))
            loss = functional.cross_entropy(output, target)
            decay.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            decay.step()
            plan.step()
            hits += int((output.argmax(1) == target).sum())
        took = time.perf_counter() - begun
        print(f"{phase.size}px epoch {epoch}: {hits / len(labels):.3f}, {took:.0f} s", flush=True)


def _augment(pixels: Tensor) -> Tensor:
    image = pixels.float()
    flip = torch.rand(len(image)) < 0.5
    image[flip] = image[flip].flip(2)
    gain = torch.empty(len(image), 1, 1, 3).uniform_(0.9, 1.1)
    gain = gain * torch.empty(len(image), 1, 1, 1).uniform_(0.8, 1.2)
    contrast = torch.empty(len(image), 1, 1, 1).uniform_(0.8, 1.2)
    middle = image.mean((1, 2), keepdim=True)
    return (((image - middle) * contrast + middle) * gain).clamp(0, 255)


@cache
def _stock(material: Path, every_design: bool) -> tuple[dict[str, list[objects.Art]], Library]:
    cv2.setNumThreads(1)
    sides = objects.split(objects.load(material))
    if not every_design:
        return sides["train"], Library(material)
    both = {label: sides["train"][label] + sides["audit"][label] for label in objects.CLASSES}
    return both, Library(material)


def _chunk(
    task: tuple[Path, int, bool, tuple[int, ...]],
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    material, side, every_design, seed = task
    arts, library = _stock(material, every_design)
    rng = np.random.default_rng(seed)
    samples = [recipes.training_sample(arts, library, rng) for _ in range(CHUNK)]
    pixels = [cv2.resize(s.pixels, (side, side), interpolation=cv2.INTER_AREA) for s in samples]
    return np.stack(pixels), np.array([s.label for s in samples], np.int64)
