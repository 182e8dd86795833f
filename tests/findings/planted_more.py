"""Simulated audits with trials of other kinds than swaps of backgrounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from auditor.domain.interventions import HOLE_FILLS
from auditor.domain.mask_errors import AS_GIVEN, OVERLAP, MaskError
from auditor.domain.schema import names
from tests.fakes.worlds import clean
from tests.findings.planted import (
    CUE,
    ON_OTHERS,
    ON_OWN,
    PLAIN,
    D,
    Planted,
    Tables,
    of_property,
    picked,
)

Row = Mapping[str, Any]
CORNER = "0.000 0.000 0.300"
COST, BESIDE, WON = 0.5, 0.3, 0.2
"""What planted patches and edge marks cost and win."""


def _added(trials: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    more = pd.DataFrame(rows, columns=names("trials"))
    return pd.concat([trials, more], ignore_index=True)


def _objects(cases: pd.DataFrame, name: str) -> list[Row]:
    own = cases[(cases["label"] == name) & cases["sampled"]]
    return [{"case_id": i, "label": name, "answer": name} for i in own["case_id"]]


def edge_marks(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    """Across the outline of d's objects something costs `COST`, the part beside them `BESIDE`,
    which wins `WON` beside other objects."""
    rng, rows = np.random.default_rng(0), []
    others = cases[cases["label"] != "d"]
    for number, own in enumerate(_objects(cases, "d")):
        for fill in HOLE_FILLS:
            for kind, change in (
                ("edge_removed", -COST),
                ("beside_removed", -BESIDE),
                ("beside_given", WON),
            ):
                p = 0.5 if kind == "beside_given" else 0.9
                other = others.iloc[number % len(others)]
                donor = other["case_id"]
                lent = {"donor": donor, "donor_label": other["label"], "donor_group": donor}
                told = {"p_label": p + change + rng.normal(0, 0.02), "p_label_control": p}
                rows.append(
                    {**own, "intervention": kind, "fill": fill.value, **told}
                    | (lent if kind == "beside_given" else {})
                )
    return cases, _added(trials, rows)


def patched(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    """The map of every class is highest in a corner; filled, that costs d `COST` and others
    nothing, and pasted it wins `WON`."""
    rng, rows = np.random.default_rng(0), []
    for name in sorted(set(cases["label"])):
        others = cases[cases["label"] != name]
        for number, own in enumerate(_objects(cases, name)):
            lost, won = (COST, WON) if name == "d" else (0.0, 0.0)
            for fill in HOLE_FILLS:
                p = 0.9 - lost + rng.normal(0, 0.02)
                told = {"fill": fill.value, "place": CORNER}
                removed = {"intervention": "salient_removed", "p_label_control": 0.9}
                rows.append({**own, **told, **removed, "p_label": p})
            lender = others.iloc[number % len(others)]
            given = {"intervention": "patch_other", "fill": "none", "p_label": 0.5}
            lent = {"donor": own["case_id"], "donor_label": name, "donor_group": own["case_id"]}
            got = {"p_donor": 0.1 + won + rng.normal(0, 0.02), "p_donor_control": 0.1}
            shown = {"case_id": lender["case_id"], "label": lender["label"], "answer": name}
            rows.append({**shown, **given, **lent, **got, "p_label_control": 0.6})
    return cases, _added(trials, rows)


def framed(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    """The outer frame does all that backgrounds do."""
    swaps = trials[trials["intervention"].isin([ON_OWN, ON_OTHERS])]
    renamed = swaps["intervention"].map({ON_OWN: "frame_same", ON_OTHERS: "frame_other"})
    frames = swaps.assign(intervention=renamed, fill="none")
    frames = frames.drop_duplicates(["case_id", "intervention", "donor"])
    return cases, pd.concat([trials, frames], ignore_index=True)


def never_empty(cases: pd.DataFrame, trials: pd.DataFrame) -> Tables:
    """The pictures of d alone lose; pictures without their objects were not asked."""
    cases, trials = picked(lambda rows: rows["label"] == "d", 0.3)(cases, trials)
    return cases, trials[trials["intervention"] != "empty_own"]


def wrong_masks(cases: pd.DataFrame, trials: pd.DataFrame) -> Mapping[str, Any]:
    """With eroded masks nothing is lost, under the other errors all is as it was."""
    swaps = trials[(trials["intervention"] == ON_OTHERS) & (trials["fill"] == "blur")]
    swaps = swaps.drop_duplicates(["case_id", "donor"])
    told = swaps[["case_id", "label", "donor", "donor_label", "p_label", "p_donor"]].assign(
        p_label_same=swaps["p_label_control"], p_donor_same=swaps["p_donor_control"]
    )
    eroded = (MaskError.ERODED, MaskError.ERODED_SLIGHTLY)
    parts = [
        told.assign(
            error=str(error), p_label=told["p_label_same"] if error in eroded else told["p_label"]
        )
        for error in (AS_GIVEN, *OVERLAP)
    ]
    return {"mask_trials": pd.concat(parts, ignore_index=True)}


MORE = {
    "doubtful masks": Planted(
        "undetermined.doubtful_masks", (*PLAIN, CUE), more=lambda *_: {"doubtful": ["d"]}
    ),
    "its masks": Planted(
        "undetermined.masks", (*PLAIN, CUE), numbers={"stable": 0.75}, more=wrong_masks
    ),
    "softness": Planted(
        "confirmed.attribute_given", (*PLAIN, CUE), of_property("blur_other", "blur_same")
    ),
    "across the edge": Planted(
        "confirmed.edge",
        change=edge_marks,
        numbers={"loss": COST, "beside": BESIDE, "won": WON},
    ),
    "a patch carries it": Planted(
        "confirmed.background",
        (*PLAIN, CUE),
        patched,
        numbers={"patch": COST},
        notes=("note.patch",),
    ),
    "the frame carries it": Planted(
        "confirmed.background", (*PLAIN, CUE), framed, notes=("note.part",)
    ),
    "a filled patch tells whose": Planted(
        "confirmed.owner",
        (*clean("a", images=40, object=3.0), replace(CUE, cue=5.0, object=2.0)),
        patched,
        numbers={"patch": COST},
        notes=("note.filled",),
    ),
    "it may lose, nobody gains": Planted(
        "suspected.open",
        (*PLAIN, replace(D, object=3.0, cue=0.8)),
        picked(lambda t: t["label"] == "d"),
        {"won": 0.0},
    ),
    "more of its images would tell": Planted(
        "suspected.needed",
        (*PLAIN, replace(D, object=3.0, cue=0.9, images=200)),
        picked(lambda t: t["label"] == "d", images=200),
        {"won": 0.0, "action": "action.test_more"},
    ),
    "no number of images would tell": Planted(
        "suspected.open",
        (*PLAIN, replace(D, object=3.0, cue=0.6, images=200)),
        picked(lambda t: t["label"] == "d", images=200),
        {"won": 0.0, "action": "action.at_the_bar"},
    ),
    "it may lose, nobody surely gains nothing": Planted(
        "clean.pull",
        (*PLAIN, replace(D, object=3.0, cue=1.3)),
        never_empty,
        {"won": 0.0},
        noise=0.3,
    ),
}
"""By what is planted."""
