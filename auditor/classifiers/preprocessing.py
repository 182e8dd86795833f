"""How the images of a network are prepared: as its makers state it, or as the user sets it."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import torchvision

from auditor.config import PreprocessSection
from auditor.domain.messages import coded
from auditor.domain.preprocess import Interpolation, Preprocess

DEFAULT = Preprocess()
SAME = 1e-3
"""Means and stds that differ by less are the same number, rounded."""


@dataclass(frozen=True)
class Stated:
    """What somebody states of a network's inputs.

    Attributes:
        preprocess: the whole of it.
        source: who says so, for messages.
    """

    preprocess: Preprocess
    source: str


def of_torchvision(arch: str) -> Stated | None:
    """As torchvision states it for its own weights of an architecture, the first published."""
    try:
        weights = list(torchvision.models.get_model_weights(arch))
    except (ValueError, KeyError):
        return None
    if not weights:
        return None
    # The first are trained at the architecture's own size; later ones may be fine-tuned larger.
    smallest = min(weights, key=lambda each: each.transforms().crop_size[0])
    asked = smallest.transforms()
    stated = Preprocess(
        resize=int(asked.resize_size[0]),
        crop=int(asked.crop_size[0]),
        mean=tuple(asked.mean),
        std=tuple(asked.std),
        interpolation=_interpolation(asked.interpolation.value),
    )
    return Stated(stated, f"torchvision for {arch}")


def of_timm(config: Any, source: str) -> Stated | None:
    """As timm states it: a `PretrainedCfg`, or a mapping with its fields."""
    told: Mapping[str, Any] = config if isinstance(config, Mapping) else vars(config)
    size = told.get("input_size")
    if not size or told.get("mean") is None:
        return None
    height, width = int(size[-2]), int(size[-1])
    part = float(told.get("crop_pct") or 0.875)
    centred = told.get("crop_mode") in (None, "center") and height == width
    stated = Preprocess(
        resize=math.floor(height / part) if centred else (height, width),
        crop=height if centred else None,
        mean=tuple(map(float, told["mean"])),
        std=tuple(map(float, told["std"])),
        interpolation=_interpolation(str(told.get("interpolation"))),
    )
    return Stated(stated, source)


def of_timm_name(name: str) -> Stated | None:
    """As timm states it for the pretrained weights of an architecture that it knows."""
    try:
        timm = importlib.import_module("timm")
        config = timm.get_pretrained_cfg(name)
    except (ImportError, RuntimeError, KeyError, ValueError):
        return None
    return None if config is None else of_timm(config, f"timm for {name}")


def resolved(
    section: PreprocessSection, stated: Stated | None
) -> tuple[Preprocess, tuple[str, ...]]:
    """The user's settings, for the rest what is stated, for the rest ImageNet's; what differs.

    A crop that is not set follows a resize that is: none after an exact size, and never larger
    than the shorter side.
    """
    base = DEFAULT if stated is None else stated.preprocess
    chosen = replace(base, **section.given())
    if section.crop is None:
        if section.resize is False or isinstance(section.resize, list | tuple):
            chosen = replace(chosen, crop=None)
        elif isinstance(chosen.resize, int) and chosen.crop is not None:
            chosen = replace(chosen, crop=min(chosen.crop, chosen.resize))
    if section.resize is None and isinstance(chosen.resize, int) and chosen.crop is not None:
        chosen = replace(chosen, resize=max(chosen.resize, chosen.crop))
    if stated is None:
        return chosen, ()
    differing = [
        f"{field.name} {_words(getattr(base, field.name))} → {_words(getattr(chosen, field.name))}"
        for field in fields(Preprocess)
        if not _same(getattr(chosen, field.name), getattr(base, field.name))
    ]
    if not differing:
        return chosen, ()
    return chosen, (
        coded(
            "network.preprocess",
            "[model.preprocess] differs from what {source} states: {changes}. That is right where"
            " the network was trained so.",
            source=stated.source,
            changes="; ".join(differing),
        ),
    )


def for_channels(preprocess: Preprocess, channels: int) -> tuple[Preprocess, tuple[str, ...]]:
    """The same for a network that takes `channels` (3 or 1), and what to say of it.

    Of one channel mean and std are one number: those given, or the means over the colours.
    """
    mean, std = preprocess.mean, preprocess.std
    if channels > 1:
        mean = mean * channels if len(mean) == 1 else mean
        std = std * channels if len(std) == 1 else std
        return replace(preprocess, mean=mean, std=std), ()
    mean, std = (sum(mean) / len(mean),), (sum(std) / len(std),)
    said = coded(
        "network.grey",
        "The network takes grey images (1 channel): it was given luminance, normalised with mean"
        " {mean} and std {std} (settable as model.preprocess.mean = [M]).",
        mean=f"{mean[0]:.3g}",
        std=f"{std[0]:.3g}",
    )
    return replace(preprocess, mean=mean, std=std), (said,)


def input_size(preprocess: Preprocess) -> tuple[int, int]:
    """Height and width of the network's input; 224 where the images keep their own size."""
    if preprocess.crop is not None:
        return preprocess.crop, preprocess.crop
    if isinstance(preprocess.resize, tuple):
        return preprocess.resize
    side = preprocess.resize or 224
    return side, side


def _interpolation(name: str) -> Interpolation:
    if name in ("nearest", "bilinear", "bicubic"):
        return name  # type: ignore[return-value]
    return "bicubic" if name in ("lanczos", "hamming") else "bilinear"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(abs(a - b) < SAME for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "(" + ", ".join(f"{part:g}" for part in value) + ")"
    return str(value)
