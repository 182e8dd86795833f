"""Every reason an audit can tell is told of a simulated run whose truth calls for it.

`test_simulated_runs` has the forty seeded runs of usual audits; here are those in which something
is missing, or only half of the evidence is there. A new code needs a run here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd
import pytest

from auditor.domain.reasons import Reason
from auditor.findings import Findings
from auditor.wording import class_reasons
from tests.fakes.worlds import CUED, Kind, World, audit, clean
from tests.findings.evaluating import evaluated
from tests.findings.test_simulated_runs import SIMULATED, evaluated_world

Tables = tuple[pd.DataFrame, pd.DataFrame]
Change = Callable[[pd.DataFrame, pd.DataFrame], Tables]

PLAIN = clean("a", "b", "c", images=40)
CUE = replace(CUED, name="d", images=40)
D = Kind("d", images=40)
ON_OWN, ON_OTHERS = "background_same", "background_other"


@dataclass(frozen=True)
class Broken:
    """A simulated audit of which class `d` is looked at.

    Attributes:
        code: what has to be said of it.
        kinds: of the world.
        change: of cases and trials.
        numbers: of the reason, by name.
        notes: that the reason has to hold.
        seed: of the simulation.
    """

    code: str
    kinds: tuple[Kind, ...] = (*PLAIN, D)
    change: Change = lambda cases, trials: (cases, trials)
    numbers: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seed: int = 0


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


def picked(pick: Callable[[pd.DataFrame], pd.Series], others: tuple[Kind, ...] = PLAIN) -> Change:
    """The trials that are picked keep the cue, the others come from the same world without it."""

    def change(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
        _, bare = audit(World((*others, D)), 0)
        return cases, pd.concat([trials[pick(trials)], bare[~pick(bare)]], ignore_index=True)

    return change


def of_property(given: str, same: str) -> Change:
    """What backgrounds did a property of the whole picture does; backgrounds do nothing."""

    def change(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
        swaps = trials[trials["intervention"].isin([ON_OWN, ON_OTHERS])]
        renamed = swaps["intervention"].map({ON_OWN: same, ON_OTHERS: given})
        swaps = swaps.assign(intervention=renamed, fill="none")
        swaps = swaps.drop_duplicates(["case_id", "intervention", "donor"])
        _, bare = audit(World((*PLAIN, D)), 0)
        return cases, pd.concat([bare, swaps], ignore_index=True)

    return change


def rivals(trials: pd.DataFrame) -> pd.Series:
    """The pictures of d, and d's backgrounds behind objects of a alone."""
    behind_a = (trials["label"] == "a") & (trials["donor_label"] == "d")
    return (trials["label"] == "d") | behind_a


