"""Batches through the engine: targets, memory that runs out, precision, memory layout."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.saliency.engine import METHODS, explain
from auditor.tensors.memory import MicroBatcher
from tests.fakes.coded import saying
from tests.saliency.networks import Hungry, Small, classifier_of, pictures


def predicted(logits: Tensor, _: slice) -> Tensor:
    return logits.argmax(dim=1)


def small(width: int = 6) -> nn.Module:
    torch.manual_seed(0)
    return Small(width=width).eval()


@pytest.mark.parametrize("method", METHODS)
def test_maps_logits_and_targets_belong_together(method: str) -> None:
    classifier = classifier_of(small(), "second")
    found = explain(classifier, pictures(3), predicted, method)
    assert found.maps.shape == (3, 1, 4, 4)
    assert found.maps.dtype == found.logits.dtype == torch.float32
    assert torch.equal(found.targets[:, 0], found.logits.argmax(dim=1))
    assert torch.allclose(found.logits.softmax(1), classifier.probabilities(pictures(3)))


@pytest.mark.parametrize("method", METHODS)
def test_an_image_has_the_same_map_in_any_company(method: str) -> None:
    classifier = classifier_of(small(), "second")
    together = explain(classifier, pictures(5), predicted, method)
    for i in range(5):
        alone = explain(classifier, pictures(5)[i : i + 1], predicted, method)
        assert torch.allclose(alone.maps[0], together.maps[i], rtol=1e-4, atol=1e-7)


def test_the_same_batch_gives_the_same_bits() -> None:
    classifier = classifier_of(small(), "second")
    once = explain(classifier, pictures(4), predicted)
    again = explain(classifier, pictures(4), predicted)
    assert torch.equal(once.maps, again.maps)
    assert torch.equal(once.logits, again.logits)


def labels_too(logits: Tensor, part: slice) -> Tensor:
    labels = torch.arange(7) % 3
    return torch.stack([logits.argmax(dim=1), labels[part]], dim=1)


@pytest.mark.parametrize("method", ["gradcam", "eigencam", "ablationcam"])
def test_a_full_device_gets_half_the_batch(method: str, caplog: pytest.LogCaptureFixture) -> None:
    inner = small()
    whole = explain(classifier_of(inner, "second"), pictures(7), labels_too, method)
    hungry = Hungry(inner, most=2 if method != "ablationcam" else 6)
    classifier = classifier_of(hungry, "inner.second")
    found = explain(classifier, pictures(7), labels_too, method)
    assert torch.allclose(found.maps, whole.maps, rtol=1e-4, atol=1e-7)
    assert torch.equal(found.targets, whole.targets)
    assert classifier.micro_batcher.images in (1, 3)
    assert [record.args for record in caplog.records][:1] == [(7, 3)]


def test_what_was_learned_is_kept_and_told() -> None:
    hungry = Hungry(small(), most=2)
    classifier = classifier_of(hungry, "inner.second")
    assert classifier.micro_batcher.words() is None
    explain(classifier, pictures(8), predicted)
    assert hungry.seen == [8, 4, 2, 2, 2, 2]
    hungry.seen.clear()
    explain(classifier, pictures(8), predicted)
    assert classifier.probabilities(pictures(3)).shape == (3, 3)
    assert hungry.seen == [2, 2, 2, 2, 2, 1]
    assert saying([classifier.micro_batcher.words() or ""], "run.memory", "2")


def test_a_cpu_takes_eight_at_once_and_other_devices_all() -> None:
    seeing = Hungry(small(), most=99)
    classifier = classifier_of(seeing, "inner.second")
    found = explain(classifier, pictures(19), predicted)
    assert torch.equal(classifier.probabilities(pictures(19)).argmax(dim=1), found.targets[:, 0])
    assert seeing.seen == [8, 8, 3, 8, 8, 3]
    assert classifier.micro_batcher.words() is None
    sizes = MicroBatcher().parts(
        lambda part: part.stop - part.start, 19, device=torch.device("meta")
    )
    assert sizes == [19]


def test_not_even_one_image_is_an_error_with_a_remedy() -> None:
    classifier = classifier_of(Hungry(small(), most=0), "inner.second")
    with pytest.raises(ModelError) as caught:
        explain(classifier, pictures(4), predicted)
    assert caught.value.code == "model.out_of_memory"
    assert "--device cpu" in caught.value.remedy
    with pytest.raises(ModelError) as caught:
        classifier.probabilities(pictures(1))
    assert caught.value.code == "model.out_of_memory"


def test_what_filled_the_memory_is_gone_before_the_next_try() -> None:
    """A retry inside the except block would hold it by the exception's traceback."""
    alive: list[int] = []

    class Big:
        def __del__(self) -> None:
            alive.remove(id(self))

    class Filling(Hungry):
        def forward(self, images: Tensor) -> Tensor:
            assert not alive
            big = Big()
            alive.append(id(big))
            return super().forward(images)

    classifier = classifier_of(Filling(small(), most=1), "inner.second")
    explain(classifier, pictures(4), predicted)
    assert not alive


