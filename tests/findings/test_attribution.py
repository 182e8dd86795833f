"""Whose cue is it: capture and necessity on trials written out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditor.domain.interventions import FLAT_FILLS, HOLE_FILLS, Intervention
from auditor.findings.evidence.capture import captures, swaps_with_capture, unaffected_donors
from auditor.findings.evidence.necessity import Route, necessity, panels
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.frames import as_numbers
from tests.fakes.worlds import CUED, World, audit, clean
from tests.findings.judging import judged, row
from tests.findings.trials import case, table_of, trial, under


def _swap(
    number: int, label: str, donor_label: str, *, after: float, won: float, answer: str
) -> list[dict[str, Any]]:
    donor = f"{donor_label}-donor{number % 6}"
    return under(
        HOLE_FILLS,
        f"{label}{number}",
        Intervention.BACKGROUND_OTHER,
        after,
        label=label,
        donor=donor,
        donor_label=donor_label,
        donor_group=donor,
        p_label_control=0.9,
        p_donor=won,
        p_donor_control=0.0,
        answer=answer,
    )


def _table(rows: list[dict[str, Any]]) -> TrialTable:
    labels = {row["case_id"]: row["label"] for row in rows}
    cases = as_numbers(pd.DataFrame([case(name, label) for name, label in labels.items()]))
    return tidy(table_of(rows), cases, seed=0)


def _world() -> list[dict[str, Any]]:
    """'boat' relies on its cue and is answered 'void' without it; 'cat' and 'void' are clean."""
    rows = []
    for number in range(24):
        lift = 0.01 * (number % 3)
        rows += _swap(number, "boat", "void", after=0.1, won=0.8 + lift, answer="void")
        rows += _swap(number, "boat", "cat", after=0.1, won=0.02 + lift, answer="void")
        rows += _swap(number, "cat", "boat", after=0.2, won=0.7 + lift, answer="boat")
        rows += _swap(number, "cat", "void", after=0.9, won=0.0 + lift, answer="cat")
        rows += _swap(number, "void", "boat", after=0.2, won=0.7 + lift, answer="boat")
        rows += _swap(number, "void", "cat", after=0.9, won=0.0 + lift, answer="void")
        flat = under(FLAT_FILLS, f"boat{number}", Intervention.NEUTRAL, 0.2, label="boat",
                     p_label_control=0.9, answer="void")  # fmt: skip
        for label in ("cat", "void"):
            flat += under(FLAT_FILLS, f"{label}{number}", Intervention.NEUTRAL, 0.88, label=label,
                          p_label_control=0.9, answer=label)  # fmt: skip
        rows += flat
    return rows


def test_answers_that_go_to_a_class_anyway_are_not_won_by_its_background() -> None:
    table = _table(_world())
    swaps = swaps_with_capture(table)
    raw = swaps.groupby("donor_label")["gain"].mean()
    assert raw["void"] == pytest.approx((0.81 + 0.01) / 2)
    found = captures(swaps, ["boat", "cat", "void"], seed=0)
    # On cat's backgrounds every boat is answered 'void', and boats lose .8 there: .81 - .80.
    assert found["void"].mean == pytest.approx((0.01 + 0.01) / 2)
    assert found["boat"].mean == pytest.approx(0.71)
    assert unaffected_donors(swaps, "capture", 0.1) == {"cat", "void"}


def test_necessity_is_asked_of_innocent_donors() -> None:
    table = _table(_world())
    swaps = swaps_with_capture(table)
    halves = panels(swaps, 0.1)
    assert halves == ({"cat", "void"}, {"cat", "void"})
    neutral = table.sample(Intervention.NEUTRAL)
    boat = necessity(
        "boat",
        swaps[swaps["label"] == "boat"],
        neutral[neutral["label"] == "boat"],
        halves,
        seed=0,
    )
    assert boat.route is Route.PANEL
    assert boat.effect is not None
    assert boat.effect.mean == pytest.approx(0.8)
    assert boat.effect.donors == 12
    assert boat.usual == pytest.approx(0.9)
    cat = necessity(
        "cat", swaps[swaps["label"] == "cat"], neutral[neutral["label"] == "cat"], halves, seed=0
    )
    # 'boat' captures, so one innocent class is left and flat backgrounds join: the least counts.
    assert cat.route is Route.NEUTRAL
    assert cat.effect is not None
    assert cat.effect.mean == pytest.approx(0.0)
    assert set(cat.effect.fills) == {"blur", "patches", "flat"}
    assert cat.losses == {"boat": pytest.approx(0.7), "void": pytest.approx(0.0)}


@pytest.mark.parametrize("cued", [1, 3])
def test_a_flat_colour_that_is_a_cue_itself_decides_nothing(cued: int) -> None:
    """Some colours may win every object for their own class, and some keep the class's own."""
    rows = [
        trial(f"boat{number}", Intervention.NEUTRAL, fill, 0.1 if place < cued else 0.9,
              p_label_control=0.9)
        for number in range(24)
        for place, fill in enumerate(FLAT_FILLS)
    ]  # fmt: skip
    neutral = _table(rows).sample(Intervention.NEUTRAL)
    none = swaps_with_capture(_table(_world())).iloc[:0]
    halves = (frozenset[str](), frozenset[str]())
    found = necessity("boat", none, neutral, halves, seed=0)
    assert found.effect is not None
    assert found.effect.mean == pytest.approx(0.0)
    cue_reliant = neutral.assign(loss=0.8 - neutral["loss"])
    lost = necessity("boat", none, cue_reliant, halves, seed=0)
    assert lost.effect is not None
    assert lost.effect.mean == pytest.approx(0.8)


