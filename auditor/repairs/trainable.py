"""A user's network that can be trained: its own module, its logits over the data's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from auditor.tensors.classifier import Classifier

BATCH = 64


@dataclass(frozen=True)
class TrainableHead:
    """A last layer.

    Attributes:
        weight: (C, d) float32 on the CPU, C the outputs of the network.
        bias: (C,) float32.
    """

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Trainable:
    """A network on its device, in eval mode.

    Attributes:
        module: the user's network, whose state_dict is the checkpoint.
        classifier: the same network with its head: logits over `classifier.classes`, and its
            preprocessing. Not folded: it shares the module's weights.
        classes: of the material, whose labels are positions in it.
    """

    module: nn.Module
    classifier: Classifier
    classes: tuple[str, ...]

    def logits(self, pictures: Tensor) -> Tensor:
        """(B, C) over the classifier's classes, of (B, 3, H, W) pictures in 0..255."""
        answer: Tensor = self.classifier.network(self.classifier.inputs(pictures))
        return answer.float()

    def answer(self, pictures: Tensor) -> Tensor:
        """(B, classes) logits of the material's classes alone."""
        return self.logits(pictures)[:, self._places(self.classes)]

    def targets(self, labels: Tensor) -> Tensor:
        """Positions in the material's classes as positions in the classifier's."""
        return self._places(self.classes)[labels].to(self.classifier.device)

    def last_linear(self) -> nn.Linear | None:
        """The last layer, where it is linear with a bias and its outputs are the classes."""
        linear = [m for m in self.module.modules() if isinstance(m, nn.Linear)]
        if not linear or linear[-1].bias is None:
            return None
        return linear[-1] if linear[-1].out_features == len(self.classifier.classes) else None

    def head(self, last: nn.Linear) -> TrainableHead:
        """A copy of the last layer as it is."""
        weight, bias = (each.detach().float().cpu().clone() for each in (last.weight, last.bias))
        return TrainableHead(weight, bias)

    def set_head(self, last: nn.Linear, head: TrainableHead) -> None:
        """Change the last layer, in place."""
        with torch.no_grad():
            last.weight.copy_(head.weight.to(last.weight))
            last.bias.copy_(head.bias.to(last.bias))

    def outputs_of(self, classes: Sequence[str]) -> Tensor:
        """Rows of the last layer that stand for some classes."""
        return self._places(classes)

    @torch.inference_mode()
    def features(self, pictures: Tensor, last: nn.Linear) -> Tensor:
        """(B, d) float32 on the CPU: what goes into the last layer."""
        seen: list[Tensor] = []
        hook = last.register_forward_pre_hook(lambda _, given: seen.append(given[0].flatten(1)))
        try:
            for part in torch.split(pictures, BATCH):
                self.logits(part)
        finally:
            hook.remove()
        return torch.cat([part.float().cpu() for part in seen])

    def _places(self, classes: Sequence[str]) -> Tensor:
        known = self.classifier.classes
        return torch.tensor([known.index(name) for name in classes])
