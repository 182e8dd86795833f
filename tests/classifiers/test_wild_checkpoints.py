"""Checkpoints as training programs write them: settings beside the weights, averages, own heads."""

from __future__ import annotations

import argparse
import enum
import functools
import pathlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import Tensor, nn

from auditor.classifiers import architectures
from auditor.classifiers.architectures import blueprint, known_architectures
from auditor.classifiers.checkpoints import read_checkpoint
from auditor.classifiers.known_weights import _index, architecture_of, entry_of
from auditor.domain.errors import ModelError
from auditor.tensors.classifier import Classifier
from tests.classifiers import making
from tests.classifiers.making import ARCH, CLASSES, load, saved, weights
from tests.fakes.coded import raises_coded, saying

Weights = dict[str, Tensor]


class Settings(dict):  # type: ignore[type-arg]
    """Lightning's AttributeDict and its like."""


class Choice(enum.Enum):
    ONE = "one"


class ByName(enum.Enum):
    """Written as Python 3.11.0 to 3.11.3 write every member."""

    ONE = "one"

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return getattr, (ByName, self.name)


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class Loud:
    """Says so when anything of it runs."""

    def __init__(self) -> None:
        raise AssertionError("the file's own class was made")

    def __setstate__(self, state: object) -> None:
        raise AssertionError("the file's own code ran")


def loud() -> Loud:
    return object.__new__(Loud)


SETTINGS: dict[str, Callable[[], Any]] = {
    "argparse": lambda: argparse.Namespace(lr=0.1, data=pathlib.PurePosixPath("/data")),
    "paths": lambda: {"data_dir": pathlib.Path("/data"), "again": pathlib.Path("/data")},
    "a dict of its own": lambda: Settings(lr=0.1, inner=Settings(paths=[pathlib.Path("/x")])),
    "an enum": lambda: [Choice.ONE],
    "an enum by name": lambda: {"kind": ByName.ONE},
    "slots": lambda: Slotted(3),
    "partial": lambda: functools.partial(Slotted, 1),
    "numpy": lambda: {"seed": __import__("numpy").float64(1.5)},
    "somebody's own class": loud,
}


