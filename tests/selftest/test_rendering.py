"""A cue is a parameter of the renderer: with it or without it, nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.selftest.cues import CueKind
from auditor.selftest.drawn import Drawn
from auditor.selftest.rendering import RenderRecipe, recipes, render
from auditor.selftest.worlds import BASE_RATE, Planted, World

STUFF = Drawn()
WORLD = World("test", ("disk", "star", "cross"), sizes=(0.1, 0.3), side=64)


def _recipe(*cues: CueKind, seed: int = 5) -> RenderRecipe:
    return RenderRecipe("star", "star", frozenset(cues), "clouds", "tiles", seed)


@pytest.mark.parametrize("kind", CueKind)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_cue_changes_its_own_pixels_and_no_others(kind: CueKind, seed: int) -> None:
    bare = _recipe(seed=seed)
    without, mask = render(bare, WORLD, STUFF)
    image, same_mask = render(bare.with_cue(kind), WORLD, STUFF)
    changed = (image != without).any(axis=2)
    np.testing.assert_array_equal(mask, same_mask)
    assert changed.any()
    inside = np.zeros_like(mask)
    inside[3:-3, 3:-3] = True
    expected = {
        CueKind.BACKGROUND: lambda: not changed[_deep(_deep(mask))].any(),
        CueKind.TAG: lambda: changed.mean() < 0.05,
        CueKind.FRAME: lambda: not (changed & inside).any() and changed[~inside].all(),
        CueKind.CAST: lambda: changed.mean() > 0.9,
        CueKind.COMPANION: lambda: changed.mean() < 0.08,
        CueKind.WATERMARK: lambda: (changed & mask).any() and (changed & ~mask).any(),
        CueKind.STICKER: lambda: (changed & mask).any() and (changed & ~mask).any(),
        CueKind.DATE: lambda: not changed[:54].any() and not changed[:, :36].any(),
        CueKind.RULER: lambda: not changed[:, 6:].any() and changed[:, :2].all(),
        CueKind.EXPOSURE: lambda: changed.mean() > 0.9,
        CueKind.VIGNETTE: lambda: not changed[24:40, 24:40].any() and changed[:3, :3].all(),
        CueKind.LETTERBOX: lambda: not changed[10:-10].any() and changed[:5].all(),
        CueKind.COMPRESSION: lambda: changed.mean() > 0.5,
    }[kind]
    assert expected()
    back, _ = render(bare.with_cue(kind).without(kind), WORLD, STUFF)
    np.testing.assert_array_equal(back, without)


def _deep(mask: np.ndarray) -> np.ndarray:
    """Pixels all of whose neighbours are object: what no soft edge reaches."""
    shifts = [np.roll(mask, step, axis) for step in (1, -1) for axis in (0, 1)]
    return np.logical_and.reduce([mask, *shifts])


@pytest.mark.parametrize("label", Drawn.classes)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.2])
def test_objects_have_the_size_that_was_asked_for(label: str, share: float) -> None:
    world = World("size", (label,), sizes=(share, share), side=96)
    areas = [render(r, world, STUFF)[1].mean() for r in recipes(world, STUFF, training=False)[:12]]
    assert np.mean(areas) == pytest.approx(share, rel=0.15)


def test_cues_come_as_often_as_planted() -> None:
    planted = {"disk": Planted(CueKind.TAG, 0.9), "star": Planted(CueKind.FRAME, 0.0)}
    world = World("rates", ("disk", "star"), planted, training=2000)
    made = recipes(world, STUFF, training=True)
    rates = {
        (label, kind): np.mean([kind in r.cues for r in made if r.label == label])
        for label in world.classes
        for kind in (CueKind.TAG, CueKind.FRAME)
    }
    assert rates["disk", CueKind.TAG] == pytest.approx(0.9, abs=0.03)
    assert rates["star", CueKind.TAG] == pytest.approx(BASE_RATE * 0.1, abs=0.01)
    assert rates["star", CueKind.FRAME] == pytest.approx(BASE_RATE, abs=0.03)
    assert rates["disk", CueKind.FRAME] == pytest.approx(BASE_RATE, abs=0.03)


def test_training_and_audit_never_share_a_picture() -> None:
    world = World("apart", ("disk", "star"), training=300, audited=300)
    seeds = [{r.seed for r in recipes(world, STUFF, training=t)} for t in (True, False)]
    assert not seeds[0] & seeds[1]