BROKEN = {
    "no masks": Broken("undetermined.no_masks", (*PLAIN, Kind("d", masked=False, images=40))),
    "no image": Broken("undetermined.no_images", (*PLAIN, Kind("d", images=0))),
    "twelve images": Broken(
        "undetermined.too_few",
        (*PLAIN, Kind("d", images=12)),
        numbers={"tested": 12, "needed": 20},
    ),
    "four scenes": Broken(
        "undetermined.too_few_groups",
        (*PLAIN, Kind("d", images=40, copies=10)),
        numbers={"groups": 4},
    ),
    "alone": Broken("undetermined.no_others", (D,)),
    "three donors": Broken(
        "undetermined.too_few_donors", (Kind("a", images=4), Kind("b", images=0), D)
    ),
    "a guess": Broken("undetermined.nothing_to_lose", (*PLAIN, replace(D, object=0.0))),
    "not run": Broken("undetermined.not_run", change=without_trials(None)),
    "not run, but seen": Broken("suspected.not_run", change=without_trials(True)),
    "pasting breaks it": Broken(
        "undetermined.pasting", change=pasting_breaks, numbers={"damage": 0.4}
    ),
    "ten swapped": Broken(
        "undetermined.too_few_swaps", change=few_swapped, numbers={"swapped": 10}
    ),
    "masks of the whole picture": Broken("undetermined.unusable_masks", change=nothing_cut_out),
    "zero maps": Broken("undetermined.zero_maps", change=zero_maps),
    "zero maps, and a cue": Broken(
        "confirmed.background", (*PLAIN, CUE), zero_maps, notes=("note.unscored",)
    ),
    "maps on the object": Broken(
        "confirmed.background",
        (*PLAIN, replace(CUE, nominated=0.1)),
        notes=("note.silent",),
    ),
    "one fill": Broken("suspected.fills", (*PLAIN, CUE), one_fill),
    "seen, not needed": Broken("context.nominated", (*PLAIN, replace(D, nominated=0.9))),
    "empty images known": Broken("context.empty", (*PLAIN, replace(D, object=9.0, cue=2.0))),
    "a weak pair": Broken(
        "suspected.pair", (*clean("a", images=40), replace(CUE, cue=1.2, object=1.5))
    ),
    "it loses, nobody gains": Broken(
        "suspected.needed", (*PLAIN, CUE), picked(lambda t: t["label"] == "d"), {"won": 0.0}
    ),
    "others gain, it loses nothing": Broken(
        "suspected.won", (*PLAIN, CUE), picked(lambda t: t["label"] != "d"), {"loss": 0.0}
    ),
    "only its rival gains": Broken("confirmed.rival", (*PLAIN, CUE), picked(rivals), seed=1),
    "all others have cues": Broken(
        "suspected.only_cued",
        (
            *(replace(CUED, name=name, images=40) for name in "abc"),
            replace(CUE, object=3.0, cue=1.5),
        ),
    ),
    "a cast": Broken("confirmed.attribute", (*PLAIN, CUE), of_property("cast_other", "cast_same")),
    "a weak cast": Broken(
        "suspected.attribute",
        (*PLAIN, replace(CUE, object=3.5, cue=1.5)),
        of_property("cast_other", "cast_same"),
    ),
}
"""By what is wrong with each."""

FORTY = frozenset(
    {
        "clean.loss", "clean.pair", "clean.beside_owner", "confirmed.background", "confirmed.pair",
        "confirmed.owner", "undetermined.beside_owner", "note.donors", "note.shares",
        "note.most_cued",
    }
)  # fmt: skip
"""Codes of classes in the forty seeded runs."""

BY_HAND = frozenset(
    {
        "clean.pull", "suspected.open", "undetermined.doubtful_masks", "undetermined.masks",
        "confirmed.attribute_given", "confirmed.edge", "note.patch", "note.part", "note.filled",
    }
)  # fmt: skip
"""Codes of evidence that no simulated swap has: tests/findings/test_class_verdicts.py and
test_mask_stability.py."""

WORDS_ALONE = frozenset({"confirmed.review", "note.of_both"}) | {
    code for code in class_reasons.TEMPLATES if "label" in code
}
"""Of what reviewers decided and of several labels an image: tests/seams."""


def run_of(broken: Broken) -> Findings:
    world = World(broken.kinds)
    cases, trials = broken.change(*audit(world, broken.seed))
    return evaluated(cases, trials, classes=world.classes)


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_missing_is_told_with_its_numbers(name: str) -> None:
    broken = BROKEN[name]
    classes = run_of(broken).classes.set_index("class")
    row = classes.loc["d"]
    numbers = json.loads(row["reason_numbers"])
    assert row["reason_code"] == broken.code
    assert row["verdict"] == broken.code.split(".")[0]
    for number, value in broken.numbers.items():
        assert numbers[number] == pytest.approx(value, abs=0.05), number
    assert set(broken.notes) <= set(numbers.get("notes") or ())
    if row["verdict"] not in ("confirmed", "suspected"):
        assert row["cue"] is None
    stored = Reason.from_json(row["reason_code"], row["reason_numbers"])
    assert row["reason"] == class_reasons.class_reason(stored)


@pytest.mark.slow
def test_forty_usual_runs_tell_the_usual_reasons() -> None:
    told: set[str] = set()
    for name, seed in [(name, seed) for name in SIMULATED for seed in range(4)]:
        for row in evaluated_world(SIMULATED[name][0], seed).classes.to_dict("records"):
            told |= {row["reason_code"], *(json.loads(row["reason_numbers"]).get("notes") or ())}
    assert told >= FORTY


def test_every_code_of_a_class_has_a_run() -> None:
    told = {broken.code for broken in BROKEN.values()} | FORTY | BY_HAND
    told |= {note for broken in BROKEN.values() for note in broken.notes}
    assert set(class_reasons.TEMPLATES) == told | WORDS_ALONE
