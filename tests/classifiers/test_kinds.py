"""What networks need, and what is said of those that cannot be audited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from auditor.domain.errors import ModelError
from auditor.domain.messages import codes_of
from auditor.saliency.engine import explain
from auditor.tensors.classifier import Classifier, luminance
from tests.classifiers.making import load
from tests.fakes.coded import raises_coded, saying


def body(channels: int = 3, outputs: int = 2) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, 2, 1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, outputs),
    )


class Calling(nn.Module):
    """Answers with what a function makes of the body's logits and the images."""

    def __init__(self, function: Callable[[nn.Module, Tensor], Any], **shape: int) -> None:
        super().__init__()
        self.body = body(**shape)
        self.function = function

    def forward(self, images: Tensor) -> Any:
        return self.function(self.body, images)


@pytest.fixture
def classifier_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Classifier]:
    def make(network: object, **settings: Any) -> Classifier:
        monkeypatch.setattr("auditor.classifiers.networks.call_factory", lambda _: network)
        model = {"factory": "a:b", **settings.pop("model", {})}
        return load(None, None, data_classes=["no", "yes"], model=model, **settings)

    return make


ClassifierOf = Callable[..., Classifier]
IMAGES = torch.randint(0, 256, (3, 3, 64, 64), generator=torch.Generator().manual_seed(1)).to(
    torch.uint8
)


@pytest.mark.parametrize(
    "ending",
    [
        lambda net, x: net(x).softmax(1),
        lambda net, x: F.softmax(net(x), dim=-1),
        lambda net, x: torch.softmax(net(x), 1),
        lambda net, x: {"probabilities": net(x).softmax(1)},
        lambda net, x: (net(x).softmax(1), x),
        lambda net, x: net(x).log_softmax(1),
        lambda net, x: F.log_softmax(net(x), 1),
        lambda net, x: net(x).sigmoid(),
        lambda net, x: torch.sigmoid(net(x)),
        lambda net, x: net(x).squeeze(),
        lambda net, x: [net(x)],
    ],
)
def test_whatever_the_ending_the_logits_are_the_bodys(
    ending: Callable[..., Any], classifier_of: ClassifierOf
) -> None:
    classifier = classifier_of(Calling(ending))
    assert classifier.target_layer == "body.2"
    inputs = classifier.inputs(IMAGES)
    torch.testing.assert_close(classifier.network(inputs), body().eval()(inputs))
    torch.testing.assert_close(classifier.network(inputs[:1]), body().eval()(inputs[:1]))


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (lambda net, x: net(x).softmax(1) + 0, "network.softmax"),
        (lambda net, x: net(x).log_softmax(1) + 0, "network.log_softmax"),
        (lambda net, x: net(x).exp() / net(x).exp().sum(1, keepdim=True), "network.softmax"),
    ],
)
def test_endings_that_only_their_values_show(
    ending: Callable[..., Any], told: str, classifier_of: ClassifierOf
) -> None:
    classifier = classifier_of(Calling(ending))
    assert any(code.startswith(told) for code in codes_of(classifier.warnings))
    inputs = classifier.inputs(IMAGES)
    expected = body().eval()(inputs).softmax(1)
    torch.testing.assert_close(classifier.probabilities(IMAGES), expected)


def test_values_of_sigmoids_are_taken_as_the_user_says(classifier_of: ClassifierOf) -> None:
    network = Calling(lambda net, x: 1 / (1 + (-net(x)).exp()))
    asked = classifier_of(network)
    assert any("model.output=sigmoid" in warning for warning in asked.warnings)
    told = classifier_of(network, model={"output": "sigmoid"})
    inputs = told.inputs(IMAGES)
    torch.testing.assert_close(told.network(inputs), body().eval()(inputs), atol=1e-4, rtol=1e-4)


def test_scores_in_no_special_range_are_left_alone(classifier_of: ClassifierOf) -> None:
    classifier = classifier_of(Calling(lambda net, x: net(x) * 10))
    assert classifier.warnings == ()
    assert isinstance(classifier.network, Calling)


@pytest.mark.parametrize("squeeze", [False, True])
def test_one_output(squeeze: bool, classifier_of: ClassifierOf) -> None:
    network = Calling(lambda net, x: net(x)[:, 0] if squeeze else net(x), outputs=1)
    classifier = classifier_of(network)
    assert classifier.classes == ("no", "yes")
    z = body(outputs=1).eval()(classifier.inputs(IMAGES))[:, 0]
    torch.testing.assert_close(classifier.probabilities(IMAGES)[:, 1], z.sigmoid())
    both = explain(classifier, IMAGES, lambda z, _: torch.tensor([0, 1]).expand(len(z), 2)).maps
    assert bool((both.flatten(2).amax(2) > 0).any(dim=1).all())
    named = classifier_of(network, classes=["no"])
    assert named.classes == ("yes", "no")
    with pytest.raises(ModelError) as caught:
        classifier_of(network, classes=["a", "b", "c"])
    assert caught.value.code == "classes.do_not_fit"
    assert "last" in caught.value.expected


@pytest.mark.parametrize(
    ("network", "output"),
    [
        (Calling(lambda net, x: net(x).softmax(1), outputs=1), "auto"),
        (Calling(lambda net, x: net(x), outputs=1), "softmax"),
    ],
)
def test_one_class_of_a_softmax(
    network: nn.Module, output: str, classifier_of: ClassifierOf
) -> None:
    with pytest.raises(ModelError) as caught:
        classifier_of(network, model={"output": output})
    assert caught.value.code == "model.one_class"


