"""What is composed for one network is composed for all, byte for byte."""

from __future__ import annotations

import pytest
import torch

from auditor.domain.interventions import EDGES, SPEC_OF, Fill, Intervention
from auditor.interventions import compose as composing
from auditor.interventions import precompute as precomputing
from auditor.interventions.compose import compose
from auditor.interventions.composed_pictures import KEPT, BatchPictures, ComposedPictures
from auditor.interventions.donor_assignment import assess_eligibility, assign_donors
from auditor.interventions.plan import NO_DONOR
from auditor.interventions.precompute import PrecomputedBatch, precompute
from auditor.interventions.trials import Trial, run_trials
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier
from tests.interventions.making import Count, batch_of, sample
from tests.interventions.test_trials import random_batch, random_network

COUNT, SIDE = 7, 40
CHANGES = [(name, fill) for name in sorted(KEPT) for fill in SPEC_OF[name].fills]


def pictures() -> Batch:
    drawn = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (COUNT, 3, SIDE, SIDE), generator=drawn, dtype=torch.uint8)
    masks = torch.zeros(COUNT, SIDE, SIDE, dtype=torch.bool)
    for i in range(COUNT):
        masks[i, 6 + i : 20 + i, 10 : 16 + 2 * i] = True
    return batch_of([sample(f"{i}", "ab"[i % 2]) for i in range(COUNT)], images, masks)


def composed(
    whole: PrecomputedBatch, name: Intervention, fill: Fill, at: list[int]
) -> torch.Tensor:
    subjects = torch.tensor(at)
    donors = (subjects + 1) % COUNT
    alone = torch.full_like(subjects, NO_DONOR)
    return compose(whole, name, fill, subjects, donors if SPEC_OF[name].needs_donor else alone)


@pytest.mark.parametrize(("name", "fill"), CHANGES)
def test_a_kept_picture_is_what_would_be_composed_whatever_stands_beside_it(
    name: Intervention, fill: Fill
) -> None:
    batch = pictures()
    plain = precompute(batch)
    expected = composed(plain, name, fill, list(range(COUNT)))
    for i in range(COUNT):
        assert torch.equal(composed(plain, name, fill, [i])[0], expected[i])
    store = ComposedPictures()
    kept = precompute(batch, pictures=BatchPictures(batch.samples, store))
    one = composed(kept, name, fill, [3, 1])
    rest = composed(kept, name, fill, [0, 1, 2, 3, 4])
    again = composed(kept, name, fill, [4, 3, 2, 1, 0])
    assert torch.equal(one, expected[[3, 1]])
    assert torch.equal(rest, expected[:5])
    assert torch.equal(again, rest.flip(0))
    store.close()


def test_places_and_fills_and_donors_are_told_apart() -> None:
    batch = pictures()
    store = ComposedPictures()
    whole = precompute(batch, pictures=BatchPictures(batch.samples, store))
    one, other = torch.tensor([0]), torch.tensor([1])
    everyone = [
        compose(whole, name, fill, one, donor)
        for name in (Intervention.EMPTY_OWN, Intervention.EMPTY_OTHER)
        for fill in (Fill.BLUR, Fill.PATCHES)
        for donor in (other, other + 1)
    ]
    everyone += [
        compose(whole, name, Fill.BLUR, one, other) for name in sorted(EDGES) if name in KEPT
    ]
    plain = precompute(batch)
    assert len({picture.numpy().tobytes() for picture in everyone}) >= len(everyone) - 2
    assert torch.equal(everyone[0], compose(plain, Intervention.EMPTY_OWN, Fill.BLUR, one, other))
    store.close()


def trials(network: Classifier, batch: Batch, store: ComposedPictures | None) -> list[Trial]:
    names = [each.case_id for each in batch.samples]
    everyone = frozenset(names)
    assignment = assign_donors(assess_eligibility([batch]), sampled=everyone, swaps=2, seed=0)
    rows: list[Trial] = []
    for start in range(0, len(names), 4):
        asked = frozenset(names[start : start + 4])
        rows += run_trials(
            network,
            batch,
            assignment.of(asked),
            asked=asked,
            swaps=2,
            batch_size=5,
            progress=Count(),
            maps=torch.rand(len(batch), 5, 5, generator=torch.Generator().manual_seed(1)),
            store=store,
        )
    return rows


def test_a_second_network_is_answered_as_alone_and_nothing_is_filled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = torch.Generator().manual_seed(4)
    batch = random_batch(3, 4, generator)
    networks = [random_network(3, generator) for _ in range(2)]
    alone = [trials(network, batch, None) for network in networks]
    store = ComposedPictures()
    first = trials(networks[0], batch, store)
    filled: list[int] = []

    def counted(module: object) -> None:
        original = module.fill_holes  # type: ignore[attr-defined]

        def spy(images: torch.Tensor, *given: object) -> torch.Tensor:
            filled.append(len(images))
            made: torch.Tensor = original(images, *given)
            return made

        monkeypatch.setattr(module, "fill_holes", spy)

    counted(precomputing)
    counted(composing)
    second = trials(networks[1], batch, store)
    assert [first, second] == alone
    # Patches at the peak of a map are the network's own: two fills, with their controls.
    own = [each for each in second if each.intervention.startswith("salient")]
    assert sum(filled) == len(own)
    assert 0 < len(own) < len(store)
    store.close()


@pytest.mark.parametrize("bound", [{"most_bytes": 3 * SIDE * SIDE * 4}, {"most_pictures": 4}])
def test_a_full_store_composes_what_it_does_not_hold(bound: dict[str, int]) -> None:
    batch = pictures()
    store = ComposedPictures(**bound)  # type: ignore[arg-type]
    full = precompute(batch, pictures=BatchPictures(batch.samples, store))
    plain = precompute(batch)
    assert len(store) == 4
    for fill, expected in plain.emptied.items():
        assert torch.equal(full.emptied[fill], expected)
    again = precompute(batch, pictures=BatchPictures(batch.samples, store))
    for fill, expected in plain.emptied.items():
        assert torch.equal(again.emptied[fill], expected)
    assert len(store) == 4
    store.close()
    assert len(store) == 0
