"""Every row of the tables of docs/bring-your-network.md."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from auditor.domain.errors import ModelError
from auditor.domain.messages import codes_of
from auditor.pipeline.not_finite import refuse_many, skip_of
from auditor.saliency.engine import explain
from auditor.tensors.classifier import Classifier
from tests.classifiers import test_architectures, test_hub
from tests.classifiers.making import ARCH, CLASSES, load, saved, weights
from tests.classifiers.test_kinds import (
    IMAGES,
    Calling,
    Lazy,
    Training,
    body,
    dynamically_quantised,
)
from tests.classifiers.test_wild_checkpoints import fastai_head
from tests.fakes.coded import saying

PAGE = Path(__file__).parents[2] / "docs" / "bring-your-network.md"
NAMES = CLASSES[:2]

Check = Callable[[Path], None]
CHECKS: dict[str, Check] = {}


def row(name: str) -> Callable[[Check], Check]:
    """The check of a row, by what stands in its first cell."""

    def noted(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return noted


def _rows() -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    cells = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    heads = {"you have", "it answers with", "it takes", "it has"}
    return [cell for cell in cells if cell not in heads and not re.fullmatch("-+", cell)]


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(_rows()) == sorted(CHECKS)


@pytest.fixture(autouse=True)
def _factories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.classifiers.networks.call_factory", lambda _: MADE[-1])


MADE: list[nn.Module] = []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("name", _rows())
def test_a_row_is_true(name: str, tmp_path: Path) -> None:
    CHECKS[name](tmp_path)


def _own(network: nn.Module, **settings: Any) -> Classifier:
    MADE.append(network)
    given = {"factory": "a:b", **settings.pop("model", {})}
    return load(None, None, data_classes=["no", "yes"], model=given, **settings)


def _answers(function: Callable[..., Any], **settings: Any) -> Classifier:
    shape = settings.pop("shape", {})
    return _own(Calling(function, **shape), **settings)


def _coded(classifier: Classifier, code: str, *holds: str) -> bool:
    return bool(saying(classifier.warnings, code, *holds))


def _said(classifier: Classifier, words: str) -> bool:
    return any(words in warning for warning in classifier.warnings)


def _refused(words: str, checkpoint: Path | None, arch: str | None = ARCH, **settings: Any) -> None:
    with pytest.raises(ModelError) as caught:
        load(checkpoint, arch, **settings)
    assert words in str(caught.value)
    assert caught.value.remedy


def _not_own(words: str, network: nn.Module, **settings: Any) -> None:
    with pytest.raises(ModelError) as caught:
        _own(network, **settings)
    assert words in str(caught.value)
    assert caught.value.remedy


def _same_logits(classifier: Classifier) -> bool:
    inputs = classifier.inputs(IMAGES)
    return torch.allclose(classifier.network(inputs), body().eval()(inputs), atol=1e-5)


@row("a state_dict, plain or in half precision")
def _(folder: Path) -> None:
    half = {f"module._orig_mod.{name}": value.half() for name, value in weights().items()}
    assert load(saved(folder, half)).classes == CLASSES


@row("`.safetensors`")
def _(folder: Path) -> None:
    names = json.dumps(["x", "y", "z"])
    save_file(weights(), folder / "w.safetensors", metadata={"classes": names})
    assert load(folder / "w.safetensors").classes == ("x", "y", "z")


@row("a training file of timm or torchvision, with `argparse.Namespace`")
def _(folder: Path) -> None:
    content = {"model": weights(), "epoch": 1, "args": argparse.Namespace(lr=0.1)}
    assert load(saved(folder, content)).classes == CLASSES


@row("a Lightning checkpoint with paths or objects in its hyperparameters")
def _(folder: Path) -> None:
    state = {f"net.{name}": value for name, value in weights().items()}
    settings = {"data_dir": Path("/data"), "config": argparse.Namespace(lr=0.1)}
    assert load(saved(folder, {"state_dict": state, "hyper_parameters": settings})).classes


class _Command:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/never",)


@row("a file that names `os.system`, `eval` and the like")
def _(folder: Path) -> None:
    _refused("could run code", saved(folder, {"state_dict": weights(), "hook": _Command()}))


@row("a whole pickled network")
def _(folder: Path) -> None:
    _refused("state_dict()", saved(folder, nn.Linear(2, 2)))


@row("weights and their moving averages (EMA)")
def _(folder: Path) -> None:
    averages = {name: value + 1 for name, value in weights().items()}
    path = saved(folder, {"state_dict_ema": averages, "state_dict": weights()})
    taken = load(path)
    assert _coded(taken, "network.weights_averaged", "'state_dict'")
    other = load(path, model={"checkpoint_key": "state_dict_ema"})
    assert other.weights_sha256 != taken.weights_sha256


@row("moving averages alone, nested dicts")
def _(folder: Path) -> None:
    assert _said(load(saved(folder, {"run": {"ema": weights()}})), "'run.ema'")


def _renamed(new: str) -> dict[str, Tensor]:
    return {name.replace("fc.", new): value for name, value in weights("resnet18").items()}


@row("`fc = Sequential(Dropout, Linear)`")
def _(folder: Path) -> None:
    assert load(saved(folder, _renamed("fc.1.")), "resnet18").classes == CLASSES


@row("a head of several layers")
def _(folder: Path) -> None:
    state = _renamed("fc.3.") | {"fc.0.weight": torch.ones(512, 512), "fc.0.bias": torch.ones(512)}
    _refused("--model", saved(folder, state), "resnet18")


@row("fastai's `learn.save`")
def _(folder: Path) -> None:
    parts = list(torchvision.models.resnet18().children())[:-2]
    network = nn.Sequential(nn.Sequential(*parts), fastai_head(512, concat=True, hidden=True))
    assert load(saved(folder, {"model": network.state_dict(), "opt": {}}), "resnet18").classes


@row("one tensor too many")
def _(folder: Path) -> None:
    path = saved(folder, {**weights(), "extra.weight": torch.ones(2)})
    _refused("model.strict=false", path)
    assert _said(load(path, model={"strict": False}), "extra.weight")


@row("a backbone without its classifier")
def _(folder: Path) -> None:
    state = {n: v for n, v in weights("resnet18").items() if not n.startswith("fc.")}
    _refused("without a classifier", saved(folder, state), "resnet18")


@row("weights of another architecture")
def _(folder: Path) -> None:
    _refused("--arch resnet34", saved(folder, weights("resnet34")), "resnet18")


@row("quantised weights")
def _(folder: Path) -> None:
    _refused("quantised", saved(folder, weights() | {"features.0.scale": torch.ones(1)}))


@row("a folder of Hugging Face transformers")
def _(folder: Path) -> None:
    test_hub.transformers_folder(folder, "resnet")
    (folder / "preprocessor_config.json").write_text(json.dumps(test_hub.PREPROCESSOR))
    classifier = test_hub.hub(folder)
    assert classifier.classes == ("cat", "dog", "eel")
    assert classifier.preprocess.std == (0.2, 0.2, 0.3)


@row("a folder of timm (`save_for_hf`)")
def _(folder: Path) -> None:
    test_hub.test_a_folder_of_timm(True, folder)


def _scripted(folder: Path) -> Path:
    network = torchvision.models.get_model(ARCH, weights=None, num_classes=3).eval()
    torch.jit.trace(network, torch.zeros(1, 3, 64, 64)).save(folder / "s.pt")
    return folder / "s.pt"


@row("TorchScript, with `--arch`")
def _(folder: Path) -> None:
    assert load(_scripted(folder)).classes == CLASSES


@row("TorchScript alone")
def _(folder: Path) -> None:
    eager = nn.Sequential(*body()[:3], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    torch.jit.trace(eager.eval(), torch.zeros(2, 3, 64, 64)).save(folder / "net.pt")
    own = load(folder / "net.pt", None)
    assert own.classes == CLASSES
    inputs = own.inputs(IMAGES)
    assert torch.allclose(own.network(inputs), eager(inputs), atol=1e-4)
    assert own.target_layer == "relu"
    other = replace(own, network=eager, target_layer="2")
    one, two = (
        explain(each, IMAGES, lambda logits, _: logits.argmax(dim=1), "gradcam").maps
        for each in (own, other)
    )
    assert torch.allclose(one, two, atol=1e-4)
    torch.jit.trace(Fixed(), torch.zeros(1, 3, 64, 64)).save(folder / "fixed.pt")
    _refused("cannot be turned into layers", folder / "fixed.pt", None)


class Fixed(nn.Module):
    """Made for one image."""

    def forward(self, images: Tensor) -> Tensor:
        return images.view(1, -1)[:, :3]


def _exported(folder: Path, **shapes: Any) -> Path:
    network = nn.Sequential(*body()[:3], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    images = torch.randn(2 if shapes else 1, 3, 64, 64)
    torch.export.save(torch.export.export(network.eval(), (images,), **shapes), folder / "n.pt2")
    return folder / "n.pt2"


@row("an exported program (`.pt2`) alone")
def _(folder: Path) -> None:
    batch = ({0: torch.export.Dim("batch", min=1, max=64)},)
    assert load(_exported(folder, dynamic_shapes=batch), None).classes == CLASSES


@row("ONNX, Keras, TensorFlow")
def _(folder: Path) -> None:
    for suffix in (".onnx", ".h5", ".pb"):
        (folder / f"net{suffix}").write_bytes(b"\x08")
        _refused("another framework", folder / f"net{suffix}")


@row("scores (logits)")
def _(folder: Path) -> None:
    assert _same_logits(_answers(lambda net, x: net(x)))


@row("a mapping, tuple or dataclass")
def _(folder: Path) -> None:
    assert _same_logits(_answers(lambda net, x: {"loss": x.mean(), "logits": net(x)}))
    assert _same_logits(_answers(lambda net, x: (x, net(x))))


@row("a softmax or log-softmax")
def _(folder: Path) -> None:
    for ending in (torch.softmax, torch.log_softmax):
        classifier = _answers(lambda net, x, ending=ending: ending(net(x), dim=1))
        assert _said(classifier, "softmax")
        assert _same_logits(classifier)


@row("sigmoids, one label an image")
def _(folder: Path) -> None:
    classifier = _answers(lambda net, x: net(x).sigmoid())
    assert _coded(classifier, "network.sigmoid")
    assert _same_logits(classifier)


@row("sigmoids that only their values show")
def _(folder: Path) -> None:
    def own(net: nn.Module, images: Tensor) -> Tensor:
        scores: Tensor = net(images)
        return 1 / (1 + (-scores).exp())

    assert _said(_answers(own), "model.output=sigmoid")
    assert _same_logits(_answers(own, model={"output": "sigmoid"}))


@row("one number z")
def _(folder: Path) -> None:
    classifier = _answers(lambda net, x: net(x), shape={"outputs": 1}, classes=["no", "yes"])
    z = body(outputs=1).eval()(classifier.inputs(IMAGES))[:, 0]
    assert torch.allclose(classifier.probabilities(IMAGES)[:, 1], z.sigmoid())


@row("one class of a softmax")
def _(folder: Path) -> None:
    _not_own("one class only", Calling(lambda net, x: net(x).softmax(1), outputs=1))


@row("far more classes than the data has")
def _(folder: Path) -> None:
    names = [f"c{i}" for i in range(9)]
    few = _own(body(outputs=9), classes=names, labels=["c1", "c8"])
    assert few.classes == ("c1", "c8")
    every = {"restrict": "all"}
    assert len(_own(body(outputs=9), classes=names, labels=["c1", "c8"], model=every).classes) == 9


@row("NaN for an image")
def _(folder: Path) -> None:
    def broken(net: nn.Module, images: Tensor) -> Tensor:
        scores: Tensor = net(images)
        return scores.masked_fill((images.amin((1, 2, 3)) > 2)[:, None], float("nan"))

    images = torch.cat([IMAGES, torch.full_like(IMAGES[:1], 255)])
    found = explain(_answers(broken), images, lambda z, _: z.argmax(1))
    assert found.finite.tolist() == [True, True, True, False]
    assert bool(torch.isfinite(found.maps).all())
    refuse_many(1, 4)
    refuse_many(10, 100)
    with pytest.raises(ModelError) as caught:
        refuse_many(11, 100)
    assert caught.value.code == "model.not_finite"
    assert skip_of.__doc__


@row("other numbers every time (active dropout)")
def _(folder: Path) -> None:
    classifier = _answers(lambda net, x: net(F.dropout(x, 0.5, training=True)))
    assert _coded(classifier, "network.random")
    assert not classifier.repeatable


@row("other numbers in another batch (batch norm in training mode)")
def _(folder: Path) -> None:
    assert _coded(_answers(lambda net, x: net(x - x.mean(0))), "network.batch")


@row("several labels an image, a score or sigmoid each")
def _(folder: Path) -> None:
    model = {"output": "multilabel"}
    # Not within 0..1, which would count as sigmoids by their values.
    for answer in (lambda net, x: 9 * net(x) - 4, lambda net, x: (9 * net(x) - 4).sigmoid()):
        several = _answers(answer, model=model)
        assert several.classes == ("no", "not no", "yes", "not yes")
        assert several.labels == ("no", "yes")
        assert any(code.startswith("network.labels") for code in codes_of(several.warnings))
        sigmoid = (9 * body().eval()(several.inputs(IMAGES)) - 4).sigmoid()
        found = several.probabilities(IMAGES)
        assert torch.allclose(found[:, ::2], sigmoid, atol=1e-5)
        assert torch.allclose(found[:, 1::2], 1 - sigmoid, atol=1e-5)
    _not_own("sum to 1", Calling(lambda net, x: net(x).softmax(1)), model=model)
    _not_own("2 names", body(), model=model, classes=["a", "b", "c"])


@row("colour images")
def _(folder: Path) -> None:
    assert _own(body()).inputs(IMAGES).shape == (3, 3, 64, 64)


@row("grey images (1 channel)")
def _(folder: Path) -> None:
    classifier = _own(body(channels=1))
    assert classifier.inputs(IMAGES).shape == (3, 1, 64, 64)
    assert _said(classifier, "luminance")


@row("4 channels")
def _(folder: Path) -> None:
    _not_own("4 channels", body(channels=4))


@row("another size than its makers'")
def _(folder: Path) -> None:
    import timm

    name = "vit_tiny_patch16_224"
    state = timm.create_model(name, num_classes=3, img_size=64).state_dict()
    assert load(saved(folder, state), f"timm:{name}").classes == CLASSES


@row("half precision in its own forward")
def _(folder: Path) -> None:
    network = Calling(lambda net, x: net(x.half()).float())
    network.body.half()
    assert _said(_own(network), "float16")


@row("one image at a time (exported so)")
def _(folder: Path) -> None:
    _refused("one image at a time", _exported(folder), None)


@row("something besides the images")
def _(folder: Path) -> None:
    _not_own("nothing else", Calling(lambda net, x, labels: net(x)))


@row("any of torchvision's and timm's architectures")
def _(folder: Path) -> None:
    assert len(test_architectures.ALL) >= 100
    test_architectures.test_an_architecture_has_a_layer_and_a_map("timm:lcnet_050", 64)


@row("a layer that runs several times")
def _(folder: Path) -> None:
    network = Calling(lambda net, x: net(net[0](x)[:, :3]))
    assert _said(_own(network, model={"layer": "body.0"}), "2 times")


@row("lazy layers without weights")
def _(folder: Path) -> None:
    _not_own("lazy layers", Lazy())


@row("quantised layers")
def _(folder: Path) -> None:
    _not_own("quantised", dynamically_quantised())


@row("modules that stay in training mode")
def _(folder: Path) -> None:
    assert _coded(_own(Training()), "network.training_mode")
