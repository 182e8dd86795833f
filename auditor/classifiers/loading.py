"""A ready classifier from the [model] section."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from auditor.classifiers.folding import folded
from auditor.classifiers.heads import read_head
from auditor.classifiers.names import class_names, kept_outputs
from auditor.classifiers.networks import find_network
from auditor.classifiers.preprocessing import for_channels, input_size
from auditor.classifiers.probing import (
    in_float32,
    input_channels,
    probe,
    refuse_unusable,
    still_training,
    tried,
)
from auditor.classifiers.weights import fingerprint
from auditor.config import ModelSection
from auditor.domain.errors import ModelError
from auditor.domain.messages import coded
from auditor.tensors.classifier import Classifier
from auditor.tensors.frozen_eval import refuse_inference_tensors
from auditor.tensors.head import Answering, Head
from auditor.tensors.layers import GridLayer, target_layer, trace

PRECISIONS: dict[str, torch.dtype | None] = {
    "float32": None,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}


def load_classifier(
    model: ModelSection,
    *,
    classes: Sequence[str] | None,
    data_classes: Sequence[str],
    device: torch.device,
    precision: str = "float32",
    labels: Collection[str] | None = None,
    fold: bool = True,
) -> Classifier:
    """The network with its weights, in eval mode, frozen, on its device, channels-last, `folded`.

    Class names are, in this order of preference, `classes`, the checkpoint's, `data_classes`
    sorted. The number of classes comes from the checkpoint's last layer, of a factory's network
    from its answer, which is brought to logits (`read_head`) of the classes in the data
    (`kept_outputs`). The target layer `auto` is the last layer on whose cells the logits depend.

    Args:
        model: the [model] section.
        classes: names in the order of the logits, as the user gives them (--classes), or None.
        data_classes: names of the dataset's labels.
        precision: float32, bf16 or fp16 (autocast).
        labels: those of the dataset's images; None for `data_classes`.
        fold: False keeps the network's own modules, to train them.

    Raises:
        ModelError: the network cannot be built, its weights do not fit, the number of class
            names is wrong, it fails on an image, or the layer cannot be explained.
    """
    found = find_network(model)
    network, preprocess = found.module, found.preprocess
    refuse_unusable(network)
    refuse_inference_tensors(network)
    size = input_size(preprocess)
    network, own = in_float32(_ready(network, device), size, device)
    modes = still_training(network)
    channels = input_channels(network, size, device)
    preprocess, grey = for_channels(preprocess, channels)
    images = probe(size, channels, device)
    trial = tried(network, images)
    head, ended = read_head(trial.answer, model.output)
    names, binary = class_names(
        classes,
        found.classes,
        found.where,
        data_classes,
        head,
    )
    kept, fewer = (
        (None, ())
        if head.multilabel  # no label's sigmoid depends on the others
        else kept_outputs(names, data_classes if labels is None else labels, model.restrict)
    )
    layers, _ = trace(_answering(network, head.whole()), images[:1])
    target = target_layer(network, layers, model.layer)
    return Classifier(
        network=_answering(
            folded(network, images[:1], target) if fold else network, replace(head, kept=kept)
        ),
        classes=names if kept is None else tuple(names[i] for i in kept),
        preprocess=preprocess,
        target_layer=target,
        device=device,
        weights_sha256=fingerprint(network),
        autocast=PRECISIONS[precision],
        warnings=(
            *found.warnings,
            *grey,
            *own,
            *modes,
            *trial.warnings,
            *ended,
            *binary,
            *fewer,
            *_runs_again(target, layers),
        ),
        repeatable=trial.repeatable,
        multilabel=head.multilabel,
    )


def _runs_again(target: str, layers: Sequence[GridLayer]) -> tuple[str, ...]:
    calls = next((layer.calls for layer in layers if layer.name == target), 1)
    if calls == 1:
        return ()
    return (
        coded(
            "network.layer_repeats",
            "The layer {layer} runs {n} times for one image: maps explain its last run that the"
            " answer depends on. --layer names another layer.",
            layer=target,
            n=calls,
        ),
    )


def _answering(network: nn.Module, head: Head) -> nn.Module:
    """The network where its answer is plain logits, else with its head."""
    return network if head.plain else Answering(network, head)


def _ready(network: nn.Module, device: torch.device) -> nn.Module:
    # nn.Module.to knows memory_format, its type hints do not.
    place: Any = network.to
    place(device=device, memory_format=torch.channels_last)
    try:
        return network.eval().requires_grad_(False)
    except NotImplementedError as error:
        raise ModelError(
            "The network cannot be put into eval mode.",
            code="model.no_eval_mode",
            expected="an nn.Module that can",
            got=f"{type(network).__name__}: {error}",
            remedy="return an exported program itself from --model, not its module()",
        ) from None
