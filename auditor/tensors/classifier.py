"""A network ready to be asked: its classes, preprocessing, target layer and device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from auditor.domain.multilabel import labels_of
from auditor.domain.preprocess import Preprocess
from auditor.tensors.memory import MicroBatcher
from auditor.tensors.questions import probabilities_of


@dataclass(frozen=True)
class Classifier:
    """A network in eval mode on its device.

    Attributes:
        network: takes (N, 3, H, W) normalised float images, gives (N, C) logits.
        classes: the C class names, in the order of the logits; of labels `multilabel.answers`.
        preprocess: how its inputs are made.
        target_layer: qualified name of the module whose output Grad-CAM explains.
        device: where the network lives.
        weights_sha256: fingerprint of the state_dict.
        autocast: dtype of mixed precision, or None for plain float32.
        warnings: what a user should hear of the network, a sentence each.
        repeatable: the same images get the same answer; not so with dropout active, say.
        micro_batcher: how many images go through it at once, learned when memory runs out.
        multilabel: each pair of classes, a label and its absence, is a question of its own.
        accelerated: a cheaper network of the same answers for interventions
            (`auditor.tensors.acceleration`), None to use `network`.
    """

    network: nn.Module
    classes: tuple[str, ...]
    preprocess: Preprocess
    target_layer: str
    device: torch.device
    weights_sha256: str
    autocast: torch.dtype | None = None
    warnings: tuple[str, ...] = ()
    repeatable: bool = True
    multilabel: bool = False
    micro_batcher: MicroBatcher = field(default_factory=MicroBatcher, compare=False)
    accelerated: nn.Module | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the network's outputs; none under a softmax."""
        return labels_of(self.classes) if self.multilabel else ()

    def normalise(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) uint8 or float in 0..255 to what the network takes, on its device.

        Of a network that takes grey images that is (N, 1, H, W): their luminance.
        """
        mean = torch.tensor(self.preprocess.mean, device=self.device).view(1, -1, 1, 1) * 255.0
        std = torch.tensor(self.preprocess.std, device=self.device).view(1, -1, 1, 1) * 255.0
        pixels = images.to(self.device, non_blocking=True)
        if mean.shape[1] == 1:
            pixels = luminance(pixels)
        return pixels.sub(mean).div_(std).float()

    def inputs(self, images: Tensor) -> Tensor:
        """`normalise`, channels-last: what every forward pass starts from."""
        return self.normalise(images).contiguous(memory_format=torch.channels_last)

    def mixed(self) -> torch.autocast:
        """The context of mixed precision; plain float32 where none is set."""
        return torch.autocast(
            self.device.type, dtype=self.autocast, enabled=self.autocast is not None
        )

    @torch.inference_mode()
    def probabilities(self, images: Tensor) -> Tensor:
        """(N, C) float32 `probabilities_of` uint8 or 0..255 float images; a plain forward pass.

        Raises:
            ModelError: not even one image fits the device.
        """

        def work(part: slice) -> Tensor:
            with self.mixed():
                logits: Tensor = self.network(self.inputs(images[part]))
            return logits.float()

        return self._probabilities(work, images)

    @torch.inference_mode()
    def trial_probabilities(self, images: Tensor) -> Tensor:
        """`probabilities` as interventions ask for them: by the accelerated network, if any."""
        network = self.accelerated
        if network is None:
            return self.probabilities(images)

        def work(part: slice) -> Tensor:
            logits: Tensor = network(self.inputs(images[part]))
            return logits

        return self._probabilities(work, images)

    def _probabilities(self, work: Callable[[slice], Tensor], images: Tensor) -> Tensor:
        parts = self.micro_batcher.parts(work, len(images), device=self.device)
        return probabilities_of(torch.cat(parts), multilabel=self.multilabel)


def luminance(images: Tensor) -> Tensor:
    """(N, 3, H, W) red, green and blue to (N, 1, H, W) float32 grey (ITU-R BT.601, as Pillow's)."""
    weights = torch.tensor([0.299, 0.587, 0.114], device=images.device).view(1, 3, 1, 1)
    return (images.float() * weights).sum(dim=1, keepdim=True)
