"""What is left of an image without its object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from auditor.interventions.background_features import background_features
from tests.interventions.making import OBJECT, classifier, flat_batch, sample
from tests.saliency.networks import Hungry

GREEN, BLUE, RED, WHITE = (0, 200, 0), (0, 0, 200), (200, 0, 0), (250, 250, 250)


def grid_network() -> nn.Module:
    """Mean colour on an 8 x 8 grid, then the answer."""
    return nn.Sequential(nn.AvgPool2d(5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def described(thing: tuple[int, int, int], ground: tuple[int, int, int]) -> dict[str, np.ndarray]:
    network = replace(classifier(grid_network(), ["a", "b", "c"]), target_layer="1")
    subjects = flat_batch([sample("x", "a")], [thing], [ground])
    (found,) = background_features(network, subjects, asked={"x"}, batch_size=4)
    assert found.network is not None
    vectors = {"network": found.network, "plain": found.plain, "hole": found.hole}
    return {name: np.frombuffer(vector, dtype="<f4") for name, vector in vectors.items()}


def test_nothing_of_the_object_is_described() -> None:
    one, other = described(RED, GREEN), described(WHITE, GREEN)
    for name, vector in one.items():
        np.testing.assert_array_equal(vector, other[name], err_msg=name)


def test_the_background_is_described() -> None:
    green, blue = described(RED, GREEN), described(RED, BLUE)
    np.testing.assert_allclose(green["network"], [0, 200 / 255, 0], atol=1e-6)
    np.testing.assert_allclose(blue["network"], [0, 0, 200 / 255], atol=1e-6)
    colours = green["plain"].reshape(5, 4, 4)
    np.testing.assert_allclose(colours[1], 200 / 255, atol=1e-6)
    np.testing.assert_allclose(colours[[0, 2, 3, 4]], 0, atol=1e-3)
    np.testing.assert_array_equal(green["hole"], blue["hole"])


def test_the_hole_is_described_apart() -> None:
    hole = described(RED, GREEN)["hole"]
    reach = 2  # .04 of 40 pixels
    side = OBJECT.stop - OBJECT.start + 2 * reach
    np.testing.assert_allclose(hole[-1], side**2 / 40**2, atol=1e-6)
    assert hole[:-1].reshape(8, 8)[0].max() == 0


def test_only_the_asked_with_an_object_are_described() -> None:
    network = replace(classifier(grid_network(), ["a", "b", "c"]), target_layer="1")
    subjects = flat_batch([sample("x", "a"), sample("y", "a")], [RED] * 2, [GREEN] * 2)
    maskless = replace(
        subjects, masks=torch.zeros_like(subjects.masks), has_mask=torch.tensor([False, False])
    )
    assert [
        found.case_id for found in background_features(network, subjects, asked={"y"}, batch_size=4)
    ] == ["y"]
    assert background_features(network, maskless, asked={"x", "y"}, batch_size=4) == []


def test_every_image_is_described_however_few_go_through_the_network_at_once() -> None:
    grounds = [(0, 10 * i, 200) for i in range(20)]
    names = [f"x{i:02}" for i in range(20)]
    subjects = flat_batch([sample(name, "a") for name in names], [RED] * 20, grounds)
    whole = replace(classifier(grid_network(), ["a", "b", "c"]), target_layer="1")
    hungry = Hungry(grid_network(), most=3)
    short = replace(classifier(hungry, ["a", "b", "c"]), target_layer="inner.1")
    expected = background_features(whole, subjects, asked=set(names), batch_size=1)
    assert [found.case_id for found in expected] == names
    assert background_features(whole, subjects, asked=set(names), batch_size=20) == expected
    assert background_features(short, subjects, asked=set(names), batch_size=20) == expected
    assert hungry.seen[:3] == [8, 4, 2]
