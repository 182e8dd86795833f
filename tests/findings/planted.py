"""Simulated audits of which something is known that has to be told: what is missing, or only half
of the evidence is there. `planted_more` has what trials of other kinds show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from tests.fakes.worlds import CUED, Kind, World, audit, clean

Tables = tuple[pd.DataFrame, pd.DataFrame]
Change = Callable[[pd.DataFrame, pd.DataFrame], Tables]
More = Callable[[pd.DataFrame, pd.DataFrame], Mapping[str, Any]]

PLAIN = clean("a", "b", "c", images=40)
CUE = replace(CUED, name="d", images=40)
D = Kind("d", images=40)
ON_OWN, ON_OTHERS = "background_same", "background_other"


@dataclass(frozen=True)
class Planted:
    """A simulated audit of which class `d` is looked at.

    Attributes:
        code: what has to be said of it.
        kinds: of the world.
        change: of cases and trials.
        numbers: of the reason, by name.
        notes: that the reason has to hold.
        seed: of the simulation.
        noise: of the network, in multiples of the usual one.
        more: what else is handed to `evaluate`, from cases and trials.
    """

    code: str
    kinds: tuple[Kind, ...] = (*PLAIN, D)
    change: Change = lambda cases, trials: (cases, trials)
    numbers: dict[str, float | str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seed: int = 0
    noise: float = 1.0
    more: More = lambda cases, trials: {}


def noisy(kinds: tuple[Kind, ...], noise: float) -> World:
    """Their world with as much noise."""
    usual = World(kinds)
    return replace(
        usual,
        object_noise=noise * usual.object_noise,
        background_noise=noise * usual.background_noise,
        pair_noise=noise * usual.pair_noise,
    )


def true_loss(world: World, name: str, draws: int = 20_000) -> float:
    """Probability that a class loses where its objects leave its own backgrounds for others without
    a cue, of two classes for the other one's, by the world's own numbers."""
    rng, size = np.random.default_rng(1), len(world.kinds)
    own = world.classes.index(name)
    cues = np.diag([kind.cue for kind in world.kinds])
    for code, kind in enumerate(world.kinds):
        if kind.lends:
            cues[code, world.classes.index(kind.lends)] = kind.cue
    away = cues[1 - own] if size == 2 else np.zeros(size)
    rates = [kind.rate for kind in world.kinds]
    z = np.array([kind.bias for kind in world.kinds]) + rng.normal(
        0, world.object_noise, (draws, size)
    )
    z[:, own] += world.kinds[own].object
    p = []
    for cue, rate in ((cues[own], rates[own]), (away, rates[1 - own] if size == 2 else 1.0)):
        shown = z + rng.normal(0, world.background_noise, z.shape)
        shown = shown + rng.normal(0, world.pair_noise, z.shape)
        shown = shown + cue * (rng.random((draws, 1)) < rate)
        grown = np.exp(shown - shown.max(axis=1, keepdims=True))
        p.append(float((grown[:, own] / grown.sum(axis=1)).mean()))
    return p[0] - p[1]


def without_trials(nominated: bool | None) -> Change:
    def change(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
        known = cases if nominated is None else cases.assign(nominated=nominated)
        return known.assign(sampled=False, tested=False), trials.iloc[:0]

    return change


def pasting_breaks(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    hit = (trials["label"] == "d") & (trials["intervention"] == "pasted_back")
    return cases, trials.assign(p_label=trials["p_label"].where(~hit, trials["p_label"] - 0.4))


def few_swapped(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    kept = set(cases.loc[cases["label"] == "d", "case_id"][:10])
    swapped = (trials["label"] == "d") & trials["intervention"].isin([ON_OWN, ON_OTHERS])
    return cases, trials[~swapped | trials["case_id"].isin(kept)]


def inverted(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    """All but ten masks look inverted, and those images are not tested."""
    kept = set(cases.loc[cases["label"] == "d", "case_id"][:10])
    doubted = (cases["label"] == "d") & ~cases["case_id"].isin(kept)
    marked = cases.assign(mask_doubt=pd.Series("inverted", index=cases.index).where(doubted))
    return marked, trials[(trials["label"] != "d") | trials["case_id"].isin(kept)]


def nothing_cut_out(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    cut = trials["intervention"].isin([ON_OWN, ON_OTHERS, "pasted_back"])
    return cases, trials[~(cut & (trials["label"] == "d"))]


def zero_maps(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    own = cases["label"] == "d"
    nominated = cases["nominated"].astype(object).where(~own, None)
    skill = cases["relevance_skill"].where(~own)
    zero = cases["cam_scale"].where(~own, 0.0)
    return cases.assign(nominated=nominated, relevance_skill=skill, cam_scale=zero), trials


def one_fill(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    """Under blurred fillings the class loses nothing."""
    hit = (trials["label"] == "d") & (trials["intervention"] == ON_OTHERS)
    hit &= trials["fill"] == "blur"
    return cases, trials.assign(
        p_label=trials["p_label"].where(~hit, trials["p_label_control"] - 0.02)
    )


def picked(
    pick: Callable[[pd.DataFrame], pd.Series], noise: float = 1.0, images: int = D.images
) -> Change:
    """The trials that are picked keep the cue, the others come from the same world without it."""

    def change(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
        _, bare = audit(noisy((*PLAIN, replace(D, images=images)), noise), 0)
        return cases, pd.concat([trials[pick(trials)], bare[~pick(bare)]], ignore_index=True)

    return change


def of_property(given: str, same: str, kinds: tuple[Kind, ...] = (*PLAIN, D)) -> Change:
    """What backgrounds did a property of the whole picture does; backgrounds do nothing, as in a
    world of `kinds`."""

    def change(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
        swaps = trials[trials["intervention"].isin([ON_OWN, ON_OTHERS])]
        renamed = swaps["intervention"].map({ON_OWN: same, ON_OTHERS: given})
        swaps = swaps.assign(intervention=renamed, fill="none")
        swaps = swaps.drop_duplicates(["case_id", "intervention", "donor"])
        _, bare = audit(World(kinds), 0)
        return cases, pd.concat([bare, swaps], ignore_index=True)

    return change


def rivals(trials: pd.DataFrame) -> pd.Series:
    """The pictures of d, and d's backgrounds behind objects of a alone."""
    behind_a = (trials["label"] == "a") & (trials["donor_label"] == "d")
    return (trials["label"] == "d") | behind_a