@pytest.mark.parametrize("make", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old format"])
def test_settings_beside_the_weights_are_not_made(
    make: Callable[[], Any], zipped: bool, tmp_path: Path
) -> None:
    path = tmp_path / "training.ckpt"
    content = {"state_dict": weights(), "hyper_parameters": make(), "args": make(), "epoch": 3}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    loaded = load(path).network.state_dict()
    assert all(torch.equal(loaded[name], value) for name, value in weights().items())


@pytest.mark.parametrize("function", [eval, exec, getattr, __import__("os").system])
def test_what_could_run_code_is_refused(function: Callable[..., Any], tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return function, ("1",)

    with pytest.raises(ModelError) as caught:
        read_checkpoint(saved(tmp_path, {"state_dict": weights(), "hook": Evil()}))
    assert caught.value.code == "checkpoint.runs_code"


@pytest.mark.parametrize("arguments", [("1",), ("path", "join"), ([], "append"), (Slotted, 3)])
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old format"])
def test_getattr_is_for_members_of_what_was_not_made(
    arguments: tuple[Any, ...], zipped: bool, tmp_path: Path
) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return getattr, arguments

    path = tmp_path / "evil.pt"
    content = {"state_dict": weights(), "hook": Evil()}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ModelError) as caught:
        read_checkpoint(path)
    assert caught.value.code == "checkpoint.runs_code"


def plus_one(state: Weights) -> Weights:
    return {name: value + 1 for name, value in state.items()}


def under_module(state: Weights) -> Weights:
    return {f"module.{name}": value for name, value in state.items()}


AVERAGED: dict[str, tuple[Callable[[Weights], Any], str, str | None]] = {
    "timm": (
        lambda s: {"state_dict": s, "state_dict_ema": plus_one(s), "arch": "x", "epoch": 1},
        "state_dict",
        "state_dict_ema",
    ),
    "torchvision": (
        lambda s: {
            "model_ema": {"n_averaged": torch.tensor(4), **under_module(plus_one(s))},
            "model": s,
            "args": argparse.Namespace(),
            "optimizer": {"state": {0: {"exp_avg": torch.ones(3)}}},
        },
        "model",
        "model_ema",
    ),
    "nested": (
        lambda s: {"state": {"ema": plus_one(s), "network": s}},
        "state.network",
        "state.ema",
    ),
}


@pytest.mark.parametrize(("wrap", "plain", "averages"), AVERAGED.values(), ids=AVERAGED.keys())
def test_weights_before_their_averages_and_either_by_its_key(
    wrap: Callable[[Weights], Any], plain: str, averages: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, wrap(weights()))
    name = "features.0.bias"
    taken = load(path)
    assert torch.equal(taken.network.state_dict()[name], weights()[name])
    said = next(warning for warning in taken.warnings if "several sets" in warning)
    assert repr(plain) in said
    assert repr(averages) in said
    other = load(path, model={"checkpoint_key": averages})
    assert torch.equal(other.network.state_dict()[name], weights()[name] + 1)
    assert saying(other.warnings, "network.weights") == []
    assert saying(other.warnings, "network.weights_averaged") == []
    with pytest.raises(ModelError) as caught:
        load(path, model={"checkpoint_key": "stat_dict"})
    assert caught.value.code == "checkpoint.unknown_key"
    assert plain in caught.value.expected


@pytest.mark.parametrize("key", ["ema_state_dict", "ema", "model_ema", "state_dict_ema"])
def test_averages_alone_are_taken_and_told(key: str, tmp_path: Path) -> None:
    classifier = load(saved(tmp_path, {key: weights(), "epoch": 3}))
    assert any(repr(key) in warning for warning in classifier.warnings)


def test_weights_under_any_other_key(tmp_path: Path) -> None:
    content = {"epoch": torch.tensor(3), "everything": {"student": weights()}}
    assert load(saved(tmp_path, content)).classes == CLASSES


# Heads.


def resnet(classes: int = 3) -> Weights:
    return weights("resnet18", classes)


def renamed(state: Weights, old: str, new: str) -> Weights:
    return {name.replace(old, new): value for name, value in state.items()}


HEADS = {
    "fc = Sequential(Dropout, Linear)": ("resnet18", "fc.", "fc.1."),
    "fc = Sequential(Linear)": ("resnet18", "fc.", "fc.0."),
    "classifier = Linear": ("mobilenet_v2", "classifier.1.", "classifier."),
    "classifier = Linear, after a norm": ("convnext_tiny", "classifier.2.", "classifier."),
    "another dropout": ("efficientnet_b0", "classifier.1.", "classifier.3."),
}


@pytest.mark.parametrize(("arch", "old", "new"), HEADS.values(), ids=HEADS.keys())
def test_a_head_of_one_linear_layer_is_found(arch: str, old: str, new: str, tmp_path: Path) -> None:
    classifier = load(saved(tmp_path, renamed(weights(arch), old, new)), arch)
    head = weights(arch)[f"{old}weight"]
    loaded = classifier.network.state_dict()[f"{old}weight"]
    assert torch.equal(loaded, head)


def test_a_head_of_several_layers_is_not_guessed(tmp_path: Path) -> None:
    state = renamed(resnet(), "fc.", "fc.3.")
    state |= {"fc.0.weight": torch.zeros(512, 512), "fc.0.bias": torch.zeros(512)}
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, state), "resnet18")
    assert caught.value.code == "checkpoint.does_not_fit"
    assert "--model" in caught.value.remedy


def fastai_head(features: int, *, concat: bool, hidden: bool) -> nn.Sequential:
    class Pool(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            pooled = [x.amax((2, 3), keepdim=True), x.mean((2, 3), keepdim=True)]
            return torch.cat(pooled, dim=1) if concat else pooled[1]

    width = 2 * features if concat else features
    parts: list[nn.Module] = [Pool(), nn.Flatten(), nn.BatchNorm1d(width), nn.Dropout(0.25)]
    if hidden:
        parts += [nn.Linear(width, 64, bias=False), nn.ReLU(), nn.BatchNorm1d(64), nn.Dropout(0.5)]
    return nn.Sequential(*parts, nn.Linear(64 if hidden else width, 3, bias=False))


@pytest.mark.parametrize("concat", [True, False])
@pytest.mark.parametrize("hidden", [True, False])
def test_fastai_networks_answer_as_they_did(concat: bool, hidden: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    body = nn.Sequential(*list(torchvision.models.resnet18().children())[:-2])
    network = nn.Sequential(body, fastai_head(512, concat=concat, hidden=hidden)).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-1, 1)  # type: ignore[union-attr]
    path = saved(tmp_path, {"model": network.state_dict(), "opt": {"state": [], "hypers": []}})
    classifier = load(path, "resnet18")
    images = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    with torch.no_grad():
        expected = network(classifier.normalise(images))
    torch.testing.assert_close(classifier.network(classifier.inputs(images)), expected)
    with pytest.raises(ModelError) as caught:
        load(path, "resnet50")
    assert caught.value.code == "checkpoint.does_not_fit"


# What is left over, what is missing, and why.


def test_an_extra_tensor_is_left_out_when_told_so(tmp_path: Path) -> None:
    path = saved(tmp_path, {**weights(), "extra.weight": torch.ones(2)})
    with pytest.raises(ModelError) as caught:
        load(path)
    assert caught.value.code == "checkpoint.does_not_fit"
    assert "model.strict=false" in caught.value.remedy
    classifier = load(path, model={"strict": False})
    assert any("extra.weight" in warning for warning in classifier.warnings)
    deeper = saved(tmp_path, weights("resnet34"), "deeper.pt")  # which has all that resnet18 has
    for strict in (True, False):
        with pytest.raises(ModelError) as caught:
            load(deeper, "resnet18", model={"strict": strict})
        assert caught.value.code == "checkpoint.does_not_fit"
        assert "--arch resnet34" in caught.value.remedy
    missing = {name: value for name, value in weights().items() if "0.bias" not in name}
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, missing), model={"strict": False})
    assert caught.value.code == "checkpoint.does_not_fit"


