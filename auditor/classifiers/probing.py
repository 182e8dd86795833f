"""A network is tried on a few images of noise before anything is audited."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from auditor.domain.errors import ModelError
from auditor.domain.messages import coded
from auditor.tensors.head import Answer, watched

PROBES = 2
REPEATED = 2e-3
"""Largest difference between two passes of the same images, as a part of the largest score."""
MIXED = 1e-2
"""Largest difference between an image alone and among others; kernels differ by batch size."""
RGB = 3
GREY = 1


def probe(size: tuple[int, int], channels: int, device: torch.device) -> Tensor:
    """(2, channels, H, W) of noise, the same every time."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(PROBES, channels, *size, generator=generator).to(device)


def refuse_unusable(network: nn.Module) -> None:
    """Refuse what can be seen without trying it.

    Raises:
        ModelError: layers without weights yet, or quantised ones.
    """
    for name, module in network.named_modules():
        if any(is_lazy(own) for own in module.parameters(recurse=False)):
            raise ModelError(
                "The network has lazy layers that hold no weights yet.",
                code="model.lazy_layers",
                expected="a network with its trained weights",
                got=f"{name} is a {type(module).__name__} that has never seen an image",
                remedy="run one image through the network, then load its trained weights into it",
            )
        if _is_quantised(module):
            raise ModelError(
                "The network is quantised: its layers give no gradient, so nothing explains it.",
                code="model.quantised",
                expected="the float network, as it was before quantisation",
                got=f"{name} is a {type(module).__module__}.{type(module).__name__}",
                remedy="return the float network from --model; its answers differ a little",
            )


def _is_quantised(module: nn.Module) -> bool:
    where = type(module).__module__
    return any(part in where for part in ("nn.quantized", "nn.intrinsic.quantized")) or any(
        tensor.dtype in (torch.qint8, torch.quint8, torch.qint32)
        for tensor in [*module.parameters(recurse=False), *module.buffers(recurse=False)]
    )


def still_training(network: nn.Module) -> tuple[str, ...]:
    """Put every module into eval mode that `.eval()` left in training mode, and say so."""
    left = [module for module in network.modules() if module.training]
    for module in left:
        module.training = False
    if not left:
        return ()
    kinds = Counter(type(module).__name__ for module in left)
    named = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(4))
    return (
        coded(
            "network.training_mode",
            "The network stays in training mode after eval() ({modules}): the audit runs it in eval"
            " mode (running statistics in batch norms, no dropout). Where it is used in training"
            " mode, its answers differ from those audited.",
            modules=named,
        ),
    )


def _tensors(network: nn.Module) -> list[Tensor]:
    return [*network.parameters(), *network.buffers()]


def input_channels(network: nn.Module, size: tuple[int, int], device: torch.device) -> int:
    """3, or 1 where the network takes grey images only.

    Raises:
        ModelError: it fails on images of the size, or takes another number of channels.
    """
    error = _failure(network, probe(size, RGB, device))
    if error is None:
        return RGB
    first = _first_channels(network)
    if first is not None and first != RGB:
        if first == GREY and _failure(network, probe(size, GREY, device)) is None:
            return GREY
        raise ModelError(
            f"The network takes images of {first} channels.",
            code="model.channels",
            expected="a network of colour images (3 channels) or grey ones (1)",
            got=f"its first convolution takes {first} channels: {_words(error)}",
            remedy="what the further channels hold is not in a colour image: audit a network "
            "that is trained on 3 channels, or wrap it so that its forward makes the others",
        )
    if _failure(network, probe(size, RGB, device)[:1]) is None:
        raise ModelError(
            "The network takes one image at a time.",
            code="model.one_image_at_a_time",
            expected="a network that answers to batches of any size",
            got=f"for {PROBES} images: {_words(error)}",
            remedy="export it with a dynamic batch dimension, or return the eager network "
            "from --model module:function",
        )
    raise ModelError(
        "The network fails on an image of the configured size.",
        code="model.fails_on_image",
        expected=f"logits for an input of shape {(PROBES, RGB, *size)}",
        got=_words(error),
        remedy="wrap it so that its forward takes a batch of images and nothing else"
        if isinstance(error, TypeError)
        else "set [model.preprocess] resize and crop to what it was trained with",
    ) from error


