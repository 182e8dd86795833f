"""Small networks with the shapes and habits that real ones have."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torchvision
from torch import Tensor, nn

from auditor.domain.preprocess import Preprocess
from auditor.tensors.classifier import Classifier


class Small(nn.Module):
    """Two convolutions, a choice of what follows them, mean over cells, linear head."""

    def __init__(self, after: nn.Module | None = None, classes: int = 3, width: int = 6) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, stride=2, padding=1)
        self.second = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.after = after if after is not None else nn.ReLU()
        self.head = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        features = self.after(self.second(self.first(images).relu()))
        return self.head(features.mean(dim=(2, 3)))


class Answering(nn.Module):
    """A network whose output is wrapped."""

    def __init__(self, inner: nn.Module, wrap: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.inner = inner
        self.wrap = wrap

    def forward(self, images: Tensor) -> object:
        return self.wrap(self.inner(images))


class Tokens(nn.Module):
    """A pre-norm transformer with a class token, of which alone the head reads."""

    def __init__(self, side: int = 4, width: int = 8, classes: int = 3) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, width, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.block = Block(width)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        patches = self.patch(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(images), -1, -1), patches], dim=1)
        return self.head(self.norm(self.block(tokens))[:, 0])


class Block(nn.Module):
    """Attention and a small MLP, each behind a norm and beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.GELU())

    def forward(self, tokens: Tensor) -> Tensor:
        normed = self.norm1(tokens)
        tokens = tokens + self.attention(normed, normed, normed)[0]
        return tokens + self.mlp(self.norm2(tokens))


class Hungry(nn.Module):
    """Runs out of memory above some batch size, as a full device does."""

    def __init__(self, inner: nn.Module, most: int) -> None:
        super().__init__()
        self.inner = inner
        self.most = most
        self.seen: list[int] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(len(images))
        if len(images) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory (a fake)")
        logits: Tensor = self.inner(images)
        return logits


def torchvision_network(arch: str, side: int, classes: int = 3) -> nn.Module:
    """A real architecture with random weights, such that its logits tell images apart.

    Weights are a little larger than at the start of a training, and heads of zeros are filled:
    otherwise a deep network's maps are zero or drown in rounding.
    """
    torch.manual_seed(0)
    sizes = {"vit": {"image_size": side}, "max": {"input_size": (side, side)}}
    network: nn.Module = torchvision.models.get_model(
        arch, weights=None, num_classes=classes, **sizes.get(arch[:3], {})
    )
    for parameter in network.parameters():
        if parameter.ndim == 1 or not parameter.any():
            nn.init.normal_(parameter, 1.0 if bool(parameter.all()) else 0.0, 0.1)
    if arch.startswith("vgg"):
        # Its head holds nine weights in ten and adds nothing but time.
        network.classifier = nn.Linear(512 * 7 * 7, classes)
    return network.eval()


def classifier_of(network: nn.Module, layer: str, classes: int = 3) -> Classifier:
    """A classifier on the CPU, without preprocessing to speak of."""
    return Classifier(
        network=network,
        classes=tuple("abcdefghij"[:classes]),
        preprocess=Preprocess(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)),
        target_layer=layer,
        device=torch.device("cpu"),
        weights_sha256="",
    )


def pictures(count: int, side: int = 16, seed: int = 0) -> Tensor:
    """(count, 3, side, side) uint8."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8, generator=generator)


def floats(count: int, side: int = 16, seed: int = 0) -> Tensor:
    """(count, 3, side, side) standard normal."""
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(seed))
