"""From the [model] section to a classifier that is ready to be asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from auditor.cli import main
from auditor.domain.errors import ModelError
from auditor.saliency.api import grad_cam
from auditor.saliency.sanity import randomised
from tests.classifiers.making import CLASSES, load, saved, weights


def test_a_classifier_is_ready(tmp_path: Path) -> None:
    classifier = load(saved(tmp_path, weights()))
    assert classifier.classes == CLASSES
    assert classifier.target_layer == "features"
    assert not classifier.network.training
    assert not any(p.requires_grad for p in classifier.network.parameters())
    convolution = classifier.network.get_submodule("features.0").weight
    assert convolution.is_contiguous(memory_format=torch.channels_last)
    assert len(classifier.weights_sha256) == 64
    assert classifier.autocast is None
    assert classifier.probabilities(torch.zeros(2, 3, 64, 64, dtype=torch.uint8)).shape == (2, 3)


def test_the_fingerprint_is_that_of_the_weights_not_of_the_file(tmp_path: Path) -> None:
    plain = load(saved(tmp_path, weights()))
    wrapped = load(saved(tmp_path, {"model": {f"module.{k}": v for k, v in weights().items()}}))
    assert wrapped.weights_sha256 == plain.weights_sha256
    other = weights()
    other["features.0.bias"][0] += 1e-3
    assert load(saved(tmp_path, other)).weights_sha256 != plain.weights_sha256


def test_the_number_of_classes_comes_from_the_checkpoint(tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(7)]
    assert load(saved(tmp_path, weights(classes=7)), data_classes=names).classes == tuple(names)


@pytest.mark.parametrize("arch", ["resnet18", "mobilenet_v3_small", "regnet_y_400mf"])
def test_heads_of_other_families(arch: str, tmp_path: Path) -> None:
    classifier = load(saved(tmp_path, weights(arch)), arch)
    assert len(classifier.classes) == 3


def test_timm(tmp_path: Path) -> None:
    import timm

    state = timm.create_model("resnet10t", num_classes=3).state_dict()
    assert load(saved(tmp_path, state), "timm:resnet10t").target_layer == "layer4"


@pytest.mark.parametrize(
    ("arch", "remedy"),
    [("resnet81", "resnet"), ("timm:resnet10", "resnet10t"), ("vit", "vit_")],
)
def test_an_unknown_architecture_and_what_was_meant(arch: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, weights()), arch)
    assert caught.value.code == "model.unknown_architecture"
    assert remedy in caught.value.remedy


def test_the_wrong_architecture_and_the_one_that_fits(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, weights("resnet18")), "resnet34")
    assert caught.value.code == "checkpoint.does_not_fit"
    assert "missing (layer1.2.conv1.weight" in caught.value.got
    assert "--arch resnet18" in caught.value.remedy


def test_weights_of_another_shape_are_named(tmp_path: Path) -> None:
    state = weights()
    state["features.0.weight"] = torch.zeros(64, 3, 5, 5)
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, state))
    assert caught.value.code == "checkpoint.does_not_fit"
    for told in ("features.0.weight", "(64, 3, 5, 5)", "(64, 3, 3, 3)"):
        assert told in caught.value.got


@pytest.mark.parametrize("arch", ["vit_b_16", "maxvit_t"])
def test_an_architecture_that_has_no_form_for_the_size(arch: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load(saved(tmp_path, weights()), arch, model={"preprocess": {"resize": 100, "crop": 100}})
    assert caught.value.code == "model.image_size"
    assert "100x100" in caught.value.got
    assert "resize" in caught.value.remedy


def test_class_names_that_do_not_fit(tmp_path: Path) -> None:
    path = saved(tmp_path, weights())
    with pytest.raises(ModelError) as caught:
        load(path, data_classes=["a", "b"])
    assert caught.value.code == "classes.do_not_fit"
    assert "3 names" in caught.value.expected
    assert "--classes" in caught.value.remedy
    with pytest.raises(ModelError) as caught:
        load(path, classes=["a", "a", "b"])
    assert caught.value.code == "classes.twice"
    assert load(path, classes=["z", "y", "x"]).classes == ("z", "y", "x")


def test_a_layer_by_name_or_a_clear_word(tmp_path: Path) -> None:
    path = saved(tmp_path, weights())
    named = load(path, model={"layer": "features.9"})
    assert named.target_layer == "features.9"
    with pytest.raises(ModelError) as caught:
        load(path, model={"layer": "featres"})
    assert caught.value.code == "layer.unknown"
    assert "features" in caught.value.remedy


FACTORY = """
import torch
from torch import nn

class Wrapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU())
        self.head = nn.Linear(4, 3)

    def forward(self, images):
        return {"logits": self.head(self.body(images).mean(dim=(2, 3)))}

def wrapped():
    torch.manual_seed(0)
    return Wrapped()

def broken():
    raise OSError("no such weights")

def scripted():
    return torch.jit.trace(nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 8, 8))

def nothing():
    return None

def inference():
    with torch.inference_mode():
        return Wrapped()
"""


@pytest.fixture
def factories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"factories_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(FACTORY)
    monkeypatch.chdir(tmp_path)
    return name


def test_a_factory_of_the_users(factories: str) -> None:
    classifier = load(None, None, model={"factory": f"{factories}:wrapped"})
    # Its answer is a mapping: the logits are taken out of it.
    assert classifier.target_layer == "body"
    assert classifier.network(torch.zeros(1, 3, 64, 64)).shape == (1, 3)
    named = load(None, None, model={"factory": f"{factories}:wrapped", "layer": "body.0"})
    assert named.target_layer == "body.0"


EXPORTED = """
import torch

def program():
    return torch.export.load("network.pt2")

def module():
    return program().module()
"""


def test_an_exported_program_comes_in_through_a_factory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU(), nn.Conv2d(4, 5, 3, 2), nn.ReLU())
    network = nn.Sequential(body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3)).eval()
    batch = ({0: torch.export.Dim("batch", min=1, max=64)},)
    images = torch.randn(2, 3, 64, 64)
    exported = torch.export.export(network, (images,), dynamic_shapes=batch)
    torch.export.save(exported, tmp_path / "network.pt2")
    name = f"exported_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(EXPORTED)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        load(None, None, model={"factory": f"{name}:module"})
    assert caught.value.code == "model.no_eval_mode"
    classifier = load(None, None, model={"factory": f"{name}:program"})
    program = classifier.network
    assert classifier.target_layer == "0"
    of_the_program = grad_cam(classifier.network, images, targets=1)
    of_the_network = grad_cam(network, images, targets=1)
    torch.testing.assert_close(of_the_program.maps, of_the_network.maps)
    before = program(images)
    with randomised(program):
        assert not torch.equal(program(images), before)
    assert torch.equal(program(images), before)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("broken", "OSError: no such weights"),
        ("scripted", "TopLevelTracedModule"),
        ("nothing", "NoneType"),
        ("missing", "has no attribute"),
        ("inference", "inference_mode"),
    ],
)
def test_factories_that_give_no_network(factories: str, function: str, words: str) -> None:
    with pytest.raises(ModelError) as caught:
        load(None, None, model={"factory": f"{factories}:{function}"})
    assert words in caught.value.got
    assert caught.value.remedy


def test_a_network_that_fails_on_the_configured_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fixed(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            raise ValueError("only 32x32")

    monkeypatch.setattr("auditor.classifiers.networks.call_factory", lambda _: Fixed())
    with pytest.raises(ModelError) as caught:
        load(None, None, model={"factory": "a:b"})
    assert caught.value.code == "model.fails_on_image"
    assert "only 32x32" in caught.value.got
    assert "resize" in caught.value.remedy


@pytest.mark.parametrize("content", [weights("resnet18"), {"epoch": 1}])
def test_the_command_says_so_and_exits_with_2(
    content: object,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from PIL import Image

    for label in CLASSES:
        (tmp_path / "data" / label).mkdir(parents=True)
        Image.new("RGB", (64, 64)).save(tmp_path / "data" / label / "a.jpg")
    path = saved(tmp_path, content)
    arguments = ["run", "--data", tmp_path / "data", "--arch", "resnet34", "--checkpoint", path]
    arguments += ["--out", tmp_path / "run"]
    monkeypatch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "checkpoint" in said
    assert not (tmp_path / "run").exists()