CAUSES: dict[str, tuple[Callable[[], Weights], str]] = {
    "another architecture": (lambda: weights("resnet50"), "--arch resnet50"),
    "another one, wrapped": (lambda: under_module(weights("densenet121")), "--arch densenet121"),
    "another one, other size": (lambda: weights("vit_b_16"), "--arch vit_b_16"),
    "no head": (
        lambda: {n: v for n, v in resnet().items() if not n.startswith("fc.")},
        "without a classifier",
    ),
    "quantised": (
        lambda: {**resnet(), "conv1.scale": torch.ones(1), "conv1.zero_point": torch.ones(1)},
        "quantised",
    ),
    "an adapter": (lambda: {"base.layer1.lora_A.weight": torch.ones(4, 4)}, "LoRA"),
    "transformers": (
        lambda: {"resnet.embedder.embedder.convolution.weight": torch.ones(4, 3, 7, 7)},
        "hf:FOLDER",
    ),
    "other sizes": (
        lambda: {n: v[..., :1] if v.ndim > 1 else v for n, v in resnet().items()},
        "sizes are not",
    ),
}


@pytest.mark.parametrize(("make", "words"), CAUSES.values(), ids=CAUSES.keys())
def test_the_true_cause_is_told_at_once(
    make: Callable[[], Weights], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    real = architectures.build

    def counted(arch: str, *args: Any, **kwargs: Any) -> nn.Module:
        built.append(arch)
        return real(arch, *args, **kwargs)

    monkeypatch.setattr(architectures, "build", counted)
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, make()), "resnet18")
    assert caught.value.code == "checkpoint.does_not_fit"
    assert words in caught.value.remedy
    assert built == ["resnet18"]  # no architecture is tried out


def test_the_index_knows_every_architecture() -> None:
    assert set(_index()) == set(known_architectures())


@pytest.mark.parametrize("arch", ["resnet34", "convnext_tiny", "swin_t", "regnet_x_400mf"])
def test_the_index_is_that_of_the_torchvision_installed(arch: str) -> None:
    assert _index()[arch] == entry_of(blueprint(arch, (224, 224)))
    wrapped = {f"net.{name}": value for name, value in weights(arch, 5).items()}
    assert architecture_of(wrapped) == arch


def test_versions_of_modules_are_kept(tmp_path: Path) -> None:
    # MNASNet refuses to load weights whose version is not told.
    state = weights("mnasnet0_5")
    assert load(saved(tmp_path, {"state_dict": state}), "mnasnet0_5").target_layer
    prefixed = OrderedDict((f"model.{name}", value) for name, value in state.items())
    assert load(saved(tmp_path, prefixed, "p.pt"), "mnasnet0_5").target_layer
    save_file(state, tmp_path / "m.safetensors")
    assert load(tmp_path / "m.safetensors", "mnasnet0_5").target_layer


# Channels, sizes and preprocessing.


