"""A ready classifier from the [model] section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from auditor.classifiers.architectures import build, call_factory
from auditor.classifiers.checkpoints import Checkpoint, read_checkpoint
from auditor.classifiers.folding import folded
from auditor.classifiers.weights import classes_in, fingerprint, load_weights
from auditor.config import ModelSection
from auditor.domain.errors import ModelError
from auditor.domain.preprocess import Preprocess
from auditor.tensors.classifier import Classifier
from auditor.tensors.frozen_eval import refuse_inference_tensors
from auditor.tensors.layers import target_layer, trace
from auditor.tensors.outputs import logits_of

PRECISIONS: dict[str, torch.dtype | None] = {
    "float32": None,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}
DEFAULT_SIDE = 224


class LogitsOnly(nn.Module):
    """A network that returns a mapping, tuple or dataclass, reduced to its (N, C) logits."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, C)."""
        return logits_of(self.network(images))


def load_classifier(
    model: ModelSection,
    *,
    classes: Sequence[str] | None,
    data_classes: Sequence[str],
    device: torch.device,
    precision: str = "float32",
) -> Classifier:
    """The network with its weights, in eval mode, frozen, on its device, channels-last, `folded`.

    Class names are, in this order of preference, `classes`, the checkpoint's, `data_classes`
    sorted. The number of classes comes from the checkpoint's last layer, of a factory's network
    from its logits. The target layer `auto` is the last layer on whose cells the logits depend.

    Args:
        model: the [model] section.
        classes: names in the order of the logits, as the user gives them (--classes), or None.
        data_classes: names of the dataset's labels.
        precision: float32, bf16 or fp16 (autocast).

    Raises:
        ModelError: the network cannot be built, its weights do not fit, the number of class
            names is wrong, it fails on an image, or the layer cannot be explained.
    """
    preprocess = model.preprocess.value()
    size = input_size(preprocess)
    checkpoint = read_checkpoint(model.checkpoint) if model.checkpoint is not None else None
    network = _network(model, checkpoint, size)
    refuse_inference_tensors(network)
    network = _ready(network, device)
    images = _probe(size, device)
    output = _first_answer(network, images)
    if not (isinstance(output, Tensor) and output.ndim == 2):
        network = _ready(LogitsOnly(network), device)
    count = logits_of(output).shape[1]
    layers, _ = trace(network, images)
    target = target_layer(network, layers, _inner_name(network, model.layer))
    return Classifier(
        network=folded(network, images, target),
        classes=_class_names(classes, checkpoint, data_classes, count),
        preprocess=preprocess,
        target_layer=target,
        device=device,
        weights_sha256=fingerprint(network),
        autocast=PRECISIONS[precision],
    )


def input_size(preprocess: Preprocess) -> tuple[int, int]:
    """Height and width of the network's input; 224 where the images keep their own size."""
    if preprocess.crop is not None:
        return preprocess.crop, preprocess.crop
    if isinstance(preprocess.resize, tuple):
        return preprocess.resize
    side = preprocess.resize or DEFAULT_SIDE
    return side, side


def _network(
    model: ModelSection, checkpoint: Checkpoint | None, size: tuple[int, int]
) -> nn.Module:
    if model.factory is not None:
        network = call_factory(model.factory)
    elif model.arch is not None and checkpoint is not None:
        network = build(model.arch, classes_in(checkpoint, model.arch, size), size)
    else:
        raise ModelError(
            "The network has no weights.",
            expected="an architecture with a checkpoint, or a factory",
            got=f"arch {model.arch!r} without a checkpoint",
            remedy="name the trained weights with --checkpoint",
        )
    if checkpoint is not None:
        load_weights(network, checkpoint, model.arch, size)
    return network


def _ready(network: nn.Module, device: torch.device) -> nn.Module:
    # nn.Module.to knows memory_format, its type hints do not.
    place: Any = network.to
    place(device=device, memory_format=torch.channels_last)
    try:
        return network.float().eval().requires_grad_(False)
    except NotImplementedError as error:
        raise ModelError(
            "The network cannot be put into eval mode.",
            expected="an nn.Module that can",
            got=f"{type(network).__name__}: {error}",
            remedy="return an exported program itself from --model, not its module()",
        ) from None


def _probe(size: tuple[int, int], device: torch.device) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, 3, *size, generator=generator).to(device)


def _first_answer(network: nn.Module, images: Tensor) -> Any:
    try:
        with torch.no_grad():
            return network(images)
    except Exception as error:
        raise ModelError(
            "The network fails on an image of the configured size.",
            expected=f"logits for an input of shape {tuple(images.shape)}",
            got=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
            remedy="set [model.preprocess] resize and crop to what it was trained with",
        ) from error


def _class_names(
    given: Sequence[str] | None,
    checkpoint: Checkpoint | None,
    data_classes: Sequence[str],
    count: int,
) -> tuple[str, ...]:
    stored = checkpoint.classes if checkpoint is not None else None
    if given is not None:
        names, source = tuple(given), "--classes"
    elif stored is not None:
        names, source = stored, f"the checkpoint {checkpoint.path}" if checkpoint else ""
    else:
        names, source = tuple(sorted(data_classes)), "the dataset's labels"
    if len(names) != count:
        raise ModelError(
            "The class names do not fit the network.",
            expected=f"{count} names, one a logit",
            got=f"{len(names)} from {source}: {', '.join(names[:6])}"
            f"{', ...' if len(names) > 6 else ''}",
            remedy="give a file with one class name a line, in the order of the logits, "
            "with --classes",
        )
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ModelError(
            "A class name stands twice.",
            expected="different names",
            got=f"{', '.join(twice[:6])} more than once in {source}",
            remedy="name every class once with --classes",
        )
    return names


def _inner_name(network: nn.Module, layer: str) -> str:
    """The user's name of a layer, in the network as it is wrapped here."""
    wrapped = isinstance(network, LogitsOnly) and layer != "auto"
    return f"network.{layer}" if wrapped else layer
