"""Checkpoints as people save them, and files that are none."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from auditor.classifiers.checkpoints import read_checkpoint
from auditor.domain.errors import ModelError
from tests.classifiers.making import CLASSES, load, saved, weights

Weights = dict[str, Tensor]


def prefixed(prefix: str) -> Callable[[Weights], Weights]:
    return lambda state: {prefix + name: value for name, value in state.items()}


WRAPPED: dict[str, Callable[[Weights], Any]] = {
    "plain": lambda state: state,
    "data parallel": prefixed("module."),
    "lightning": lambda state: {"state_dict": prefixed("model.")(state), "epoch": 3},
    "lightning with a loss": lambda state: {
        "state_dict": {**prefixed("net.")(state), "loss.weight": torch.ones(3)}
    },
    "compiled": prefixed("_orig_mod."),
    "compiled data parallel": prefixed("_orig_mod.module."),
    "model": lambda state: {"model": state, "optimizer": {"lr": 0.1}},
    "model_state_dict": lambda state: {"model_state_dict": state, "epoch": 3, "best": 0.9},
    "wrapped twice": lambda state: {"checkpoint": 1, "state_dict": {"model": state}},
    "any other prefix": prefixed("student.encoder."),
    "half precision": lambda state: {name: value.half() for name, value in state.items()},
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED.keys())
def test_wrappers_and_prefixes(wrap: Callable[[Weights], Any], tmp_path: Path) -> None:
    state = weights()
    classifier = load(saved(tmp_path, wrap(state)))
    loaded = classifier.network.state_dict()
    assert set(loaded) == set(state)
    for name, value in state.items():
        assert torch.allclose(loaded[name], value, atol=1e-3)
        assert loaded[name].dtype == torch.float32


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"classes": ["x", "y", "z"]}, ("x", "y", "z")),
        ({"class_names": ("x", "y", "z")}, ("x", "y", "z")),
        ({"class_to_idx": {"z": 2, "x": 0, "y": 1}}, ("x", "y", "z")),
        ({"idx_to_class": {1: "y", 0: "x", 2: "z"}}, ("x", "y", "z")),
        ({"names": {0: "x", 1: "y", 2: "z"}}, ("x", "y", "z")),
        ({"class_to_idx": {"x": 0, "z": 2}}, CLASSES),  # not complete: not believed
        ({"classes": 3}, CLASSES),
    ],
)
def test_class_names_in_a_checkpoint(
    told: dict[str, Any], expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert load(saved(tmp_path, {"state_dict": weights(), **told})).classes == expected


def test_safetensors_with_class_names(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(weights(), path, metadata={"classes": json.dumps(["x", "y", "z"])})
    assert load(path).classes == ("x", "y", "z")
    save_file(prefixed("module.")(weights()), path, metadata={"classes": "x, y,z"})
    assert load(path).classes == ("x", "y", "z")
    save_file(weights(), path)
    assert load(path).classes == CLASSES


class Evil:
    """Runs code when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("code of the file ran",)


def test_a_file_with_objects_is_refused_and_its_code_does_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ModelError) as caught:
        read_checkpoint(saved(tmp_path, {"state_dict": weights(), "hook": Evil()}))
    assert caught.value.code == "checkpoint.runs_code"
    assert "state_dict()" in caught.value.remedy
    with pytest.raises(ModelError) as caught:
        read_checkpoint(saved(tmp_path, nn.Linear(2, 2)))
    assert caught.value.code == "checkpoint.runs_code"
    assert "code of the file ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (b"not a checkpoint at all", "cannot be read"),
        (pickle.dumps(3), "no weights"),
    ],
)
def test_what_is_no_checkpoint(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_checkpoint(path)
    assert caught.value.remedy
    assert str(path) in caught.value.got


def test_truncated_files(tmp_path: Path) -> None:
    whole = saved(tmp_path, weights()).read_bytes()
    for name in ("cut.pt", "cut.safetensors"):
        path = tmp_path / name
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ModelError) as caught:
            read_checkpoint(path)
        assert caught.value.code == "checkpoint.unreadable"


@pytest.mark.parametrize("content", [[1, 2], {"epoch": 3}, {"state_dict": {}}, torch.ones(3)])
def test_files_without_weights(content: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read_checkpoint(saved(tmp_path, content))
    assert caught.value.code == "checkpoint.no_weights"
    assert "state_dict()" in caught.value.remedy


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pt", tmp_path):
        with pytest.raises(ModelError) as caught:
            read_checkpoint(path)
        assert caught.value.code == "checkpoint.unreadable"
        assert "--checkpoint" in caught.value.remedy
