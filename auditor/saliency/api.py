"""`auditor.grad_cam`: maps from any network in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.saliency.engine import Explanation, explain_inputs, joined
from auditor.tensors.frozen_eval import frozen_eval, refuse_inference_tensors
from auditor.tensors.layers import target_layer, trace
from auditor.tensors.memory import MicroBatcher

TargetsLike = int | Sequence[int] | Sequence[Sequence[int]] | Tensor | None


@dataclass(frozen=True)
class CamResult:
    """Maps of N images.

    Attributes:
        maps: (N, h, w) float32, or (N, T, h, w) for targets (N, T); on the layer's grid, after
            ReLU, not normalised.
        logits: (N, C) float32.
        targets: (N,) or (N, T) int64, the classes explained.
        layer: name of the layer explained.
    """

    maps: Tensor
    logits: Tensor
    targets: Tensor
    layer: str


def grad_cam(
    model: nn.Module,
    images: Tensor,
    targets: TargetsLike = None,
    layer: str | nn.Module | None = None,
    method: str = "gradcam",
) -> CamResult:
    """Grad-CAM, or another class activation map, of a network's answers.

    One forward pass, and one backward pass from the logits to the layer for each target. The
    model comes back as it was (mode, hooks, requires_grad, grads), also on error; an error
    raised inside the model comes through unchanged.

    Args:
        model: takes `images`, gives logits (N, C) (a tensor, or a mapping or tuple with it).
        images: (N, channels, H, W) float, normalised as in training; moved to the model's
            device and dtype.
        targets: class indices: None the predicted ones, an int for all images, N ints, or
            (N, T) for T maps an image from one forward pass.
        layer: a qualified name or the module itself; None finds the last layer on whose cells
            the answer depends, by one more forward and backward pass of the first image (name
            it in a loop).
        method: gradcam, gradcam++, hirescam, layercam, xgradcam, eigencam, scorecam, ablationcam.

    Raises:
        ModelError: the model, images, targets, layer or method cannot be used; logits are not
            finite; memory does not suffice for one image.
    """
    network = _network(model)
    refuse_inference_tensors(network)
    inputs = _inputs(network, images)
    wanted = _targets(targets, inputs)
    with torch.inference_mode(False), frozen_eval(network):
        name = _layer_name(network, layer, inputs)

        def work(part: slice) -> Explanation:
            def chosen(logits: Tensor) -> Tensor:
                if wanted is None:
                    return logits.argmax(dim=1)
                picked = wanted[part].to(logits.device)
                _refuse_unknown(picked, logits.shape[1])
                return picked

            return explain_inputs(network, name, inputs[part], chosen, method)

        found = joined(MicroBatcher().parts(work, len(inputs), device=inputs.device))
    single = wanted is None or wanted.ndim == 1
    return CamResult(
        maps=found.maps[:, 0] if single else found.maps,
        logits=found.logits,
        targets=found.targets[:, 0] if single else found.targets,
        layer=name,
    )


def _network(model: nn.Module) -> nn.Module:
    if isinstance(model, torch.jit.ScriptModule) or not isinstance(model, nn.Module):
        raise ModelError(
            "Only eager networks can be explained.",
            code="saliency.not_eager",
            expected="an nn.Module as Python runs it",
            got=type(model).__name__,
            remedy="pass the network that was scripted or exported, with its state_dict loaded",
        )
    # Hooks reach neither into compiled code nor into replicas: look at the network itself.
    for wrapper in ("_orig_mod", "module"):
        inner = getattr(model, wrapper, None)
        if isinstance(inner, nn.Module) and type(model).__name__ in _WRAPPERS:
            return _network(inner)
    return model


_WRAPPERS = ("OptimizedModule", "DataParallel", "DistributedDataParallel")


def _inputs(network: nn.Module, images: Tensor) -> Tensor:
    if not isinstance(images, Tensor) or images.ndim != 4 or not images.is_floating_point():
        got = (
            f"{images.dtype} of shape {tuple(images.shape)}"
            if isinstance(images, Tensor)
            else type(images).__name__
        )
        raise ModelError(
            "The images are not a batch that the network takes.",
            code="saliency.not_a_batch",
            expected="a float tensor (N, channels, H, W), normalised as in training",
            got=got,
            remedy="convert to float, subtract the mean, divide by std; one image is image[None]",
        )
    if len(images) == 0:
        raise ModelError(
            "There is no image to explain.",
            code="saliency.no_image",
            expected="at least one image",
            got="a batch of none",
            remedy="leave empty batches out",
        )
    if torch.is_inference(images):
        raise ModelError(
            "The images are inference tensors, which autograd cannot use.",
            code="saliency.inference_tensors",
            expected="images made outside torch.inference_mode()",
            got="a tensor made under torch.inference_mode()",
            remedy="pass images.clone(), called outside of torch.inference_mode()",
        )
    own = next(network.parameters(), None)
    return images.detach() if own is None else images.detach().to(own.device, own.dtype)


def _targets(targets: TargetsLike, inputs: Tensor) -> Tensor | None:
    if targets is None:
        return None
    try:
        wanted = torch.as_tensor(targets)
    except (TypeError, ValueError, RuntimeError):
        raise _bad_targets(inputs, repr(targets)[:80]) from None
    if wanted.ndim == 0:
        wanted = wanted.expand(len(inputs))
    if wanted.ndim > 2 or wanted.shape[0] != len(inputs) or wanted.is_floating_point():
        raise _bad_targets(inputs, f"{wanted.dtype} of shape {tuple(wanted.shape)}")
    if wanted.numel() == 0:
        raise _bad_targets(inputs, "no class")
    return wanted.long()


def _bad_targets(inputs: Tensor, got: str) -> ModelError:
    n = len(inputs)
    return ModelError(
        "The targets do not fit the images.",
        code="saliency.targets",
        expected=f"None, an int, {n} ints, or integers of shape ({n}, T)",
        got=got,
        remedy="give one class index (or T of them) for each image",
    )


def _refuse_unknown(targets: Tensor, classes: int) -> None:
    if bool(((targets < 0) | (targets >= classes)).any()):
        raise ModelError(
            "A target is no class of the network.",
            code="saliency.unknown_target",
            expected=f"class indices 0..{classes - 1}",
            got=f"indices from {int(targets.min())} to {int(targets.max())}",
            remedy="give indices in the order of the network's logits",
        )


def _layer_name(network: nn.Module, layer: str | nn.Module | None, inputs: Tensor) -> str:
    if layer is None:
        return target_layer(network, trace(network, inputs[:1])[0])
    if isinstance(layer, str):
        return layer
    for name, module in network.named_modules():
        if module is layer and name:
            return str(name)
    raise ModelError(
        "The layer is no part of the network.",
        code="saliency.foreign_layer",
        expected="a module of the network below itself",
        got=f"a {type(layer).__name__} that network.named_modules() does not hold",
        remedy="pass a layer of this very network, its name, or None",
    )
