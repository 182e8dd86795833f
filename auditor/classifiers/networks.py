"""The network that the [model] section names, with its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from auditor.classifiers.architectures import TIMM, blueprint, build, call_factory
from auditor.classifiers.checkpoints import Checkpoint, read_checkpoint
from auditor.classifiers.fastai import build_fastai, is_fastai
from auditor.classifiers.hub import HF, build_timm, load_transformers, read_hub, timm_weights
from auditor.classifiers.preprocessing import (
    Stated,
    input_size,
    of_timm,
    of_timm_name,
    of_torchvision,
    resolved,
)
from auditor.classifiers.programs import load_program
from auditor.classifiers.weights import channels_in, classes_in, load_weights
from auditor.config import ModelSection
from auditor.domain.errors import ModelError
from auditor.domain.preprocess import Preprocess


@dataclass(frozen=True)
class Network:
    """A network with its weights, as it came.

    Attributes:
        module: the network itself.
        preprocess: of its images, for three channels.
        classes: names that its files tell, or None.
        where: those files, for messages.
        warnings: what a user should hear of them.
    """

    module: nn.Module
    preprocess: Preprocess
    classes: tuple[str, ...] | None
    where: str
    warnings: tuple[str, ...]


def find_network(model: ModelSection) -> Network:
    """The network that [model] names.

    Raises:
        ModelError: it cannot be built, or its weights do not fit.
    """
    if model.arch is not None and model.arch.startswith(HF):
        return _of_folder(model, model.arch)
    if model.arch is None and model.factory is None and model.checkpoint is not None:
        preprocess, asked = resolved(model.preprocess, None)
        module = load_program(model.checkpoint, input_size(preprocess))
        return Network(module, preprocess, None, "", asked)
    checkpoint = (
        None
        if model.checkpoint is None
        else read_checkpoint(model.checkpoint, model.checkpoint_key)
    )
    if model.factory is not None:
        return _of_factory(model, model.factory, checkpoint)
    assert model.arch is not None  # noqa: S101 - the configuration has one of them
    assert checkpoint is not None  # noqa: S101 - an architecture needs one
    return _of_architecture(model, model.arch, checkpoint)


def _of_architecture(model: ModelSection, arch: str, checkpoint: Checkpoint) -> Network:
    stated = of_timm_name(arch.removeprefix(TIMM)) if arch.startswith(TIMM) else None
    stated = stated or of_torchvision(arch)
    preprocess, asked = resolved(model.preprocess, stated)
    size = input_size(preprocess)
    heads: tuple[str, ...] = ()
    if is_fastai(checkpoint):
        module = build_fastai(checkpoint, arch, size)
    else:
        plan = blueprint(arch, size)
        classes, channels = classes_in(checkpoint, arch, plan), channels_in(checkpoint, plan)
        module, heads = build(arch, classes, size, channels), plan.heads
    left = load_weights(module, checkpoint, arch, heads=heads, strict=model.strict)
    return _network(module, preprocess, checkpoint, (*asked, *left))


def _of_factory(model: ModelSection, factory: str, checkpoint: Checkpoint | None) -> Network:
    module = call_factory(factory)
    told: Any = getattr(module, "pretrained_cfg", None)
    stated: Stated | None = None if not told else of_timm(told, f"timm for {type(module).__name__}")
    preprocess, asked = resolved(model.preprocess, stated)
    if checkpoint is None:
        return Network(module, preprocess, None, "", asked)
    left = load_weights(module, checkpoint, type(module).__name__, strict=model.strict)
    return _network(module, preprocess, checkpoint, (*asked, *left))


def _of_folder(model: ModelSection, arch: str) -> Network:
    folder = read_hub(arch)
    preprocess, asked = resolved(model.preprocess, folder.stated)
    where = f"{folder.path}/config.json"
    if not folder.of_timm and model.checkpoint is not None:
        raise ModelError(
            "A folder of transformers comes with its own weights.",
            code="hub.own_weights",
            expected="--arch hf:FOLDER alone",
            got=f"--checkpoint {model.checkpoint} beside it",
            remedy="put the weights into the folder under a name that transformers has for them, "
            "or leave --checkpoint out",
        )
    if not folder.of_timm:
        module = load_transformers(folder)
        return Network(module, preprocess, folder.classes, where, asked)
    checkpoint = timm_weights(folder, model.checkpoint)
    module = build_timm(folder)
    left = load_weights(module, checkpoint, arch, strict=model.strict)
    warnings = (*checkpoint.warnings, *asked, *left)
    return Network(module, preprocess, folder.classes, where, warnings)


def _network(
    module: nn.Module, preprocess: Preprocess, checkpoint: Checkpoint, warnings: tuple[str, ...]
) -> Network:
    return Network(
        module,
        preprocess,
        checkpoint.classes,
        f"the checkpoint {checkpoint.path}",
        (*checkpoint.warnings, *warnings),
    )
