"""Classes and slices of a fake run: every class verdict, with intervals that fit it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from auditor.domain.schema import names
from auditor.domain.verdicts import ClassVerdict
from tests.fakes.pictures import PrecomputedBatch, draw_scene, jpeg
from tests.fakes.run_cases import HOSTILE_NAMES, Cast

EFFECT = {ClassVerdict.CONFIRMED: 0.58, ClassVerdict.SUSPECTED: 0.12}
Q_VALUE = {ClassVerdict.CONFIRMED: 0.0004, ClassVerdict.SUSPECTED: 0.21}
REASON = {
    ClassVerdict.CONFIRMED: "On other classes' backgrounds the right answer loses 0.58 of its "
    "probability, and its backgrounds carry other objects over.",
    ClassVerdict.CLEAN: "A loss of 0.10 or more is ruled out: the whole interval lies below it.",
    ClassVerdict.SUSPECTED: "The interval reaches over the effect floor of 0.10.",
    ClassVerdict.CONTEXT: "Maps prefer the background, yet changing it changes nothing.",
    ClassVerdict.UNDETERMINED: "Too few images could be tested; 20 are needed.",
}


def class_rows(cast: Cast, cases: pd.DataFrame) -> pd.DataFrame:
    """The table `classes`."""
    return pd.DataFrame([_class_row(cast, cases, index) for index in range(len(cast.labels))])


def slice_rows(cases: pd.DataFrame) -> pd.DataFrame:
    """The table `slices`: the columns camera and night."""
    rows = [row for name in ("camera", "night") for row in _rows_of_column(cases, name)]
    return pd.DataFrame(rows, columns=names("slices"))


def hypothesis_rows(cast: Cast, cases: pd.DataFrame) -> pd.DataFrame:
    """The table `hypotheses`: two on each class that could not be judged."""
    rows = []
    for index, label in enumerate(cast.labels):
        if cast.verdict(index) is not ClassVerdict.UNDETERMINED:
            continue
        own = cases[cases["label"] == label]
        nasty = f" {HOSTILE_NAMES[0]}" if cast.hostile else ""
        both = {"class": label, "examples": " ".join(own["case_id"].head(3)), "images": len(own)}
        patch = {
            "rank": 1,
            "kind": "patch",
            "patch_group": f"{label} patch 1",
            "standing": "suspected",
            "place": f"a corner of the picture: top left in 100% of its images{nasty}",
            "share": 0.75,
            "consistency": 0.58,
            "consistency_p": 0.002,
            **_interval("cost", 0.62, 0.1),
            **_interval("win", 0.41, 0.1),
            "cost_images": 9,
            "win_images": 27,
            "strength": 0.47,
            "carries": True,
            **_interval("log_odds_win", 2.4, 0.6),
            "log_odds_null": 0.3,
            "log_odds_shown": True,
            "reason": f"It carries the class from a place of its own.{nasty}",
            "action": "Look at its example patches.",
            "picture": jpeg(draw_scene(PrecomputedBatch(index, 0, 0.4))),
        }
        look = {
            "rank": 2,
            "kind": "colour cast",
            "standing": "open",
            "share": 1.0,
            "reason": "Neither is proved beyond chance and what other classes show.",
            "picture": None,
        }
        rows += [both | patch, both | look]
    return pd.DataFrame(rows, columns=names("hypotheses"))


def _class_row(cast: Cast, cases: pd.DataFrame, index: int) -> dict[str, Any]:
    label, verdict = cast.labels[index], cast.verdict(index)
    mine = cases[cases["label"] == label]
    tested = mine[mine["sampled"] & mine["tested"]]
    rate = float((tested["verdict"] == "shortcut").mean()) if len(tested) else None
    flagged = verdict in EFFECT
    nasty = f" {HOSTILE_NAMES[0]}" if cast.hostile else ""
    return {
        "class": label,
        "images": len(mine),
        "tested": len(tested),
        "accuracy": float(mine["correct"].mean()),
        "nominated_rate": float(mine["nominated"].dropna().astype(float).mean()),
        **_interval("shortcut_rate", rate, 0.18),
        **_effects(cast, verdict),
        "leak": None,
        "leak_low": None,
        "leak_high": None,
        "median_skill": float(mine["relevance_skill"].median()),
        "verdict": verdict.value,
        "cue": f"background{nasty}" if flagged else None,
        "reason": REASON[verdict] + nasty,
        "action": f"Collect about 60 images of {label} on backgrounds of other classes."
        if flagged
        else None,
    }


def _effects(cast: Cast, verdict: ClassVerdict) -> dict[str, float | None]:
    if verdict is ClassVerdict.UNDETERMINED:
        effect, q_value, object_effect = None, None, None
    else:
        effect, q_value = EFFECT.get(verdict, 0.01), Q_VALUE.get(verdict, 0.8)
        object_effect = 0.2
    return {
        **_interval("background_effect", effect, cast.draw(0.03, 0.07)),
        **_interval("capture", None if effect is None else 0.8 * effect, cast.draw(0.03, 0.07)),
        "q_value": q_value,
        "object_effect": object_effect,
    }


def _interval(name: str, value: float | None, half: float) -> dict[str, float | None]:
    if value is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    low, high = (max(0.0, value - half), min(1.0, value + half))
    return {
        name: value,
        f"{name}_low": low if "rate" in name else value - half,
        f"{name}_high": high,
    }


def _rows_of_column(cases: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    groups = list(cases.dropna(subset=[f"slice_{name}"]).groupby(f"slice_{name}"))
    worst = min((mine["correct"].mean() for _, mine in groups), default=None)
    return [
        _slice_row(cases, mine, name, str(value), mine["correct"].mean() == worst)
        for value, mine in groups
    ]


def _slice_row(
    cases: pd.DataFrame, mine: pd.DataFrame, name: str, value: str, worst: bool
) -> dict[str, Any]:
    accuracy = float(mine["correct"].mean())
    rest = cases.drop(mine.index)
    return {
        "slice": name,
        "value": value,
        "images": len(mine),
        "tested": int((mine["sampled"] & mine["tested"]).sum()),
        **_interval("accuracy", accuracy, 0.08),
        "accuracy_gap": float(rest["correct"].mean()) - accuracy,
        **_interval("shortcut_rate", float((mine["verdict"] == "shortcut").mean()), 0.1),
        "association": 0.12,
        "q_value": 0.4,
        "worst_group": bool(worst),
    }
