"""Weights and class names in a checkpoint file, whatever it is wrapped in."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from auditor.domain.errors import ModelError

WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params")
CLASS_KEYS = ("classes", "class_names", "idx_to_class", "class_to_idx", "labels", "names")
OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|relu|conv))\.([12])\.")
AUXILIARY = re.compile(r"^(aux1|aux2|AuxLogits)\.")


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds.

    Attributes:
        weights: state_dict with the names as the file has them.
        classes: class names in the order of the logits, or None.
        path: the file, for messages.
    """

    weights: dict[str, Tensor]
    classes: tuple[str, ...] | None
    path: Path


def read_checkpoint(path: Path) -> Checkpoint:
    """A `.pt`/`.pth` file (nothing but tensors and plain values is unpickled) or `.safetensors`.

    Raises:
        ModelError: missing, unreadable, no weights in it, or a file that runs code.
    """
    if not path.is_file():
        raise ModelError(
            "The checkpoint cannot be read.",
            expected="a .pt, .pth or .safetensors file",
            got=f"{path}: {'a folder' if path.is_dir() else 'no such file'}",
            remedy="name the right file with --checkpoint",
        )
    if path.suffix.lower() == ".safetensors":
        return _read_safetensors(path)
    _refuse_programs(path)
    return _unwrapped(_read_pickle(path), path)


def fitted(checkpoint: Checkpoint, wanted: Collection[str]) -> dict[str, Tensor]:
    """The checkpoint's weights under the names that a network gives them.

    Of all prefixes (`module.`, `model.`, `_orig_mod.`, `backbone.` and whatever else stands in
    front) the one is taken off that leaves the most names the network knows; what does not have
    it (a loss's own weights, say) is left out, and so are auxiliary heads of the Inceptions.
    """
    names = {
        OLD_DENSENET.sub(r"\1\2.", name): tensor for name, tensor in checkpoint.weights.items()
    }
    best = max(_prefixes(names, wanted), key=lambda p: (_known(names, wanted, p), -len(p)))
    kept = {
        name.removeprefix(best): tensor for name, tensor in names.items() if name.startswith(best)
    }
    return {
        name: tensor for name, tensor in kept.items() if name in wanted or not AUXILIARY.match(name)
    }


def _prefixes(names: Mapping[str, Tensor], wanted: Collection[str]) -> set[str]:
    found = {""}
    for suffix in wanted:
        found |= {name.removesuffix(suffix) for name in names if name.endswith(f".{suffix}")}
        if len(found) > 8:
            break
    return found


def _known(names: Mapping[str, Tensor], wanted: Collection[str], prefix: str) -> int:
    return sum(f"{prefix}{name}" in names for name in wanted)


def _read_safetensors(path: Path) -> Checkpoint:
    try:
        with safe_open(path, framework="pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not weights:
        raise _no_weights(path, "an empty file")
    return Checkpoint(weights, _class_names({k: _plain(v) for k, v in metadata.items()}), path)


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [part.strip() for part in text.split(",")]


def _read_pickle(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        if "Weights only load failed" not in str(error):
            raise _unreadable(path, error) from None
        raise ModelError(
            "The checkpoint holds Python objects, which are not loaded: they could run code.",
            expected="a state_dict: tensors and plain values only",
            got=f"{path}: {_refused_object(error)}",
            remedy="save it with torch.save(network.state_dict(), FILE), or use --model "
            "module:function with code that you trust",
        ) from None
    except Exception as error:  # noqa: BLE001 a corrupted file fails in many ways
        raise _unreadable(path, error) from None


def _refused_object(error: Exception) -> str:
    named = re.search(r"GLOBAL (\S+)", str(error))
    return named.group(1) if named else "a pickled object"


def _refuse_programs(path: Path) -> None:
    """Programs: TorchScript's layers cannot be hooked, and loading an exported one unpickles."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        names = [name.partition("/")[2] for name in archive.namelist()]
    kind, way_out = None, "return the eager network from --model module:function"
    if any(name.startswith("code/") for name in names):
        kind = "a TorchScript program"
    elif any("exported_program" in name or name.startswith("models/") for name in names):
        kind = "an ExportedProgram"
        way_out = (
            "return torch.export.load(FILE) from --model module:function, "
            "exported with a dynamic batch, if you trust the file: loading it can run code"
        )
    elif any(name.startswith("data/aotinductor") for name in names):
        kind = "a compiled package"
    if kind is not None:
        raise ModelError(
            f"The checkpoint is {kind}, not weights alone.",
            expected="a state_dict beside the name of its architecture",
            got=f"{path}: {kind}",
            remedy="save the eager network's weights with torch.save(network.state_dict(), FILE) "
            f"and name --arch, or {way_out}",
        )


def _unwrapped(loaded: Any, path: Path) -> Checkpoint:
    if not isinstance(loaded, Mapping):
        raise _no_weights(path, type(loaded).__name__)
    classes = _class_names(loaded)
    weights: Any = loaded
    for _ in range(3):
        inner = next(
            (weights[key] for key in WRAPPERS if isinstance(weights.get(key), Mapping)), None
        )
        if inner is None:
            break
        classes = classes or _class_names(inner)
        weights = inner
    tensors = {name: value for name, value in weights.items() if isinstance(value, Tensor)}
    if not tensors:
        raise _no_weights(path, f"the keys {', '.join(map(str, list(loaded)[:8]))}")
    return Checkpoint(tensors, classes, path)


def _class_names(holder: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Names in the order of the logits, if the file tells them in a form that is complete."""
    for key in CLASS_KEYS:
        names = _ordered(holder.get(key))
        if names:
            return names
    return None


def _ordered(told: Any) -> tuple[str, ...] | None:
    if isinstance(told, list | tuple) and all(isinstance(name, str) for name in told):
        return tuple(told)
    if not isinstance(told, Mapping):
        return None
    pairs = list(told.items())
    if all(isinstance(value, int) for _, value in pairs):
        pairs = [(index, name) for name, index in pairs]
    try:
        by_index = {int(index): str(name) for index, name in pairs}
    except (TypeError, ValueError):
        return None
    if sorted(by_index) != list(range(len(pairs))):
        return None
    return tuple(by_index[i] for i in range(len(pairs)))


def _unreadable(path: Path, error: Exception) -> ModelError:
    said = str(error).splitlines()[0] if str(error) else ""
    return ModelError(
        "The checkpoint cannot be read.",
        expected="a whole .pt, .pth or .safetensors file with a state_dict",
        got=f"{path}: {type(error).__name__}: {said[:200]}",
        remedy="copy or download the file again, or save it anew",
    )


def _no_weights(path: Path, got: str) -> ModelError:
    return ModelError(
        "The checkpoint holds no weights.",
        expected=f"a state_dict, alone or under one of the keys {', '.join(WRAPPERS)}",
        got=f"{path}: {got}",
        remedy="save it with torch.save(network.state_dict(), FILE)",
    )
