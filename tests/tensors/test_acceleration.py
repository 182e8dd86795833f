"""What interventions run on is decided by instructions, and held against float32 once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
import torchvision
from torch import Tensor, nn

from auditor.domain.errors import ConfigError
from auditor.domain.preprocess import Preprocess
from auditor.tensors import acceleration
from auditor.tensors.acceleration import (
    TOLERANCE,
    Acceleration,
    Asked,
    Capabilities,
    accelerated,
    capabilities,
    checked,
    decide,
)
from auditor.tensors.classifier import Classifier
from auditor.tensors.head import Answering, Head
from tests.fakes.coded import raises_coded

PLAIN = Capabilities("cpu", bf16=False, openvino=None)
AMX = Capabilities("cpu", bf16=True, openvino=None)
OLD_GPU = Capabilities("cuda", bf16=False, openvino="2026.1")
GPU = Capabilities("cuda", bf16=True, openvino="2026.1")


def classifier(network: nn.Module, classes: int = 4, **more: object) -> Classifier:
    return Classifier(
        network=network.eval().requires_grad_(False),
        classes=tuple(map(str, range(classes))),
        preprocess=Preprocess(resize=64, crop=64),
        target_layer="",
        device=torch.device("cpu"),
        weights_sha256="",
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def resnet() -> Classifier:
    torch.manual_seed(0)
    return classifier(torchvision.models.resnet18(weights=None, num_classes=4))


@pytest.fixture(scope="module")
def images() -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (6, 3, 64, 64), generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize(
    ("asked", "found", "kind", "precision"),
    [
        ("auto", PLAIN, "off", "float32"),
        ("auto", AMX, "bf16", "bf16"),
        ("auto", Capabilities("cpu", bf16=True, openvino="2026.1"), "openvino", "bf16"),
        ("auto", Capabilities("cpu", bf16=False, openvino="2026.1"), "openvino", "float32"),
        ("auto", Capabilities("cpu", bf16=True, openvino=None, mixed=True), "off", None),
        ("auto", GPU, "bf16", "bf16"),
        ("auto", OLD_GPU, "off", "float32"),
        ("off", AMX, "off", "float32"),
        ("bf16", PLAIN, "bf16", "bf16"),
        ("compile", AMX, "compile", "float32"),
        ("compile", GPU, "compile", "bf16"),
        ("compile", OLD_GPU, "compile", "float32"),
    ],
)
def test_the_rule(asked: Asked, found: Capabilities, kind: str, precision: str | None) -> None:
    chosen = decide(asked, found)
    assert chosen.kind == kind
    assert chosen.reason
    assert precision in {None, chosen.precision}


@pytest.mark.parametrize("asked", ["auto", "off"])
def test_mixed_precision_is_noted_alike_whoever_decides(asked: Asked) -> None:
    """`--resume` asks for the kind that the run was begun with."""
    mixed = Capabilities("cuda", bf16=True, openvino=None, mixed=True)
    assert decide(asked, mixed).words() == "off as run.precision"


@pytest.mark.parametrize("found", [AMX, GPU])
def test_openvino_is_refused_where_it_cannot_be(found: Capabilities) -> None:
    with raises_coded(ConfigError, "config.faults", "run.accelerate"):
        decide("openvino", found)


@pytest.mark.parametrize(
    ("flags", "bf16"),
    [("avx2 avx512f", False), ("avx512f avx512_bf16", True), ("amx_tile amx_bf16", True)],
)
def test_instructions_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resnet: Classifier, flags: str, bf16: bool
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\nflags\t\t: fpu {flags} sse\n")
    monkeypatch.setattr(acceleration, "PROCESSOR", file)
    assert capabilities(resnet).bf16 is bf16
    monkeypatch.setattr(acceleration, "PROCESSOR", tmp_path / "none")
    assert capabilities(resnet).bf16 is False


@pytest.mark.parametrize(
    "kind", ["bf16", "openvino", pytest.param("compile", marks=pytest.mark.slow)]
)
def test_trials_agree_and_maps_stay(resnet: Classifier, images: Tensor, kind: Asked) -> None:
    if kind == "openvino":
        pytest.importorskip("openvino", reason="the extra `openvino` is not installed")
    chosen = Acceleration(kind, "float32" if kind == "compile" else "bf16", "test")  # type: ignore[arg-type]
    fast, used = checked(resnet, images, chosen)
    assert (used.kind, used.checked_images, used.failed) == (kind, 6, False)
    assert used.largest_difference is not None
    assert used.largest_difference <= TOLERANCE
    assert fast.accelerated is not None
    assert torch.equal(fast.probabilities(images), resnet.probabilities(images))
    for part in (images[:1], images[:3]):  # batches of any length
        apart = fast.trial_probabilities(part) - resnet.probabilities(part)
        assert apart.abs().max() <= TOLERANCE
    assert fast.trial_probabilities(images).dtype == torch.float32


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_a_compiled_network_agrees(images: Tensor) -> None:
    torch.manual_seed(0)
    layers = (nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
    fast, used = checked(
        classifier(nn.Sequential(*layers)), images, Acceleration("compile", "float32", "test")
    )
    assert (used.kind, used.failed) == ("compile", False)
    assert torch.allclose(
        fast.trial_probabilities(images[:3]), fast.probabilities(images[:3]), atol=1e-4
    )


def test_a_bf16_copy_leaves_the_network_as_it_is(resnet: Classifier) -> None:
    accelerated(resnet, Acceleration("bf16", "bf16", "test"), (64, 64))
    assert {each.dtype for each in resnet.network.parameters()} == {torch.float32}


class Narrow(nn.Module):
    """Sums in which bfloat16 loses what decides: 1,000 and a difference of one hundredth."""

    def forward(self, images: Tensor) -> Tensor:
        shift = images.flatten(1).mean(dim=1, keepdim=True)
        ladder = torch.arange(4, dtype=images.dtype) / 100
        return (1000 + ladder + shift) * 3


class Rigid(nn.Module):
    """Takes float32 only."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 4)
        self.register_buffer("fixed", torch.ones(3, 3))

    def forward(self, images: Tensor) -> Tensor:
        if images.dtype != torch.float32:
            raise TypeError("float32 is expected")
        found: Tensor = self.layer(images.mean(dim=(2, 3)) @ self.fixed)
        return found


