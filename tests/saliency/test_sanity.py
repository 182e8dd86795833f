"""The three questions asked of the maps before the long work."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import replace
from threading import Lock

import pytest
import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.domain.messages import Message, codes_of
from auditor.saliency import sanity
from auditor.saliency.deletion import deletion_losses
from auditor.saliency.engine import METHODS, Explanation, explain
from auditor.saliency.sanity import check_sanity, randomised, rank_similarity
from auditor.tensors.classifier import Classifier
from tests.fakes.coded import saying
from tests.saliency.networks import Small, Tokens, classifier_of, pictures

SIDE = 64


class Spots(nn.Module):
    """Sees in which of its classes' colours a spot is; its features are the colours themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.colours = nn.Conv2d(3, 3, 16, stride=16, bias=False)
        self.act = nn.ReLU()
        self.upside_down = nn.Conv2d(3, 3, 1, bias=False)
        self.head = nn.Linear(3, 3, bias=False)
        with torch.no_grad():
            self.colours.weight.zero_()
            for channel in range(3):
                self.colours.weight[channel, channel] = 1 / 256
            self.upside_down.weight.copy_(torch.eye(3)[:, :, None, None])
            self.head.weight.copy_(4 * torch.eye(3))

    def forward(self, images: Tensor) -> Tensor:
        features = self.upside_down(self.act(self.colours(images)))
        return self.head(features.mean(dim=(2, 3)))


def spots(count: int = 6) -> Tensor:
    """(count, 3, 64, 64): dim noise with one bright 16x16 spot of one colour, anywhere."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 40, (count, 3, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    for i in range(count):
        y, x = torch.randint(0, 4, (2,), generator=generator).tolist()
        images[i, i % 3, 16 * y : 16 * y + 16, 16 * x : 16 * x + 16] = 255
    return images


def seeing(layer: str = "act") -> Classifier:
    return classifier_of(Spots().eval(), layer)


@pytest.mark.parametrize("method", METHODS)
def test_maps_of_what_a_network_looks_at_are_sane(method: str) -> None:
    found = check_sanity(seeing(), spots(), method=method, seed=0)
    assert found.sane, found.reasons
    assert found.reasons == ()
    assert found.checks["gradient_reaches_layer"] is True
    assert found.checks["flat_maps"] == 0.0
    assert found.checks["randomised_similarity"] <= 0.7
    assert found.checks["deletion_loss_salient"] > 2 * found.checks["deletion_loss_random"]


def test_the_same_seed_gives_the_same_numbers_and_no_other_random_number_is_used() -> None:
    classifier, images = seeing(), spots()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one = check_sanity(classifier, images, method="gradcam", seed=3)
    assert torch.equal(torch.rand(1), expected)
    assert check_sanity(classifier, images, method="gradcam", seed=3) == one
    assert check_sanity(classifier, images, method="gradcam", seed=4) != one


def test_a_layer_after_which_patches_carry_nothing_fails_and_the_right_one_is_named() -> None:
    """The trap of pre-norm transformers: the head reads the class token alone."""
    torch.manual_seed(0)
    classifier = classifier_of(Tokens(side=16).eval(), "block")
    found = check_sanity(classifier, pictures(4, SIDE), method="gradcam", seed=0)
    assert not found.sane
    assert found.checks["gradient_reaches_layer"] is False
    (reason,) = saying(found.reasons, "sanity.no_gradient")
    assert isinstance(reason, Message)
    assert reason.values == {"layer": "block", "better": "block.norm1"}
    better = replace(classifier, target_layer="block.norm1")
    again = check_sanity(better, pictures(4, SIDE), method="gradcam", seed=0)
    assert again.checks["gradient_reaches_layer"] is True


class Turned(nn.Module):
    """A layer that turns its grid by half a turn, so that its map points to the wrong cells."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Spots()
        self.turn = Turn()

    def forward(self, images: Tensor) -> Tensor:
        features = self.turn(self.inner.act(self.inner.colours(images)))
        return self.inner.head(features.mean(dim=(2, 3)))


class Turn(nn.Module):
    def forward(self, features: Tensor) -> Tensor:
        return features.flip((2, 3))


def test_a_map_that_points_elsewhere_fails_and_a_layer_that_does_not_is_named() -> None:
    images = spots()
    found = check_sanity(classifier_of(Turned().eval(), "turn"), images, method="gradcam", seed=0)
    assert not found.sane
    assert found.checks["gradient_reaches_layer"] is True
    assert found.checks["deletion_loss_salient"] <= found.checks["deletion_loss_random"]
    (reason,) = found.reasons
    assert saying([reason], "sanity.deletion", "--layer inner.")
    better = reason.split("--layer ")[1].split(",")[0]
    named = classifier_of(Turned().eval(), better)
    assert check_sanity(named, images, method="gradcam", seed=0).sane