def in_float32(
    network: nn.Module, size: tuple[int, int], device: torch.device
) -> tuple[nn.Module, tuple[str, ...]]:
    """The network in float32; in its own precision where its forward insists on that."""
    own = [tensor.dtype for tensor in _tensors(network)]
    network = network.float()
    if not {torch.float16, torch.bfloat16, torch.float64} & set(own):
        return network, ()
    images = [probe(size, channels, device)[:1] for channels in (RGB, GREY)]
    if any(_failure(network, image) is None for image in images):
        return network, ()
    for tensor, dtype in zip(_tensors(network), own, strict=True):
        tensor.data = tensor.data.to(dtype)
    if all(_failure(network, image) is not None for image in images):
        return network.float(), ()
    floating = {str(dtype).removeprefix("torch.") for dtype in own if dtype.is_floating_point}
    kinds = ", ".join(sorted(floating))

    return network, (
        coded(
            "network.precision",
            "The network's forward needs its own precision ({kinds}): it is kept.",
            kinds=kinds,
        ),
    )


def _failure(network: nn.Module, images: Tensor) -> Exception | None:
    try:
        with torch.no_grad():
            network(images)
    except Exception as error:  # noqa: BLE001 - somebody's forward may raise anything
        return error
    return None


def _words(error: Exception) -> str:
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0] if text else ''}"


def _first_channels(network: nn.Module) -> int | None:
    convolutions = (m for m in network.modules() if isinstance(m, nn.Conv2d))
    first = next(convolutions, None)
    return None if first is None else first.in_channels


@dataclass(frozen=True)
class Tried:
    """How a network answers to a few images.

    Attributes:
        answer: to all of them at once.
        repeatable: the same images get the same answer again.
        warnings: what a user should hear.
    """

    answer: Answer
    repeatable: bool
    warnings: tuple[str, ...]


@torch.no_grad()
def tried(network: nn.Module, images: Tensor) -> Tried:
    """What a network says to some images, again, and to one of them alone.

    Args:
        network: in eval mode.
        images: at least two.

    Raises:
        ModelError: there are no class scores in the answer.
    """
    answer = watched(network, images, None)
    first = _compared(answer)
    outputs = first.shape[1]
    again = _difference(first, _compared(watched(network, images, outputs)))
    single = watched(network, images[:1], outputs)
    answer = replace(answer, wrapped=answer.wrapped or single.wrapped)
    if again > REPEATED:
        return Tried(answer, False, (_random(again),))
    mixed = _difference(first[:1], _compared(single))
    return Tried(answer, True, (_mixing(mixed),) if mixed > MIXED else ())


def _random(difference: float) -> str:
    return coded(
        "network.random",
        "The network is not deterministic: the same images get scores that differ by {share} of"
        " the largest from pass to pass. Dropout that is active in eval mode does that, or a state"
        " that changes with every pass. Every number of this audit has that noise, and so have the"
        " maps.",
        share=f"{difference:.1%}",
    )


def _mixing(difference: float) -> str:
    return coded(
        "network.batch",
        "The answer to an image depends on the others in its batch (scores differ by {share} of"
        " the largest): a batch norm in training mode, or statistics over the batch, do that. The"
        " audit's numbers depend on which images share a batch.",
        share=f"{difference:.1%}",
    )


def _compared(answer: Answer) -> Tensor:
    return (answer.rows if answer.before is None else answer.before).float()


def _difference(one: Tensor, other: Tensor) -> float:
    known = torch.isfinite(one) & torch.isfinite(other)
    if not bool(known.any()):
        return 0.0
    largest = max(float(one[known].abs().max()), 1e-12)
    return float((one[known] - other[known]).abs().max()) / largest