MISSING = {
    "no masks": Planted("undetermined.no_masks", (*PLAIN, Kind("d", masked=False, images=40))),
    "no image": Planted("undetermined.no_images", (*PLAIN, Kind("d", images=0))),
    "twelve images": Planted(
        "undetermined.too_few",
        (*PLAIN, Kind("d", images=12)),
        numbers={"tested": 12, "needed": 20},
    ),
    "four scenes": Planted(
        "undetermined.too_few_groups",
        (*PLAIN, Kind("d", images=40, copies=10)),
        numbers={"groups": 4},
    ),
    "alone": Planted("undetermined.no_others", (D,)),
    "three donors": Planted(
        "undetermined.too_few_donors", (Kind("a", images=4), Kind("b", images=0), D)
    ),
    "a guess": Planted("undetermined.nothing_to_lose", (*PLAIN, replace(D, object=0.0))),
    "not run": Planted("undetermined.not_run", change=without_trials(None)),
    "not run, but seen": Planted("suspected.not_run", change=without_trials(True)),
    "pasting breaks it": Planted(
        "undetermined.pasting", change=pasting_breaks, numbers={"damage": 0.4}
    ),
    "ten swapped": Planted(
        "undetermined.too_few_swaps", change=few_swapped, numbers={"swapped": 10}
    ),
    "inverted masks": Planted(
        "undetermined.inverted_masks", change=inverted, numbers={"tested": 10, "needed": 20}
    ),
    "masks of the whole picture": Planted("undetermined.unusable_masks", change=nothing_cut_out),
    "zero maps": Planted("undetermined.zero_maps", change=zero_maps),
    "zero maps, and a cue": Planted(
        "confirmed.background", (*PLAIN, CUE), zero_maps, notes=("note.unscored",)
    ),
    "one of three": Planted("confirmed.background", (*PLAIN[:2], CUE), notes=("note.of_three",)),
    "a cue of two of three": Planted(
        "suspected.of_three",
        (
            replace(D, name="a", object=1.0, cue=5.0, lends="d"),
            replace(D, name="b", object=9.0),
            replace(D, object=1.0, cue=5.0, lends="a"),
        ),
        # That it is not lost is what the fit says: a cue of `b` makes the same answers.
        numbers={"other": "b", "third": "a", "loss": 0.0, "action": "action.of_three"},
    ),
    "maps on the object": Planted(
        "confirmed.background",
        (*PLAIN, replace(CUE, nominated=0.1)),
        notes=("note.silent",),
    ),
    "one fill": Planted("suspected.fills", (*PLAIN, CUE), one_fill),
    "seen, not needed": Planted("context.nominated", (*PLAIN, replace(D, nominated=0.9))),
    "empty images known": Planted("context.empty", (*PLAIN, replace(D, object=9.0, cue=2.0))),
    "a weak pair": Planted(
        "suspected.pair", (*clean("a", images=40), replace(CUE, cue=1.2, object=1.5))
    ),
    "it loses, nobody gains": Planted(
        "suspected.needed", (*PLAIN, CUE), picked(lambda t: t["label"] == "d"), {"won": 0.0}
    ),
    "others gain, it loses nothing": Planted(
        "suspected.won", (*PLAIN, CUE), picked(lambda t: t["label"] != "d"), {"loss": 0.0}
    ),
    "only its rival gains": Planted("confirmed.rival", (*PLAIN, CUE), picked(rivals), seed=1),
    "all others have cues": Planted(
        "suspected.only_cued",
        (
            *(replace(CUED, name=name, images=40) for name in "abc"),
            replace(CUE, object=3.0, cue=1.5),
        ),
    ),
    "a cast": Planted("confirmed.attribute", (*PLAIN, CUE), of_property("cast_other", "cast_same")),
    "a weak cast": Planted(
        "suspected.attribute",
        (*PLAIN, replace(CUE, object=3.5, cue=1.5)),
        of_property("cast_other", "cast_same"),
    ),
}
"""By what is wrong with each."""
