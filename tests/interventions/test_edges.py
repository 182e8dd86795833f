"""Places on an outline: where they lie, what is filled there, what is given from there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from auditor.domain.interventions import EDGES, Fill, Intervention
from auditor.domain.places import EdgePatch, read_place
from auditor.interventions import evidence
from auditor.interventions.edges import (
    LEAST_OUTLINE,
    PLACES,
    beside_given,
    edge_removed,
    opposite,
    outlines,
    search,
    unsearched,
)
from auditor.interventions.holes import find_objects
from auditor.tensors.batch import Batch
from tests.interventions.making import batch_of, classifier, run_all, sample

SIDE = 48
BOX = (slice(12, 36), slice(16, 32))
MARK = (slice(18, 26), slice(28, 36))
"""Across the right side of the box, four columns on either side of it."""
RED, GROUND, THING = (255, 0, 0), (0, 60, 60), (0, 200, 90)


def _batch(*boxes: tuple[slice, slice], marked: bool = True, labels: str = "aabb") -> Batch:
    images = torch.tensor(GROUND, dtype=torch.uint8)[None, :, None, None]
    images = images.repeat(len(boxes), 1, SIDE, SIDE)
    masks = torch.zeros(len(boxes), SIDE, SIDE, dtype=torch.bool)
    for i, box in enumerate(boxes):
        masks[(i, *box)] = True
        images[(i, slice(None), *box)] = torch.tensor(THING, dtype=torch.uint8)[:, None, None]
        if marked and labels[i] == "a":
            images[(i, slice(None), *MARK)] = torch.tensor(RED, dtype=torch.uint8)[:, None, None]
    named = [sample(f"{labels[i]}{i}", labels[i]) for i in range(len(boxes))]
    return batch_of(named, images, masks)


class RedSeer(nn.Module):
    """Class 'a' by how much red there is."""

    def forward(self, images: Tensor) -> Tensor:
        red = 60 * images[:, 0].mean(dim=(1, 2))
        return torch.stack([red, torch.full_like(red, 1.0)], dim=1)


def test_places_go_around_the_outline() -> None:
    batch = _batch(BOX)
    found = outlines(find_objects(batch))
    assert found.found.tolist() == [True]
    points = found.points[0].numpy()
    rows, columns = points[:, 0], points[:, 1]
    on_edge = np.isin(rows, (12, 35)) | np.isin(columns, (16, 31))
    assert on_edge.all()
    assert len({tuple(point) for point in points.tolist()}) == PLACES
    across = points[opposite(torch.arange(PLACES)).numpy()]
    assert (np.abs(points - across).max(axis=1) >= 14).all()
    near = found.near[0]
    assert int(near.sum()) == (24 + 2) * (16 + 2)  # a fiftieth of 48 is one pixel


def test_what_the_frame_cuts_off_is_no_outline() -> None:
    whole = (slice(0, SIDE), slice(0, SIDE - 6))
    found = outlines(find_objects(_batch(whole)))
    assert (found.points[0, :, 1] == SIDE - 7).all()
    none = torch.zeros(1, SIDE, SIDE, dtype=torch.bool)
    empty = batch_of([sample("a", "a")], torch.zeros(1, 3, SIDE, SIDE, dtype=torch.uint8), none)
    assert outlines(find_objects(empty)).found.tolist() == [False]
    assert LEAST_OUTLINE > 0


def test_what_an_object_encloses_is_its_own() -> None:
    """The gap of a ring is not beside it: given to another object it would cut out a ring."""
    batch = _batch(BOX, marked=False)
    gap = (0, slice(20, 28), slice(20, 28))
    whole = outlines(find_objects(batch))
    batch.masks[gap] = False
    ring = outlines(find_objects(batch))
    assert ring.near[gap].all()
    assert torch.equal(ring.near, whole.near)
    assert torch.equal(ring.points, whole.points)


@pytest.mark.parametrize("fill", [Fill.BLUR, Fill.PATCHES])
def test_each_side_of_the_outline_is_filled_from_its_own(fill: Fill) -> None:
    batch = _batch(BOX, marked=False)
    object_masks = find_objects(batch)
    found = outlines(object_masks)
    only = torch.tensor([0])
    windows = found.windows(only, torch.tensor([PLACES // 2]))
    assert windows[0].any()
    assert (windows & object_masks.masks).any()
    assert (windows & ~object_masks.masks).any()
    same = edge_removed(batch.images, object_masks, windows, fill, only)
    assert torch.equal(same, batch.images)  # flat thing, flat ground: nothing to be seen
    marked = _batch(BOX)
    bare = edge_removed(marked.images, object_masks, windows, fill, only)
    assert int((bare[:, 0] > 0).sum()) < int((marked.images[:, 0] > 0).sum()) / 2
    assert torch.equal(bare[:, :, ~windows[0]], marked.images[:, :, ~windows[0]])


def test_an_object_within_the_window_stays() -> None:
    batch = _batch((slice(22, 27), slice(22, 27)))
    object_masks = find_objects(batch)
    windows = torch.ones(1, SIDE, SIDE, dtype=torch.bool)
    windows[:, :10] = False
    bare = edge_removed(batch.images, object_masks, windows, Fill.BLUR, torch.tensor([0]))
    assert torch.equal(bare[:, :, object_masks.masks[0]], batch.images[:, :, object_masks.masks[0]])


def test_what_lies_beside_goes_to_the_same_side_of_another_object() -> None:
    giver, receiver = _batch(BOX).images, _batch(BOX, marked=False).images
    taken = torch.zeros(1, SIDE, SIDE, dtype=torch.bool)
    taken[(0, *MARK)] = True
    start, end = torch.tensor([[20, 30]]), torch.tensor([[10, 40]])
    given = beside_given(giver, receiver, taken, start, end)
    red = (given[0, 0] > 200).nonzero()
    assert red.min(dim=0).values.tolist() == [8, 38]
    assert red.max(dim=0).values.tolist() == [15, 45]
    beyond = beside_given(giver, receiver, taken, start, torch.tensor([[20, 44]]))
    assert int((beyond[0, 0] > 200).sum()) == 8 * (SIDE - 42)


def test_the_network_tells_the_place_of_the_mark() -> None:
    batch = _batch(BOX, BOX, BOX, BOX)
    object_masks = find_objects(batch)
    network = classifier(RedSeer(), ["a", "b"])
    edges = search(network, batch, object_masks, asked=[0, 1], batch_size=1)
    assert edges.searched.tolist() == [True, True, False, False]
    points = edges.outlines.points[torch.arange(2), edges.needed[:2]]
    assert (points[:, 1] == 31).all()
    assert ((points[:, 0] >= 14) & (points[:, 0] < 30)).all()
    assert not unsearched(object_masks).searched.any()


def test_trials_at_the_edge_show_the_mark_on_both_sides_of_the_mask() -> None:
    batch = _batch(*[BOX] * 12, labels="aaaaaabbbbbb")
    trials = run_all(classifier(RedSeer(), ["a", "b"]), batch)
    means: dict[str, list[tuple[float, float]]] = {}
    for trial in trials:
        if trial.label == "a" and trial.p_label_control is not None:
            pair = (trial.p_label_control, trial.p_label)
            means.setdefault(trial.intervention, []).append(pair)
    whole, beside, given = (
        float(np.mean([control - p for control, p in means[name.value]]))
        for name in (
            Intervention.EDGE_REMOVED,
            Intervention.BESIDE_REMOVED,
            Intervention.BESIDE_GIVEN,
        )
    )
    assert whole > 0.25
    assert 0.05 < beside < whole
    assert given < -0.05
    controls = {name for name, control in EDGES.items() if control is None}
    places = {t.intervention: t.place for t in trials if t.case_id == "a0" and t.place}
    assert controls <= set(places)
    assert places[Intervention.EDGE_REMOVED] != places[Intervention.EDGE_CONTROL]
    edged = [read_place(place) for name, place in places.items() if name in EDGES]
    assert len({place.needed for place in edged if isinstance(place, EdgePatch)}) == 1
    assert all(isinstance(place, EdgePatch) for place in edged)


def test_pictures_at_the_edge_are_those_that_the_network_saw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "jpeg", lambda image: image.numpy().tobytes())
    batch = _batch(*[BOX] * 12, labels="aaaaaabbbbbb")
    network = classifier(RedSeer(), ["a", "b"])
    trials = [t for t in run_all(network, batch) if t.intervention in EDGES and t.label == "a"]
    assert {t.intervention for t in trials} == set(EDGES)
    # On its own, as a stored run does it: no other case of the part is there.
    for trial in (trials[0], trials[-1], *trials[::5]):
        wanted = {trial.case_id, trial.donor}
        kept = [i for i, s in enumerate(batch.samples) if s.case_id in wanted]
        alone = batch_of([batch.samples[i] for i in kept], batch.images[kept], batch.masks[kept])
        picture = np.frombuffer(next(evidence.render(alone, [trial])).picture, np.uint8)
        seen = torch.from_numpy(picture.reshape(1, 3, SIDE, SIDE).copy())
        asked = network.probabilities(seen)[0, 0].item()
        assert asked == pytest.approx(trial.p_label, abs=1e-6), trial
    assert np.ptp([trial.p_label for trial in trials]) > 0.3
