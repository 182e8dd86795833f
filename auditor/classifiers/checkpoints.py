"""Weights and class names in a checkpoint file, whatever it is wrapped in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from auditor.classifiers.claims import refuse_bomb, refuse_expanded
from auditor.classifiers.inert import RefusedError, load_inert
from auditor.classifiers.programs import TORCHSCRIPT, is_program, program_in, scripted_weights
from auditor.classifiers.weights_in import at_key, candidates, class_names, told
from auditor.domain.errors import ModelError
from auditor.files import is_dir, is_file

FOREIGN = {
    ".onnx": "ONNX",
    ".tflite": "TensorFlow Lite",
    ".h5": "Keras",
    ".keras": "Keras",
    ".pb": "TensorFlow",
    ".engine": "TensorRT",
    ".mlmodel": "Core ML",
}


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds.

    Attributes:
        weights: state_dict with the names as the file has them.
        classes: class names in the order of the logits, or None.
        path: the file, for messages.
        metadata: versions of the modules that wrote the weights, by name, as torch keeps them.
        warnings: which weights were taken, where the file holds several.
    """

    weights: dict[str, Tensor]
    classes: tuple[str, ...] | None
    path: Path
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_checkpoint(path: Path, key: str | None = None) -> Checkpoint:
    """A `.pt`/`.pth` file (nothing but tensors and plain values is unpickled) or `.safetensors`.

    Args:
        path: of the file.
        key: where in it the weights are (`model.checkpoint_key`); None where they are likeliest.

    Raises:
        ModelError: missing, unreadable, no weights in it or under the key, or a file that runs
            code.
    """
    if not is_file(path):
        raise ModelError(
            "The checkpoint cannot be read.",
            code="checkpoint.unreadable",
            expected="a .pt, .pth or .safetensors file",
            got=f"{path}: {'a folder' if is_dir(path) else 'no such file'}",
            remedy="name the right file with --checkpoint",
        )
    if path.suffix.lower() in FOREIGN:
        raise ModelError(
            "The checkpoint is another framework's network, which gives no gradient here.",
            code="checkpoint.other_framework",
            expected="a .pt, .pth or .safetensors file of PyTorch weights",
            got=f"{path}: {FOREIGN[path.suffix.lower()]}",
            remedy="give the PyTorch weights that it was exported from",
        )
    if path.suffix.lower() == ".safetensors":
        return _read_safetensors(path)
    refuse_bomb(path)
    program = program_in(path)
    if program is not None and program != TORCHSCRIPT:
        raise is_program(path, program)
    loaded = _read_pickle(path) if program is None else scripted_weights(path)
    found = _unwrapped(loaded, path, key)
    refuse_expanded(found.weights, path)
    return found


def _read_safetensors(path: Path) -> Checkpoint:
    try:
        with safe_open(path, framework="pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not weights:
        raise _no_weights(path, "an empty file")
    return Checkpoint(weights, class_names({k: _plain(v) for k, v in metadata.items()}), path)


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [part.strip() for part in text.split(",")]


def _read_pickle(path: Path) -> Any:
    try:
        return load_inert(path)
    except RefusedError as refused:
        raise ModelError(
            "The checkpoint is a pickled object, not weights: loading it could run code.",
            code="checkpoint.runs_code",
            expected="a state_dict: tensors and plain values, settings beside them at most",
            got=f"{path}: {refused}",
            remedy="save it with torch.save(network.state_dict(), FILE), or use --model "
            "module:function with code that you trust",
        ) from None
    except Exception as error:  # noqa: BLE001 a corrupted file fails in many ways
        raise _unreadable(path, error) from None


def _unwrapped(loaded: Any, path: Path, key: str | None) -> Checkpoint:
    if not isinstance(loaded, Mapping):
        raise _no_weights(path, type(loaded).__name__)
    found = candidates(loaded)
    if key is not None:
        taken = at_key(loaded, key)
        if taken is None:
            keys = ", ".join(each.key for each in found if each.key) or "none"
            raise ModelError(
                f"The checkpoint has no weights under {key!r}.",
                code="checkpoint.unknown_key",
                expected=f"one of the keys with weights: {keys}",
                got=f"model.checkpoint_key = {key!r} for {path}",
                remedy="leave model.checkpoint_key out, or name one of them",
            )
        found = [taken]
    if not found:
        raise _no_weights(path, f"the keys {', '.join(map(str, list(loaded)[:8]))}")
    holders = [loaded, *_on_the_way(loaded, found[0].key)]
    classes = next((names for each in holders if (names := class_names(each))), None)
    chosen, *others = found
    return Checkpoint(chosen.tensors, classes, path, chosen.metadata, told(chosen, others))


def _on_the_way(loaded: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    inside: Any = loaded
    found = []
    for part in key.split("."):
        inside = inside.get(part) if isinstance(inside, Mapping) else None
        if isinstance(inside, Mapping):
            found.append(inside)
    settings = [loaded.get(name) for name in ("hyper_parameters", "hparams", "config", "meta")]
    return found + [each for each in settings if isinstance(each, Mapping)]


def _unreadable(path: Path, error: Exception) -> ModelError:
    lines = str(error).splitlines() or [""]
    said = next((line.strip() for line in lines if "WeightsUnpickler error" in line), lines[0])
    return ModelError(
        "The checkpoint cannot be read.",
        code="checkpoint.unreadable",
        expected="a whole .pt, .pth or .safetensors file with a state_dict",
        got=f"{path}: {type(error).__name__}: {said[:200]}",
        remedy="copy or download the file again, or save it anew",
    )


def _no_weights(path: Path, got: str) -> ModelError:
    return ModelError(
        "The checkpoint holds no weights.",
        code="checkpoint.no_weights",
        expected="a state_dict, alone or under a key such as state_dict or model",
        got=f"{path}: {got}",
        remedy="save it with torch.save(network.state_dict(), FILE)",
    )
