"""A watermark of a class of a 1000-class network shows in log odds, through a real audit."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor
from auditor.domain.hypotheses import LOG_ODDS_FLOOR, REGION
from tests.fakes.thousand import CLASSES, RAISED, write_dataset


@pytest.mark.slow
def test_a_watermark_that_moves_no_probability_is_a_hypothesis(tmp_path: Path) -> None:
    write_dataset(tmp_path / "data")
    run = auditor.audit(
        {
            "data": {
                "path": tmp_path / "data" / "images",
                "classes": tmp_path / "data" / "classes.txt",
            },
            "model": {
                "factory": "tests.fakes.thousand:build_network",
                "restrict": "all",
                "layer": "0",
                "preprocess": {
                    "resize": False,
                    "crop": False,
                    "mean": (0.5, 0.5, 0.5),
                    "std": (0.5, 0.5, 0.5),
                },
            },
            "run": {"out": tmp_path / "run", "device": "cpu", "workers": 0},
        }
    )
    found = run.hypotheses()
    region = found[(found["class"] == "carton") & (found["kind"] == REGION)].iloc[0]
    assert region["region"] == "region bottom_right 0.300"
    assert abs(region["win"]) < 0.01
    assert region["log_odds_win"] == pytest.approx(RAISED, abs=0.5)
    assert region["log_odds_cost"] == pytest.approx(RAISED, abs=0.5)
    assert LOG_ODDS_FLOOR < region["log_odds_win_low"] <= region["log_odds_win"]
    assert region["log_odds_win_high"] >= region["log_odds_win"]
    assert bool(region["log_odds_shown"])
    assert not bool(region["carries"])
    assert region["picture"][:2] == b"\xff\xd8"
    assert "3." in region["reason"]
    # It confirms nothing: no probability moves by the floor.
    assert run.classes().set_index("class").loc["carton", "verdict"] != "confirmed"
    # No region of a class without a mark moves anything: objects lie in the middle.
    others = found[found["class"].isin(set(CLASSES) - {"carton"}) & (found["kind"] == REGION)]
    assert others.empty