def test_the_cpu_allocators_error_counts_as_memory_and_others_do_not() -> None:
    class Failing(nn.Module):
        def __init__(self, words: str) -> None:
            super().__init__()
            self.inner = small()
            self.words = words

        def forward(self, images: Tensor) -> Tensor:
            if len(images) > 1:
                raise RuntimeError(self.words)
            logits: Tensor = self.inner(images)
            return logits

    full = classifier_of(Failing("DefaultCPUAllocator: can't allocate memory"), "inner.second")
    assert explain(full, pictures(2), predicted).maps.shape == (2, 1, 4, 4)
    with pytest.raises(RuntimeError, match="a fault in the forward"):
        explain(
            classifier_of(Failing("a fault in the forward"), "inner.second"), pictures(2), predicted
        )


@pytest.mark.parametrize("method", ["gradcam", "scorecam"])
def test_mixed_precision_gives_float32_maps_close_to_exact_ones(method: str) -> None:
    exact = classifier_of(small(16), "second")
    mixed = replace(exact, autocast=torch.bfloat16)
    wanted = torch.tensor([0, 1, 2, 0])
    sharp = explain(exact, pictures(4, side=32), lambda _, part: wanted[part], method)
    rough = explain(mixed, pictures(4, side=32), lambda _, part: wanted[part], method)
    assert rough.maps.dtype == rough.logits.dtype == torch.float32
    assert not torch.equal(rough.maps, sharp.maps)
    assert torch.allclose(rough.maps, sharp.maps, atol=0.05 * float(sharp.maps.max()))


def test_images_come_as_bytes_and_are_normalised_on_the_device_channels_last() -> None:
    seen: list[Tensor] = []
    classifier = classifier_of(small(), "second")
    handle = classifier.network.register_forward_pre_hook(lambda _m, inputs: seen.append(inputs[0]))
    explain(classifier, pictures(2), predicted)
    classifier.probabilities(pictures(2))
    handle.remove()
    for inputs in seen:
        assert inputs.is_contiguous(memory_format=torch.channels_last)
        # Mean .5 and deviation .25 of pixels in 0..1.
        assert torch.allclose(inputs, (pictures(2) / 255 - 0.5) / 0.25, atol=1e-5)
    assert len(seen) == 2


def test_channels_last_weights_change_nothing_but_rounding() -> None:
    plain = classifier_of(small(), "second")
    last = replace(plain, network=small().to(memory_format=torch.channels_last))
    one, other = (explain(each, pictures(4), predicted) for each in (plain, last))
    assert torch.allclose(one.maps, other.maps, rtol=1e-4, atol=1e-7)


def test_nothing_below_the_layer_keeps_a_graph() -> None:
    kept: list[bool] = []
    network = small()
    network.first.register_forward_hook(lambda _m, _i, output: kept.append(output.requires_grad))
    network.after.register_forward_hook(lambda _m, _i, output: kept.append(output.requires_grad))
    explain(classifier_of(network, "second"), pictures(2), predicted)
    assert kept == [False, True]


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelError) as caught:
        explain(classifier_of(small(), "second"), pictures(1), predicted, "gradcamm")
    assert caught.value.code == "saliency.unknown_method"
    assert all(method in caught.value.expected for method in METHODS)