def test_weights_of_grey_images_make_a_grey_network(tmp_path: Path) -> None:
    for arch, first in (("resnet18", "conv1.weight"), ("timm:resnet18", "conv1.weight")):
        state = resnet()
        state[first] = state[first].sum(dim=1, keepdim=True)
        classifier = load(saved(tmp_path, state), arch)
        assert len(classifier.preprocess.mean) == 1
        images = torch.zeros(1, 3, 64, 64, dtype=torch.uint8)
        assert classifier.inputs(images).shape == (1, 1, 64, 64)
    four = resnet()
    four["conv1.weight"] = torch.cat([four["conv1.weight"], four["conv1.weight"][:, :1]], dim=1)
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, four), "resnet18")
    assert caught.value.code == "model.channels"


def test_the_size_reaches_timms_transformers(tmp_path: Path) -> None:
    import timm

    name = "vit_tiny_patch16_224"
    state = timm.create_model(name, num_classes=3, img_size=96).state_dict()
    classifier = load(
        saved(tmp_path, state), f"timm:{name}", model={"preprocess": {"resize": 96, "crop": 96}}
    )
    assert classifier.probabilities(torch.zeros(1, 3, 96, 96, dtype=torch.uint8)).shape == (1, 3)
    # timm states .5 and bicubic for it, and 96 pixels are not what it states.
    assert classifier.preprocess.mean == (0.5, 0.5, 0.5)
    assert classifier.preprocess.interpolation == "bicubic"
    assert any("crop 224 → 96" in warning for warning in classifier.warnings)
    with raises_coded(ModelError, "checkpoint.does_not_fit", f"timm:{name}"):
        load(saved(tmp_path, state), f"timm:{name}", model={"preprocess": {}})


def test_what_torchvision_states_is_the_default_and_other_settings_are_told(
    tmp_path: Path,
) -> None:
    path = saved(tmp_path, weights("shufflenet_v2_x0_5"))

    def load(path: Path, model: dict[str, Any]) -> Classifier:
        return making.load(path, "shufflenet_v2_x0_5", model={"output": "softmax", **model})

    stated = load(path, model={"preprocess": {}})
    assert (stated.preprocess.resize, stated.preprocess.crop) == (256, 224)
    assert stated.warnings == ()
    own = load(path, model={"preprocess": {"mean": [0.5, 0.5, 0.5]}})
    assert own.preprocess.mean == (0.5, 0.5, 0.5)
    assert own.preprocess.crop == 224
    assert any(
        "mean (0.485, 0.456, 0.406) → (0.5, 0.5, 0.5)" in warning for warning in own.warnings
    )
    exact = load(path, model={"preprocess": {"resize": [64, 96]}})
    assert (exact.preprocess.resize, exact.preprocess.crop) == ((64, 96), None)


# Programs.


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_weights_of_a_torchscript_file_go_into_its_architecture(tmp_path: Path) -> None:
    network = torchvision.models.get_model(ARCH, weights=None, num_classes=3).eval()
    path = tmp_path / "scripted.pt"
    torch.jit.trace(network, torch.zeros(1, 3, 64, 64)).save(path)
    classifier = load(path)
    name = "features.0.weight"
    assert torch.equal(classifier.network.state_dict()[name], network.state_dict()[name])
    # Alone it is a network of its own: torch's converter makes a graph of it.
    alone = load(path, None)
    images = torch.zeros(1, 3, 64, 64, dtype=torch.uint8)
    assert torch.allclose(alone.probabilities(images), classifier.probabilities(images), atol=1e-5)


def test_an_exported_program_alone_is_a_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU(), nn.Conv2d(4, 5, 3, 2), nn.ReLU())
    network = nn.Sequential(body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3)).eval()
    images = torch.randn(2, 3, 64, 64)
    batch = ({0: torch.export.Dim("batch", min=1, max=64)},)
    path = tmp_path / "network.pt2"
    torch.export.save(torch.export.export(network, (images,), dynamic_shapes=batch), path)
    classifier = load(path, None)
    assert classifier.target_layer == "0"
    torch.testing.assert_close(classifier.network(images), network(images))
    with pytest.raises(ModelError) as caught:
        load(path)
    assert caught.value.code == "checkpoint.not_weights"
    assert "--arch" in caught.value.remedy
    fixed = tmp_path / "one.pt2"
    torch.export.save(torch.export.export(network, (images[:1],)), fixed)
    with pytest.raises(ModelError) as caught:
        load(fixed, None)
    assert caught.value.code == "model.one_image_at_a_time"
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, weights()), None)
    assert caught.value.code == "checkpoint.no_network"


def test_files_of_other_frameworks(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"\x08\x07")
    with pytest.raises(ModelError) as caught:
        load(tmp_path / "net.onnx")
    assert caught.value.code == "checkpoint.other_framework"
    assert "ONNX" in caught.value.got