def test_fewer_than_five_donors_serve_in_no_panel() -> None:
    few = [
        row | {"donor": f"{row['donor_label']}-0", "donor_group": f"{row['donor_label']}-0"}
        if row.get("donor_label") == "cat"
        else row
        for row in _world()
    ]
    swaps = swaps_with_capture(_table(few))
    assert "cat" not in unaffected_donors(swaps, "capture", 0.1)


def test_donors_are_clusters_of_their_duplicate_group() -> None:
    rows = _world()
    cases = as_numbers(
        pd.DataFrame(
            [case(name, row["label"]) for name, row in {r["case_id"]: r for r in rows}.items()]
            + [
                case("cat-donor0", "cat", duplicate_group="g"),
                case("cat-donor1", "cat", duplicate_group="g"),
            ]
        )
    )
    table = tidy(table_of(rows), cases, seed=0)
    met = table.rows[table.rows["donor_label"] == "cat"]
    assert met["donor_group"].nunique() == 5


def test_halves_split_every_class_evenly_and_keep_groups_together() -> None:
    world = World(clean("boat", "cat", copies=4), per_class=64)
    cases, trials = audit(world, 0)
    rows = tidy(trials, as_numbers(cases), seed=0).rows
    assert (rows.groupby("group")["half"].nunique() == 1).all()
    split = rows.drop_duplicates("group").groupby(["label", "half"]).size()
    assert set(split) == {8}


def test_without_neutral_backgrounds_two_classes_cannot_be_told_apart() -> None:
    cases, trials = audit(World((CUED, *clean("cat", object=4.0))), 0)
    found = judged(cases, trials[trials["intervention"] != Intervention.NEUTRAL.value])
    assert row(found, "cat")["verdict"] == "undetermined"
    assert row(found, "cat")["reason"].startswith("Attribution")


def test_pasting_that_breaks_the_image_is_told() -> None:
    cases, trials = audit(World((CUED, *clean("cat", "tree"))), 0)
    pasted = (trials["intervention"] == Intervention.PASTED_BACK.value) & (
        trials["label"] == "boat"
    )
    broken = trials.assign(p_label=trials["p_label"].where(~pasted, trials["p_label"] - 0.3))
    told = row(judged(cases, broken), "boat")
    assert told["verdict"] == "undetermined"
    assert told["reason"].startswith("Pasting breaks the image")


def test_classes_without_masks_or_with_few_images() -> None:
    kinds = (replace(CUED, masked=False), *clean("cat", "tree", "car"), *clean("few", images=12))
    found = judged(*audit(World(kinds), 0))
    assert row(found, "boat")["reason"].startswith("None of its 64 images has an object mask")
    assert row(found, "few")["reason"] == "Only 12 images could be tested; 20 are needed."
    assert found.summary["verdicts"]["cat"] == "clean"
