"""Folders as Hugging Face's transformers and timm save networks: config.json beside the weights."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import nn

from auditor.classifiers.architectures import timm_module
from auditor.classifiers.checkpoints import Checkpoint, read_checkpoint
from auditor.classifiers.preprocessing import Stated, of_timm
from auditor.classifiers.weights_in import in_order
from auditor.domain.errors import ModelError
from auditor.domain.preprocess import Interpolation, Preprocess
from auditor.files import is_dir, is_file

HF: Final = "hf:"
WEIGHTS: Final = ("model.safetensors", "pytorch_model.bin", "open_clip_pytorch_model.bin")
ENDS: Final = ("", ".index.json")
"""Whole, or a list of parts."""
RESAMPLING: Final[Mapping[int, Interpolation]] = {0: "nearest", 2: "bilinear", 3: "bicubic"}
"""Pillow's numbers, which preprocessor_config.json has."""
SMALL: Final = 384
"""ConvNeXT's preprocessor crops only images smaller than this."""


@dataclass(frozen=True)
class HubFolder:
    """What a folder says of its network.

    Attributes:
        path: of the folder.
        config: config.json.
        stated: the preprocessing that it states, None where it states none.
        classes: names in the order of the logits, or None.
    """

    path: Path
    config: Mapping[str, Any]
    stated: Stated | None
    classes: tuple[str, ...] | None

    @property
    def of_timm(self) -> bool:
        """It is timm's, not transformers'."""
        return "architecture" in self.config


def read_hub(arch: str) -> HubFolder:
    """The folder that `hf:FOLDER` names.

    Raises:
        ModelError: there is no such folder, or no config.json in it that names a network.
    """
    path = Path(arch.removeprefix(HF)).expanduser()
    config = _json(path / "config.json")
    if config is None or not ("architecture" in config or "model_type" in config):
        raise ModelError(
            "The folder holds no network of transformers or timm.",
            code="hub.no_network",
            expected="a folder with config.json (model_type, or timm's architecture) and weights",
            got=f"{path}: {_listed(path)}",
            remedy="name the folder that save_pretrained or save_for_hf wrote: --arch hf:FOLDER; "
            "nothing is downloaded",
        )
    if "architecture" in config:
        told = config.get("pretrained_cfg") or config
        names = in_order(config.get("label_names") or told.get("label_names"))
        return HubFolder(path, config, of_timm(told, f"{path.name}/config.json"), names)
    return HubFolder(path, config, _preprocessing(path, config), in_order(config.get("id2label")))


def build_timm(folder: HubFolder) -> nn.Module:
    """The network of a folder of timm's with random weights; nothing is downloaded."""
    config = folder.config
    timm = timm_module(str(config["architecture"]))
    classes = int(config.get("num_classes") or len(folder.classes or ()) or 1000)
    settings = {"num_classes": classes, **(config.get("model_args") or {})}
    network: nn.Module = timm.create_model(config["architecture"], pretrained=False, **settings)
    return network


def load_transformers(folder: HubFolder) -> nn.Module:
    """The network of a folder of transformers with its weights, whose names it knows of old.

    No code of the folder runs and nothing is downloaded.

    Raises:
        ModelError: the library is not installed or does not know the network, or the weights do
            not fit.
    """
    try:
        transformers = importlib.import_module("transformers")
    except ImportError:
        raise ModelError(
            "transformers is not installed.",
            code="extra.hf",
            expected="the hf extra for folders of Hugging Face transformers",
            got=f"{folder.path} ({folder.config['model_type']}) without transformers",
            remedy="pip install 'shortcut-auditor[hf]'",
        ) from None
    if not any(is_file(folder.path / f"{name}{end}") for name in WEIGHTS for end in ENDS):
        raise _no_weights(folder)
    try:
        network, found = transformers.AutoModelForImageClassification.from_pretrained(
            folder.path,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (ValueError, OSError, KeyError, RuntimeError, TypeError) as error:
        raise ModelError(
            "transformers cannot load this folder as an image classifier.",
            code="hub.not_loadable",
            expected="config.json of a network with an ...ForImageClassification, and its weights",
            got=f"{folder.path} ({folder.config['model_type']}): {_first_line(error)}",
            remedy="take config.json and weights of one and the same image classifier, or return "
            "the network from --model module:function",
        ) from None
    wrong = [*map(str, found["missing_keys"]), *map(str, found.get("mismatched_keys", ()))]
    if wrong:
        raise ModelError(
            "The folder's weights do not fit its config.json.",
            code="hub.weights_do_not_fit",
            expected="every weight of the network",
            got=f"{folder.path}: {len(wrong)} missing or of another shape ({', '.join(wrong[:4])})",
            remedy="take config.json and weights of one and the same trained image classifier",
        )
    loaded: nn.Module = network
    return loaded


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:200] if lines else ''}"


