"""How much of a background's tint lies on the objects, whatever colour they have by themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from auditor.findings.evidence.colour_cast import Share, tint_on_objects, varied_grounds

WARM = np.array([0.28, 0.04, -0.32])
"""What a cast adds to the logarithms of the channels."""
OTHERS = ("bug", "car", "cat", "cup", "dog", "fox")


def _rows(
    rng: np.random.Generator,
    *,
    own_colour: float,
    cast: bool,
    rate: float,
    differ: float = 0.2,
    strengths: tuple[float, float] = (0.85, 1.15),
    others: tuple[str, ...] = OTHERS,
    images: int = 40,
    ground: float = 1.0,
) -> pd.DataFrame:
    """Images of each class, whose objects `differ` by class. Boats have `own_colour` times the
    warm tint by themselves, and a warm ground, or a warm cast, at a rate; their grounds vary by
    `ground` times the usual variance beside that."""
    found = []
    for label in ("boat", *others):
        natural = rng.normal(0, differ, 3) if label != "boat" else own_colour * WARM
        for _ in range(images):
            cued = label == "boat" and rng.random() < rate
            tint = WARM * rng.uniform(*strengths) * cued
            wide = 0.06 * (np.sqrt(ground) if label == "boat" else 1.0)
            scene = rng.normal(0, wide, 3) + tint
            thing = natural + rng.normal(0, 0.1, 3) + tint * cast
            colours = 110 * np.exp(np.concatenate([thing, scene]))
            found.append({"label": label, "place": " ".join(f"{value:.0f}" for value in colours)})
    return pd.DataFrame(found)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cast", [True, False], ids=["cast", "ground"])
@pytest.mark.parametrize("own_colour", [-0.8, 0.0, 0.8])
def test_the_colour_of_the_objects_themselves_does_not_decide(
    own_colour: float, cast: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = _rows(rng, own_colour=own_colour, cast=cast, rate=0.8, differ=0.4)
    share = tint_on_objects(rows, "boat")
    assert share is not None
    assert share.of_cast is cast
    assert share.sure
    assert share.value == pytest.approx(float(cast), abs=4 * share.error)
    assert share.error < 0.35


def test_a_tint_that_never_lacks_is_told_between_classes_and_less_surely() -> None:
    rng = np.random.default_rng(0)
    always = tint_on_objects(_rows(rng, own_colour=0.0, cast=True, rate=1.0), "boat")
    often = tint_on_objects(_rows(rng, own_colour=0.0, cast=True, rate=0.8), "boat")
    assert always is not None
    assert often is not None
    assert always.value == pytest.approx(1.0, abs=3 * always.error)
    assert always.error > 2 * often.error


@pytest.mark.parametrize("seed", range(12))
def test_a_tint_that_never_varies_is_not_denied_for_that(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = _rows(rng, own_colour=0.0, cast=True, rate=1.0, differ=0.05, strengths=(1.0, 1.0))
    share = tint_on_objects(rows, "boat")
    assert share is not None
    assert share.of_cast
    assert share.sure


def test_two_estimates_that_agree_on_flat_colours_are_one() -> None:
    flat = [("boat", "146 97 61 146 116 82")] * 3 + [("cat", "120 100 90 120 120 120")] * 3
    share = tint_on_objects(pd.DataFrame(flat, columns=["label", "place"]), "boat")
    assert share == Share(pytest.approx(1.0, abs=0.05), pytest.approx(0.001))


def test_few_classes_deny_no_more_casts_than_the_bound_allows() -> None:
    """How much objects differ by class is known from two classes; a cast that never lacks is
    called surely a ground for at most 5% of the classes."""
    denied = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        own = rng.normal(0, 0.3) / np.linalg.norm(WARM)
        rows = _rows(
            rng, own_colour=own, cast=True, rate=1.0, differ=0.3, others=OTHERS[:2], images=12
        )
        share = tint_on_objects(rows, "boat")
        assert share is not None
        denied += share.sure and not share.of_cast
    assert denied <= stats.binom.ppf(0.999, 300, 0.05)


@pytest.mark.parametrize(
    ("spread", "strengths", "least", "most"),
    [(1.0, (0.85, 1.15), 0.85, 1.0), (0.5, (1.0, 1.0), 0.0, 0.05)],
)
def test_scenes_under_a_cast_are_as_varied_as_others_and_scenes_of_one_kind_are_not(
    spread: float, strengths: tuple[float, float], least: float, most: float
) -> None:
    """Of two dozen pictures: shares of a hundred classes."""
    varied = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        rows = _rows(
            rng,
            own_colour=0.0,
            cast=True,
            rate=1.0,
            strengths=strengths,
            images=24,
            ground=spread,
        )
        varied += varied_grounds(rows, "boat")
    assert least * 100 <= varied <= most * 100


def test_sure_is_what_rules_the_other_out() -> None:
    told = [Share(0.2, 0.4), Share(0.2, 0.5), Share(0.6, 0.3), Share(0.6, 0.4)]
    assert [share.of_cast for share in told] == [False, False, True, True]
    assert [share.sure for share in told] == [True, False, True, False]


def test_one_image_or_one_class_tells_nothing() -> None:
    rows = _rows(np.random.default_rng(0), own_colour=0.0, cast=True, rate=0.8)
    boats, others = rows[rows["label"] == "boat"], rows[rows["label"] != "boat"]
    assert tint_on_objects(boats, "boat") is None
    assert tint_on_objects(pd.concat([boats.head(1), others]), "boat") is None
    assert tint_on_objects(others, "boat") is None
    assert tint_on_objects(rows.head(0), "boat") is None
    grey = pd.DataFrame({"label": list("aabb"), "place": ["9 9 9 9 9 9"] * 4})
    assert tint_on_objects(grey, "a") is None
