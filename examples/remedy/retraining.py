"""Gentle retraining: half of every batch as before, half new, and not all the way.

Three things keep what the network knows. Its early stages stay. Half of every batch are pictures of
the training set as they are. And the result is an average: of the weights along the way (Polyak and
Juditsky 1992, exponential) and then with the weights before (WiSE-FT, Wortsman et al., CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torchvision import models
from torchvision.transforms import v2

SIDE = 128
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BATCH, RATE, DECAY = 32, 1e-3, 0.03
MEMORY = 0.98
"""Of the average along the way: about the last fifty steps."""
NEW = 0.75
"""Weight of the retrained network in the last average."""

Pictures = tuple[Tensor, Tensor]
"""(N, 3, SIDE, SIDE) uint8 and (N,) int64 labels."""


def read(manifest: Path, classes: Sequence[str]) -> Pictures:
    """All pictures of a manifest, at the size that the network takes."""
    rows = pd.read_csv(manifest)
    resize = v2.Resize((SIDE, SIDE), antialias=True)
    images = []
    for name in rows["image"]:
        with Image.open(manifest.parent / name) as image:
            images.append(resize(v2.functional.pil_to_tensor(image.convert("RGB"))))
    return torch.stack(images), torch.tensor([classes.index(label) for label in rows["label"]])


def plainly_augmented(own: Pictures, count: int, seed: int) -> Pictures:
    """`count` ordinary augmentations of the pictures: crop, flip, colour."""
    torch.manual_seed(seed)
    change = v2.Compose(
        [
            v2.RandomResizedCrop(SIDE, scale=(0.5, 1.0), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(0.3, 0.3, 0.3, 0.05),
        ]
    )
    chosen = torch.arange(count) % len(own[0])
    return torch.stack([change(own[0][i]) for i in chosen]), own[1][chosen]


def retrain(before: Path, own: Pictures, more: Pictures, *, steps: int, seed: int) -> nn.Module:
    """The network of `before` after some steps on `own` and `more`, half and half."""
    torch.manual_seed(seed)
    net = models.shufflenet_v2_x0_5(num_classes=int(own[1].max()) + 1)
    net.load_state_dict(load_file(before))
    net.eval()
    later = nn.ModuleList([net.stage3, net.stage4, net.conv5, net.fc])
    optimiser = torch.optim.AdamW(later.parameters(), lr=RATE, weight_decay=DECAY)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.15)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(MEMORY), use_buffers=True)
    later.train()
    for _ in range(steps):
        halves = [_some(pictures, BATCH // 2) for pictures in (own, more)]
        images, labels = (torch.cat(pair) for pair in zip(*halves, strict=True))
        with torch.no_grad():
            early = net.stage2(net.maxpool(net.conv1(_input(_moved(images)))))
        logits = net.fc(net.conv5(net.stage4(net.stage3(early))).mean((2, 3)))
        loss = F.cross_entropy(logits, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        plan.step()
        average.update_parameters(net)
    return average.module.eval()


def save_between(before: Path, after: nn.Module, out: Path) -> None:
    """Save the weights three quarters of the way from those of `before` to those of `after`."""
    old, new = load_file(before), after.state_dict()
    save_file({name: _between(value, new[name]) for name, value in old.items()}, out)


def _between(old: Tensor, new: Tensor) -> Tensor:
    return torch.lerp(old, new, NEW).contiguous() if old.is_floating_point() else new.contiguous()


def _some(pictures: Pictures, count: int) -> Pictures:
    chosen = torch.randint(len(pictures[1]), (count,))
    return pictures[0][chosen], pictures[1][chosen]


def _input(images: Tensor) -> Tensor:
    scaled = v2.functional.normalize(images / 255, list(MEAN), list(STD))
    return scaled.contiguous(memory_format=torch.channels_last)


def _moved(images: Tensor) -> Tensor:
    """Every picture turned, mirrored, scaled, shifted and tinted a little, differently."""
    count = len(images)
    turn, scale = _uniform(count, -0.2, 0.2), _uniform(count, 0.8, 1.4)
    mirror = torch.where(torch.rand(count) < 0.5, 1.0, -1.0)
    grid = torch.zeros(count, 2, 3)
    grid[:, 0, 0], grid[:, 0, 1] = mirror * scale * turn.cos(), -scale * turn.sin()
    grid[:, 1, 0], grid[:, 1, 1] = mirror * scale * turn.sin(), scale * turn.cos()
    grid[:, :, 2] = _uniform((count, 2), -0.15, 0.15)
    places = F.affine_grid(grid, [*images.shape], align_corners=False)
    moved = F.grid_sample(images.float(), places, padding_mode="reflection", align_corners=False)
    tint = _uniform((count, 3, 1, 1), 0.9, 1.1) * _uniform((count, 1, 1, 1), 0.8, 1.2)
    return (moved * tint).clamp(0, 255)


def _uniform(size: int | tuple[int, ...], low: float, high: float) -> Tensor:
    return torch.empty(size).uniform_(low, high)
