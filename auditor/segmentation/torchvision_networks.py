"""Torchvision's semantic segmentation networks, with the user's weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision import models
from torchvision.models import segmentation

from auditor.domain.errors import ModelError
from auditor.domain.preprocess import IMAGENET_MEAN, IMAGENET_STD
from auditor.segmentation.segmenters import Mask, Picture

SIDE = 520
"""Shorter side at which torchvision's networks were trained."""
STRIDE = 8
CLASSES = 21
"""Pascal VOC's, background first: what torchvision's weights know."""


@dataclass(frozen=True)
class TorchvisionSegmenter:
    """Everything that is not background is object; of a picture whose label is the name of one of
    the network's classes that class alone.

    Attributes:
        network: in eval mode.
        classes: names of its outputs, the background first; may be empty.
        identity: of network and weights.
        device: "cpu" or "cuda".
    """

    network: nn.Module
    classes: tuple[str, ...]
    identity: str
    device: str

    @classmethod
    def load(cls, name: str, weights: str | None, device: str) -> TorchvisionSegmenter:
        """With the weights of a file, or torchvision's own where they are on this machine.

        Raises:
            ModelError: unknown network, or no weights to be had.
        """
        if name not in models.list_models(segmentation):
            raise ModelError(
                f"Torchvision has no segmentation network {name!r}.",
                code="masks.unknown_network",
                expected=f"one of {', '.join(models.list_models(segmentation))}",
                got=repr(name),
                remedy="correct data.auto_mask",
            )
        if weights is None:
            return cls._with_own_weights(name, device)
        try:
            state = torch.load(Path(weights), map_location="cpu", weights_only=True)
            state = state.get("state_dict", state) if isinstance(state, dict) else state
            count = next(v for k, v in reversed(state.items()) if "aux" not in k).shape[0]
            network = models.get_model(
                name,
                weights=None,
                weights_backbone=None,
                num_classes=count,
                aux_loss=any("aux" in key for key in state),
            )
            network.load_state_dict(state)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a file or a download
            raise ModelError(
                f"The weights of {name} cannot be loaded.",
                code="masks.weights_unreadable",
                expected=f"a state_dict of torchvision's {name}",
                got=f"{weights}: {type(error).__name__}: {str(error).splitlines()[0]}",
                remedy="name the right file: data.auto_mask = 'torchvision:NAME:FILE'",
            ) from None
        digest = hashlib.sha256(Path(weights).read_bytes()).hexdigest()[:16]
        return cls(network.eval().to(device), (), f"torchvision:{name}:{digest}", device)

    @classmethod
    def _with_own_weights(cls, name: str, device: str) -> TorchvisionSegmenter:
        try:
            chosen = models.get_model_weights(name)["DEFAULT"]
            network = models.get_model(name, weights=chosen)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a file or a download
            raise ModelError(
                f"The weights of {name} are not on this machine.",
                code="masks.weights_missing",
                expected="them in torch's hub folder, or a network connection",
                got=f"{type(error).__name__}: {error}",
                remedy="download them once and name the file: 'torchvision:NAME:FILE'",
            ) from None
        classes = tuple(chosen.meta.get("categories", ()))
        return cls(network.eval().to(device), classes, f"torchvision:{name}:{chosen}", device)

    @torch.inference_mode()
    def masks(self, pictures: Sequence[Picture], labels: Sequence[str]) -> list[Mask | None]:
        """See `Segmenter`. Pictures of one size go through the network together."""
        found: list[Mask | None] = [None] * len(pictures)
        by_size: dict[tuple[int, int], list[int]] = {}
        for place, picture in enumerate(pictures):
            by_size.setdefault((picture.shape[0], picture.shape[1]), []).append(place)
        for size, places in by_size.items():
            stacked = torch.stack([torch.from_numpy(pictures[p]).permute(2, 0, 1) for p in places])
            answers = self._answers(stacked, size)
            for place, answer in zip(places, answers, strict=True):
                mask = (
                    (answer == self._output(labels[place]))
                    if self._knows(labels[place])
                    else (answer > 0)
                )
                found[place] = mask.cpu().numpy() if bool(mask.any()) else None
        return found

    def _answers(self, pictures: Tensor, size: tuple[int, int]) -> Tensor:
        """(N, H, W) int64: the class of every pixel."""
        scale = min(1.0, SIDE / min(size))
        inner = [max(STRIDE, round(n * scale)) for n in size]
        mean = torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
        std = torch.tensor(IMAGENET_STD).view(1, 3, 1, 1)
        small = F.interpolate(pictures.float() / 255, inner, mode="bilinear", antialias=True)
        scores = self.network(((small - mean) / std).to(self.device))["out"]
        return F.interpolate(scores, size, mode="bilinear", align_corners=False).argmax(dim=1)

    def _knows(self, label: str) -> bool:
        return label.lower() in (name.lower() for name in self.classes[1:])

    def _output(self, label: str) -> int:
        return [name.lower() for name in self.classes].index(label.lower())
