"""Ranked hypotheses of classes without masks, from maps and trials made up for them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.findings import Findings
from tests.findings.evaluating import evaluated

CORNERS = ((0, 0), (0, 6), (6, 0), (6, 6))
CLASSES = ("ball", "cup", "pin", "tagged")
COUNT = 30


def world(*, mark: bool, seed: int = 0, masks: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four classes whose maps lie on what the network needs: objects anywhere around the middle;
    with `mark` in the class `tagged` a mark in a corner."""
    rng = np.random.default_rng(seed)
    cases, trials = [], []
    for label in CLASSES:
        for i in range(COUNT):
            marked = mark and label == "tagged" and i < COUNT - 6
            top, left = CORNERS[i % 4] if marked else rng.integers(2, 5, 2)
            case = _case(label, i, int(top), int(left), marked=marked, rng=rng)
            cases.append(case | {"mask_source": "file" if masks else "none"})
            trials += _patches(case, label, int(top), int(left), rng)
    return pd.DataFrame(cases), pd.DataFrame(trials)


def _case(
    label: str, i: int, top: int, left: int, *, marked: bool, rng: np.random.Generator
) -> dict[str, Any]:
    grid = rng.integers(0, 6, (8, 8))
    grid[top : top + 2, left : left + 2] += 200
    peak = np.eye(32)[31 if marked else CLASSES.index(label)] + rng.normal(0, 0.03, 32)
    return {
        "case_id": f"{label}{i:03}",
        "image": f"{label}{i:03}.png",
        "label": label,
        "predicted": label,
        "confidence": 0.95,
        "label_probability": 0.95,
        "correct": True,
        "cam": grid.astype(np.uint8).tobytes(),
        "cam_height": 8,
        "cam_width": 8,
        "cam_scale": 0.01,
        "peak": peak.astype("<f2").tobytes(),
        "sampled": True,
        "tested": True,
    }


def _patches(
    case: dict[str, Any], label: str, top: int, left: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """The patch costs .7, and wins .6 from each of two other classes' images."""
    place = f"{top / 8:.3f} {left / 8:.3f} 0.300"
    own = {"case_id": case["case_id"], "label": label, "group": case["case_id"], "answer": label}
    noise = rng.normal(0, 0.03, 8)
    rows = [own | {"intervention": "original", "fill": "none", "p_label": 0.95}]
    for k, fill in enumerate(("blur", "patches")):
        removed = {"p_label": 0.2 + noise[k], "p_label_control": 0.9, "place": place}
        rows.append(own | {"intervention": "salient_removed", "fill": fill, **removed})
        rows.append(own | {"intervention": "salient_control", "fill": fill, "p_label": 0.9})
    others = [name for name in CLASSES if name != label]
    number = int(case["case_id"][-3:])
    for k in range(2):
        lender = others[(number + k) % 3]
        donor = f"{lender}{(number + 7 * k + 1) % COUNT:03}"
        rows.append(
            own
            | {
                "intervention": "patch_other",
                "fill": "none",
                "donor": donor,
                "donor_label": lender,
                "donor_group": donor,
                "p_label": 0.3,
                "p_label_control": 0.9,
                "p_donor": 0.65 + noise[4 + k],
                "p_donor_control": 0.05,
                "answer": lender,
            }
        )
    return rows


def numbers(row: pd.Series) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["reason_numbers"])
    return found


def first(judgement: Findings, name: str) -> pd.Series:
    rows = judgement.hypotheses
    return rows[rows["class"] == name].iloc[0]


@pytest.fixture(scope="module")
def marked() -> Findings:
    return evaluated(*world(mark=True))


def test_a_mark_in_a_corner_comes_first_and_makes_its_class_suspected(marked: Findings) -> None:
    best = first(marked, "tagged")
    assert (best["rank"], best["kind"], best["standing"]) == (1, "patch", "suspected")
    assert best["images"] == COUNT - 6
    assert best["share"] == pytest.approx(0.8)
    assert best["cost"] == pytest.approx(0.7, abs=0.02)
    assert best["cost_low"] < best["cost"] < best["cost_high"]
    assert best["win"] == pytest.approx(0.6, abs=0.05)
    assert best["consistency"] > 0.4
    assert best["strength"] == pytest.approx(0.8 * best["cost"])
    assert "corner" in best["place"]
    examples = best["examples"].split()
    assert len(examples) == 5
    groups = marked.cases.set_index("case_id")["patch_group"]
    assert set(groups[examples]) == {best["patch_group"]}
    row = marked.classes.set_index("class").loc["tagged"]
    assert (row["verdict"], row["cue"]) == ("suspected", "corner mark")
    assert row["reason_code"] == "suspected.hypothesis"
    assert row["reason"] == best["reason"]
    assert numbers(best)["action"] == "hypothesis.cover"
    assert numbers(row)["action"] == "hypothesis.cover"


def test_an_object_costs_and_wins_as_much_and_nobody_is_flagged_of_it(marked: Findings) -> None:
    for name in CLASSES[:3]:
        best = first(marked, name)
        assert best["standing"] == "open", name
        assert best["cost"] > 0.6
        assert best["win"] > 0.5
        assert numbers(best)["notes"][-1] == "hypothesis.as_object"
    clean = evaluated(*world(mark=False, seed=1))
    for judgement in (marked, clean):
        verdicts = judgement.classes.set_index("class")["verdict"]
        assert (verdicts.drop("tagged") == "undetermined").all()
        assert (judgement.hypotheses["standing"] != "confirmed").all()
    assert (clean.hypotheses["standing"] == "open").all()
    assert (clean.classes["verdict"] == "undetermined").all()


def test_classes_with_masks_have_none(marked: Findings) -> None:
    masked = evaluated(*world(mark=True, masks=True))
    assert masked.hypotheses.empty
    assert masked.cases["patch_group"].isna().all()
    assert list(masked.hypotheses.columns) == list(marked.hypotheses.columns)


def test_without_trials_there_are_none() -> None:
    cases, trials = world(mark=True)
    found = evaluated(cases.assign(sampled=False, tested=False), trials.iloc[:0])
    assert found.hypotheses.empty


def test_the_order_of_the_rows_does_not_matter(marked: Findings) -> None:
    cases, trials = world(mark=True)
    mixed = evaluated(cases.sample(frac=1, random_state=2), trials.sample(frac=1, random_state=5))
    pd.testing.assert_frame_equal(mixed.hypotheses, marked.hypotheses)


def test_the_floor_is_asked_of_cost_and_win() -> None:
    cases, trials = world(mark=True)
    strict = evaluated(cases, trials, settings=FindingsSection(effect_floor=0.65))
    assert first(strict, "tagged")["standing"] == "suspected"
    stricter = evaluated(cases, trials, settings=FindingsSection(effect_floor=0.9))
    assert first(stricter, "tagged")["standing"] == "open"
    assert stricter.classes.set_index("class").loc["tagged", "verdict"] == "undetermined"