def test_where_no_layer_does_better_another_method_is_advised() -> None:
    class OnlyTurned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Turned()
            self.whole = Whole(self.inner)

        def forward(self, images: Tensor) -> Tensor:
            return self.inner.inner.head(self.whole(images).mean(dim=(2, 3)))

    class Whole(nn.Module):
        def __init__(self, inner: Turned) -> None:
            super().__init__()
            self.weight = nn.Parameter(inner.inner.colours.weight.detach().clone())

        def forward(self, images: Tensor) -> Tensor:
            return nn.functional.conv2d(images, self.weight, stride=16).relu().flip((2, 3))

    found = check_sanity(
        classifier_of(OnlyTurned().eval(), "whole"), spots(), method="gradcam", seed=0
    )
    assert not found.sane
    assert found.reasons[0].endswith("--method")


def test_maps_that_ignore_the_weights_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanity, "randomised", nullcontext)
    found = check_sanity(seeing(), spots(), method="gradcam", seed=0)
    assert not found.sane
    assert found.checks["randomised_similarity"] == pytest.approx(1.0)
    assert codes_of(found.reasons)[0] == "sanity.random_weights"


def test_flat_maps_are_said_to_be_flat() -> None:
    network = Spots().eval()
    nn.init.constant_(network.head.weight, -1.0)
    found = check_sanity(classifier_of(network, "act"), spots(), method="gradcam", seed=0)
    assert not found.sane
    assert found.checks["flat_maps"] == 1.0
    assert codes_of(found.reasons)[0] == "sanity.flat"


def test_a_network_that_cannot_be_explained_is_an_error() -> None:
    network = Spots().eval()
    nn.init.constant_(network.head.weight, float("nan"))
    with pytest.raises(ModelError) as caught:
        check_sanity(classifier_of(network, "act"), spots(), method="gradcam", seed=0)
    assert caught.value.code == "model.not_finite"


def test_deletion_by_hand() -> None:
    """One cell of sixteen holds all: with it in the deleted quarter all is lost, else nothing."""
    classifier, images = seeing(), spots()
    found = explain(classifier, images, lambda _, part: (torch.arange(6) % 3)[part])
    salient, chance = deletion_losses(classifier, images, found, seed=0)
    turned = Explanation(-found.maps, found.logits, found.targets)
    least, _ = deletion_losses(classifier, images, turned, seed=0)
    assert salient > chance > least
    # A quarter of the cells is drawn at random: a quarter of the loss, up to chance.
    assert chance == pytest.approx(salient / 4, abs=salient / 4)


def test_a_randomised_network_is_another_one_and_then_as_it_was() -> None:
    torch.manual_seed(0)
    network = Tokens().eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    # As it can't be copied, nor can the network.
    network.lock = Lock()
    with suppress(ZeroDivisionError), randomised(network):
        inside = {name: value.clone() for name, value in network.state_dict().items()}
        raise ZeroDivisionError
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])
    changed = [n for n, value in inside.items() if not torch.equal(value, before[n])]
    # Norms start at one and zero, as they were.
    assert {"token", "patch.weight", "head.weight", "block.mlp.0.weight"} <= set(changed)
    spread = float(network.token.detach().std())
    assert float(inside["token"].std()) == pytest.approx(spread, rel=0.6)


def test_what_a_users_own_layer_does_to_reset_itself_is_not_tried() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.reset_parameters()

        def reset_parameters(self) -> None:
            self.scale = nn.Parameter(torch.rand(5))

    network = Own()
    scale, before = network.scale, network.scale.detach().clone()
    with randomised(network):
        assert not torch.equal(network.scale, before)
    assert network.scale is scale
    assert torch.equal(network.scale, before)


def test_rank_similarity() -> None:
    maps = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    assert rank_similarity(maps, maps**3) == pytest.approx(1.0)
    assert rank_similarity(maps, -maps) == pytest.approx(-1.0)
    assert rank_similarity(maps, torch.ones_like(maps)) == 0.0


def test_forward_only_methods_look_at_two_images() -> None:
    seen: list[int] = []
    classifier = classifier_of(Small().eval(), "second")
    handle = classifier.network.register_forward_pre_hook(lambda _m, x: seen.append(len(x[0])))
    check_sanity(classifier, pictures(9, SIDE), method="ablationcam", seed=0)
    handle.remove()
    assert max(seen) <= 6


def test_maps_that_another_networks_labels_do_not_change_fail() -> None:
    """Its maps are those of the same network: the labels it learned play no part in them."""
    found = check_sanity(seeing(), spots(), method="gradcam", seed=0, random_labels=seeing())
    assert not found.sane
    assert found.checks["random_labels_similarity"] == pytest.approx(1.0)
    assert codes_of(found.reasons) == ["sanity.random_labels"]


def test_maps_that_follow_the_labels_pass() -> None:
    turned = Spots().eval()
    with torch.no_grad():
        turned.head.weight.copy_(-4 * torch.eye(3))
    other = classifier_of(turned, "act")
    found = check_sanity(seeing(), spots(), method="gradcam", seed=0, random_labels=other)
    assert found.sane, found.reasons
    similarity = found.checks["random_labels_similarity"]
    assert similarity is not None
    assert similarity <= 0.7