def test_two_outputs_are_not_one(classifier_of: ClassifierOf) -> None:
    with pytest.raises(ModelError) as caught:
        classifier_of(body(), model={"output": "binary"})
    assert caught.value.code == "model.several_outputs"


def test_restricted_to_the_data(classifier_of: ClassifierOf) -> None:
    names = [f"c{i}" for i in range(9)]
    network = body(outputs=9)
    few = classifier_of(network, classes=names, labels=["c7", "c2", "unknown"])
    assert few.classes == ("c2", "c7")
    logits = network(few.inputs(IMAGES))
    torch.testing.assert_close(few.probabilities(IMAGES), logits[:, [2, 7]].softmax(1))
    half = classifier_of(network, classes=names, labels=names[:5])
    assert half.classes == tuple(names)
    asked = classifier_of(network, classes=names, labels=names[:5], model={"restrict": "data"})
    assert asked.classes == tuple(names[:5])
    every = classifier_of(network, classes=names, labels=["c2", "c7"], model={"restrict": "all"})
    assert every.classes == tuple(names)
    alone = classifier_of(network, classes=names, labels=["c2"])
    assert alone.classes == tuple(names)
    with pytest.raises(ModelError) as caught:
        classifier_of(network, classes=names, labels=["c2"], model={"restrict": "data"})
    assert caught.value.code == "classes.too_few_to_restrict"


def test_a_grey_network_is_fed_luminance(classifier_of: ClassifierOf) -> None:
    network = body(channels=1)
    classifier = classifier_of(
        network, model={"preprocess": {"crop": 64, "mean": [0.5], "std": [0.25]}}
    )
    assert saying(classifier.warnings, "network.grey")
    expected = (luminance(IMAGES) / 255 - 0.5) / 0.25
    torch.testing.assert_close(classifier.inputs(IMAGES), expected)
    assert explain(classifier, IMAGES, lambda z, _: z.argmax(1)).maps.shape == (3, 1, 32, 32)
    assert luminance(torch.full((1, 3, 2, 2), 200)).round().eq(200).all()


class Lazy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LazyConv2d(4, 3)


def dynamically_quantised() -> nn.Module:
    torch.backends.quantized.engine = torch.backends.quantized.supported_engines[-1]
    return torch.ao.quantization.quantize_dynamic(body(), {nn.Linear}, dtype=torch.qint8)  # type: ignore[no-any-return]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("make", "code", "holds"),
    [
        (lambda: body(channels=4), "model.channels", "4 channels"),
        (Lazy, "model.lazy_layers", "LazyConv2d"),
        (dynamically_quantised, "model.quantised", "5 "),
        (lambda: Calling(lambda net, x, labels: net(x)), "model.fails_on_image", "(2, 3, 64, 64)"),
    ],
)
def test_networks_that_cannot_be_audited_and_why(
    make: Callable[[], nn.Module], code: str, holds: str, classifier_of: ClassifierOf
) -> None:
    with raises_coded(ModelError, code, holds) as caught:
        classifier_of(make())
    assert isinstance(caught.value, ModelError)
    assert caught.value.remedy
    assert caught.value.got


class Training(nn.Module):
    """Stays in training mode."""

    def __init__(self) -> None:
        super().__init__()
        self.body = body()

    def train(self, mode: bool = True) -> Training:
        return super().train(True)

    def forward(self, images: Tensor) -> Tensor:
        answer: Tensor = self.body(images)
        return answer


@pytest.mark.parametrize(
    ("network", "told", "repeatable"),
    [
        (Training(), "stays in training mode", True),
        (Calling(lambda net, x: net(x - x.mean(0, keepdim=True))), "others in its batch", True),
        (
            Calling(lambda net, x: net(F.dropout(x, 0.5, training=True))),
            "not deterministic",
            False,
        ),
        (
            Calling(lambda net, x: net[3:](net[2](net[1](net[0](net[0](x)[:, :3]))))),
            "2 times",
            True,
        ),
    ],
)
def test_what_is_told_of_a_network(
    network: nn.Module, told: str, repeatable: bool, classifier_of: ClassifierOf
) -> None:
    layer = {"layer": "body.0"} if told == "2 times" else {}
    classifier = classifier_of(network, model=layer)
    assert any(told in warning for warning in classifier.warnings)
    assert classifier.repeatable is repeatable
    assert not any(module.training for module in classifier.network.modules())


def test_a_layer_that_runs_again_beside_the_answer(classifier_of: ClassifierOf) -> None:
    def features_too(net: nn.Module, images: Tensor) -> dict[str, Tensor]:
        logits = net(images)
        return {"logits": logits, "features": net[:3](images)}  # type: ignore[index]

    beside = classifier_of(Calling(features_too))
    alone = classifier_of(Calling(lambda net, x: net(x)))
    assert beside.target_layer == alone.target_layer == "body.2"
    one, other = (explain(each, IMAGES, lambda z, _: z.argmax(1)).maps for each in (beside, alone))
    torch.testing.assert_close(one, other)
    assert bool(one.any())


def test_half_precision_inside(classifier_of: ClassifierOf) -> None:
    network = Calling(lambda net, x: net(x.half()).float())
    network.body.half()
    classifier = classifier_of(network)
    assert any("float16" in warning for warning in classifier.warnings)
    assert bool(torch.isfinite(classifier.probabilities(IMAGES)).all())
    plain = classifier_of(body().half())
    assert next(plain.network.parameters()).dtype is torch.float32