def timm_weights(folder: HubFolder, checkpoint: Path | None) -> Checkpoint:
    """The weights of a folder of timm's, or those of a checkpoint beside it.

    Raises:
        ModelError: there are none.
    """
    if checkpoint is not None:
        return read_checkpoint(checkpoint)
    for name in WEIGHTS:
        if is_file(folder.path / name):
            return read_checkpoint(folder.path / name)
    raise _no_weights(folder)


def _no_weights(folder: HubFolder) -> ModelError:
    return ModelError(
        "The folder holds no weights.",
        code="hub.no_weights",
        expected=f"one of {', '.join(WEIGHTS)} beside config.json",
        got=f"{folder.path}: {_listed(folder.path)}",
        remedy="save the network there whole, or name its weights with --checkpoint",
    )


def _preprocessing(path: Path, config: Mapping[str, Any]) -> Stated | None:
    told = _json(path / "preprocessor_config.json")
    if told is None:
        side = _sides(config.get("image_size"))
        if side is None:
            return None
        square = Preprocess(resize=side, crop=side if isinstance(side, int) else None)
        return Stated(square, f"{path.name}/config.json")
    size, crop = _sides(told.get("size")), _sides(told.get("crop_size"))
    resize: int | tuple[int, int] | None = size if told.get("do_resize", True) else None
    cut = crop if told.get("do_center_crop", crop is not None) else None
    part = told.get("crop_pct")
    if part and isinstance(size, int) and size < SMALL:
        resize, cut = int(size / float(part)), size
    elif part and isinstance(size, int):
        resize, cut = (size, size), None
    elif isinstance(size, int) and cut is None:
        resize = size if isinstance(told["size"], Mapping) else (size, size)
        cut = None if isinstance(resize, tuple) else int(config.get("image_size") or size)
    base = Preprocess()
    normalised = told.get("do_normalize", True)
    preprocess = Preprocess(
        resize=resize,
        crop=cut[0] if isinstance(cut, tuple) else cut,
        mean=tuple(told.get("image_mean") or base.mean) if normalised else (0.0, 0.0, 0.0),
        std=tuple(told.get("image_std") or base.std) if normalised else (1.0, 1.0, 1.0),
        interpolation=RESAMPLING.get(int(told.get("resample", 2)), "bilinear"),
    )
    return Stated(preprocess, f"{path.name}/preprocessor_config.json")


def _sides(told: Any) -> int | tuple[int, int] | None:
    """transformers write a number, {"shortest_edge": n} or {"height": h, "width": w}."""
    if isinstance(told, int):
        return told
    if isinstance(told, Mapping) and "shortest_edge" in told:
        return int(told["shortest_edge"])
    if isinstance(told, Mapping) and {"height", "width"} <= set(told):
        return int(told["height"]), int(told["width"])
    return None


def _json(path: Path) -> dict[str, Any] | None:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return read if isinstance(read, dict) else None


def _listed(path: Path) -> str:
    if not is_dir(path):
        return "no such folder"
    names = sorted(entry.name for entry in path.iterdir())
    return ", ".join(names[:6]) or "an empty folder"