@pytest.mark.parametrize("network", [Narrow(), Rigid()], ids=["other answers", "an error"])
def test_what_does_not_agree_goes_on_in_float32_and_says_so(
    network: nn.Module, images: Tensor
) -> None:
    given = classifier(network)
    kept, used = checked(given, images, decide("bf16", PLAIN))
    assert (used.kind, used.precision, used.failed) == ("off", "float32", True)
    assert kept.accelerated is None
    assert used.warnings()
    _, by_rule = checked(given, images, decide("auto", AMX))
    assert by_rule.failed
    assert not by_rule.warnings()
    assert torch.equal(kept.trial_probabilities(images), given.probabilities(images))


class OfOneSize(nn.Module):
    """Writes the number of images that it is traced with into its graph."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, images: Tensor) -> Tensor:
        spread = torch.full((len(images), 4), 3.0)
        spread[:, [0, 3]] = self.body(images)
        return spread


def test_a_conversion_for_one_number_of_images_is_not_used(
    recwarn: pytest.WarningsRecorder,
) -> None:
    pytest.importorskip("openvino")
    many = torch.randint(0, 256, (21, 3, 64, 64), dtype=torch.uint8)
    chosen = Acceleration("openvino", "float32", "asked for")
    plain = classifier(OfOneSize())
    found, used = checked(plain, many, chosen)
    assert (used.kind, used.failed, found is plain) == ("off", True, True)
    assert not [each for each in recwarn if issubclass(each.category, torch.jit.TracerWarning)]


def test_a_network_that_gives_no_number_agrees_with_nothing(images: Tensor) -> None:
    class Broken(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            value = float("nan") if images.dtype == torch.bfloat16 else 0.0
            return torch.full((len(images), 4), value, dtype=images.dtype)

    _, used = checked(classifier(Broken()), images, Acceleration("bf16", "bf16", "test"))
    assert used.failed


def test_every_weight_of_an_answering_network_is_narrowed(images: Tensor) -> None:
    class Token(nn.Module):
        """Has a parameter of its own, beside those of its layers, as vision transformers do."""

        def __init__(self) -> None:
            super().__init__()
            self.token = nn.Parameter(torch.ones(3))
            self.layer = nn.Linear(3, 4)

        def forward(self, images: Tensor) -> Tensor:
            found: Tensor = self.layer(images.mean(dim=(2, 3)) + self.token)
            return found

    network = Token()
    answering = Answering(network, Head(outputs=4, kept=(0, 1, 2)))
    fast, used = checked(classifier(answering, 3), images, Acceleration("bf16", "bf16", "test"))
    assert (used.kind, used.failed) == ("bf16", False)
    assert fast.accelerated is not None
    narrow = fast.accelerated.network.inner  # type: ignore[union-attr]
    assert {each.dtype for each in narrow.parameters()} == {torch.bfloat16}
    assert {each.dtype for each in network.parameters()} == {torch.float32}
